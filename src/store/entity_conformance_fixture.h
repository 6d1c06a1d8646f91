// What the conformance suite of the entity store stands on: a store, a thread for coroutines, and
// entities filled from describe().
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "model/asset.h"
#include "model/entities.h"
#include "model/entity_view.h"
#include "store/entity_store.h"

namespace thingstead::store {

/// The driver under test. `open` is called again with the same folder for a restart.
struct EntityDriver {
    std::string name;
    std::function<Result<std::unique_ptr<EntityStore>>(const std::filesystem::path& folder,
                                                       MetricsRegistry& metrics)>
        open;
};

/// Fills members with values that tell themselves apart; every call gives new ones.
class Filler {
  public:
    explicit Filler(bool with_nulls) : with_nulls_(with_nulls) {}

    void fill(bool& value) { value = !with_nulls_; }
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    void fill(T& value) {
        value = static_cast<T>(1'700'000'000'000 + next());
    }
    void fill(double& value) { value = 0.5 + static_cast<double>(next()); }
    void fill(std::string& value) {
        value = "Zähler \"%_'\\ \xF0\x9F\x8C\xA1 " + std::to_string(next());
    }
    void fill(Uuid& value) { value = new_time_uuid(); }
    template <model::EntityType Kind>
    void fill(model::Id<Kind>& value) {
        value = model::Id<Kind>::make();
    }
    void fill(model::EntityId& value) { value = {model::EntityType::asset, new_time_uuid()}; }
    template <NamedEnum E>
    void fill(E& value) {
        value = enum_names(E{}).back().first;
    }
    void fill(model::EntityType& value) { value = model::EntityType::asset; }
    void fill(Binary& value) { value.bytes = std::string("\0\xFF\n", 3) + std::to_string(next()); }
    template <class T>
    void fill(std::vector<T>& values) {
        if (!with_nulls_) fill(values.emplace_back());
    }
    template <Described T>
    void fill(T& value) {
        for_each_field<T>([&](const auto& field) {
            if (!field.facts.stored_only) fill(value.*field.member);
        });
    }
    void fill(json::value& value) {
        if (with_nulls_) return;
        value = {
            {"text",  "ü \"quoted\""                     },
            {"list",  {1, 2.5, nullptr, true}            },
            {"large", std::int64_t{9'007'199'254'740'993}},
            {"inner", {{"empty", json::object()}}        }
        };
    }
    template <class T>
    void fill(std::optional<T>& value) {
        if (with_nulls_) return;
        fill(value.emplace());
    }

  private:
    static std::int64_t next() {
        static std::atomic<std::int64_t> last{0};
        return ++last;
    }
    bool with_nulls_;
};

template <class T>
T make_entity(bool with_nulls = false) {
    T entity{};
    Filler filler(with_nulls);
    for_each_field<T>([&](const auto& field) {
        if (!field.facts.wire_only) filler.fill(entity.*field.member);
    });
    return entity;
}

inline model::Device make_device(model::TenantId tenant, const std::string& name) {
    auto device = make_entity<model::Device>(true);
    device.tenant_id = tenant;
    device.name = name;
    device.type = "default";
    return device;
}

template <class T>
Cell id_cell(const T& entity) {
    return to_row(entity).front();
}

class EntityConformance : public testing::TestWithParam<EntityDriver> {
  protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("entity_conformance_" + new_random_uuid().to_string());
        std::filesystem::create_directories(folder_);
        open();
    }

    void TearDown() override {
        if (store_) store_->stop();
        io_thread_guard_.reset();
        io_thread_.join();
        store_.reset();
        std::filesystem::remove_all(folder_);
    }

    void open() {
        Result<std::unique_ptr<EntityStore>> opened = GetParam().open(folder_, metrics_);
        ASSERT_TRUE(opened) << opened.error().message << " " << opened.error().detail;
        store_ = *std::move(opened);
    }

    void restart() {
        store_->stop();
        store_.reset();
        open();
    }

    std::future<Result<>> start_write(std::function<Result<>(Transaction&)> work) {
        return boost::asio::co_spawn(io_, store_->write(std::move(work)), boost::asio::use_future);
    }
    Result<> write(std::function<Result<>(Transaction&)> work) {
        return start_write(std::move(work)).get();
    }
    Result<> read(std::function<Result<>(Reader&)> work) {
        return boost::asio::co_spawn(io_, store_->read(std::move(work)), boost::asio::use_future)
            .get();
    }

    /// Works given between the two calls wait for each other and are there at once.
    void hold_writer() {
        gate_ = std::promise<void>();
        held_ = start_write([opened = gate_.get_future().share()](Transaction&) -> Result<> {
            opened.wait();
            return {};
        });
    }
    void release_writer() {
        // Behind everything that was started on the one I/O thread.
        boost::asio::post(io_, [this] { gate_.set_value(); });
        EXPECT_TRUE(held_.get());
    }

    template <class T>
    Result<> insert(const T& entity) {
        return write([&](Transaction& transaction) { return transaction.insert(entity); });
    }

    template <class T>
    std::optional<T> find(const Filter& filter) {
        std::optional<T> found;
        const Result<> done = read([&](Reader& reader) -> Result<> {
            Result<std::optional<T>> answer = reader.find<T>(filter);
            if (!answer) return answer.error();
            found = *std::move(answer);
            return {};
        });
        EXPECT_TRUE(done) << done.error().message << " " << done.error().detail;
        return found;
    }

    template <class T>
    std::int64_t count(const Filter& filter) {
        std::int64_t counted = -1;
        const Result<> done = read([&](Reader& reader) -> Result<> {
            const Result<std::int64_t> answer = reader.count<T>(filter);
            if (!answer) return answer.error();
            counted = *answer;
            return {};
        });
        EXPECT_TRUE(done) << done.error().message << " " << done.error().detail;
        return counted;
    }

    Result<Page<model::Device>> try_page(const Filter& filter, const PageLink& link) {
        Page<model::Device> page;
        const Result<> done = read([&](Reader& reader) -> Result<> {
            Result<Page<model::Device>> answer = reader.page<model::Device>(filter, link);
            if (!answer) return answer.error();
            page = *std::move(answer);
            return {};
        });
        if (!done) return done.error();
        return page;
    }
    Page<model::Device> page(const Filter& filter, const PageLink& link) {
        Result<Page<model::Device>> answer = try_page(filter, link);
        EXPECT_TRUE(answer) << answer.error().message << " " << answer.error().detail;
        return answer ? *std::move(answer) : Page<model::Device>();
    }

    std::vector<model::Attribute> attributes(model::EntityId entity, model::AttributeScope scope,
                                             const std::vector<std::string>& keys = {}) {
        std::vector<model::Attribute> found;
        const Result<> done = read([&](Reader& reader) -> Result<> {
            Result<std::vector<model::Attribute>> answer = reader.attributes(entity, scope, keys);
            if (!answer) return answer.error();
            found = *std::move(answer);
            return {};
        });
        EXPECT_TRUE(done) << done.error().message << " " << done.error().detail;
        return found;
    }

    std::filesystem::path folder_;
    MetricsRegistry metrics_;
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> io_thread_guard_{
        io_.get_executor()};
    std::thread io_thread_{[this] { io_.run(); }};
    std::unique_ptr<EntityStore> store_;

  private:
    std::promise<void> gate_;
    std::future<Result<>> held_;
};

}  // namespace thingstead::store
