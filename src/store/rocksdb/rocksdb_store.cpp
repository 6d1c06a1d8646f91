#include "store/rocksdb/rocksdb_store.h"

#include <algorithm>
#include <bit>
#include <mutex>
#include <optional>

#include "net/blocking_pool.h"
#include "net/suspend.h"
#include "store/rocksdb/checkpointer.h"
#include "store/rocksdb/deletion.h"
#include "store/rocksdb/reader.h"

namespace thingstead::store::rocks {
namespace {

constexpr std::size_t head_bytes_limit = std::size_t{2} << 30;  // a text's offset has 32 bits

/// A checkpoint may group points that expire at different times; they then expire with the last, at
/// most a quarter of their time to live too late.
std::uint32_t expiry_of(std::chrono::seconds ttl, EpochMs now_ms) {
    if (ttl.count() <= 0) return 0;
    constexpr std::uint64_t never = 0xFFFF'FFFF;
    const auto seconds = std::min(static_cast<std::uint64_t>(ttl.count()), never);
    const std::uint64_t step = std::bit_floor(std::max<std::uint64_t>(seconds / 4, 1));
    const std::uint64_t exact =
        static_cast<std::uint64_t>(std::max<EpochMs>(now_ms, 0)) / 1000 + seconds + 1;
    const std::uint64_t rounded = (exact + step - 1) / step * step;
    return static_cast<std::uint32_t>(rounded > never ? 0 : rounded);
}

class RocksStore final : public TimeseriesStore {
  public:
    RocksStore(Settings settings, const Log& log, MetricsRegistry& registry, const Clock& clock,
               std::unique_ptr<Database> database)
        : settings_(std::move(settings)),
          clock_(clock),
          metrics_(registry),
          database_(std::move(database)),
          heads_(keys_,
                 std::clamp<std::size_t>(settings_.head_bytes_max, 64 << 10, head_bytes_limit)),
          writer_(settings_, *database_, keys_, heads_, metrics_, log),
          readers_("ts-read", settings_.read_threads, settings_.reads_waiting_max) {
        metrics_.head_bytes_max.set(static_cast<std::int64_t>(heads_.bytes_max()));
    }
    ~RocksStore() override { stop(); }

    Result<> start() {
        if (const Result<> loaded = keys_.load(*database_); !loaded) return loaded;
        if (const Result<> loaded = writer_.load(); !loaded) return loaded;
        writer_.start();
        return {};
    }

    bool write(const PointsWrite& points, std::optional<SourceOffset>) override {
        const std::uint32_t expiry_s =
            points.ttl.count() > 0 ? expiry_of(points.ttl, clock_.now_ms()) : 0;
        if (stopped_.load(std::memory_order_relaxed) || !heads_.write(points, expiry_s)) {
            metrics_.writes_refused.add();
            writer_.hurry();
            return false;
        }
        metrics_.points_written.add(points.values.size());
        if (heads_.bytes() > heads_.bytes_max() / 2) writer_.hurry();
        return true;
    }

    Task<> room() override {
        co_await net::suspend([this](auto resume) { writer_.await_room(std::move(resume)); });
    }

    Task<Result<>> flush() override {
        return on_writer<Result<>>([](const Result<>& checkpoint) { return checkpoint; });
    }

    void processed(std::int32_t partition, std::int64_t next) override {
        writer_.processed(partition, next);
    }
    std::int64_t checkpointed(std::int32_t partition) const override {
        return writer_.checkpointed(partition);
    }

    Task<Result<std::vector<model::TimedValue>>> range(RangeQuery query) override {
        const auto read = [this, asked = std::move(query)] { return read_points(asked); };
        co_return count_damage(co_await readers_.run(read));
    }

    Task<Result<std::vector<LatestValue>>> latest(model::EntityId entity,
                                                  std::vector<std::string> keys) override {
        std::sort(keys.begin(), keys.end());
        keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
        auto memory = heads_.latest(entity, keys);
        const bool decided = std::all_of(memory.begin(), memory.end(),
                                         [](const MemoryLatest& value) { return value.decided; });
        if (!keys.empty() && decided && memory.size() == keys.size())
            co_return in_memory(std::move(memory));
        const auto read = [this, entity, names = std::move(keys),
                           newer = std::move(memory)]() -> Result<std::vector<LatestValue>> {
            const auto lock = database_->lock();
            if (const Result<> usable = database_->usable(); !usable) return usable.error();
            return read_latest(*database_, entity, names, newer);
        };
        co_return count_damage(co_await readers_.run(read));
    }

    Task<Result<DeleteOutcome>> remove(DeleteRange range) override {
        return on_writer<Result<DeleteOutcome>>(
            [this, wanted = std::move(range)](const Result<>& checkpoint) -> Result<DeleteOutcome> {
                if (!checkpoint) return checkpoint.error();
                return delete_range(parts(), wanted, clock_.now_ms());
            });
    }

    Task<Result<>> remove_entity(model::EntityId entity) override {
        return on_writer<Result<>>([this, entity](const Result<>& checkpoint) -> Result<> {
            if (!checkpoint) return checkpoint;
            return delete_entity(parts(), entity);
        });
    }

    void stop() override {
        const std::scoped_lock lock(stop_mutex_);
        stopped_ = true;
        writer_.stop();
        readers_.stop();
        database_->close();
    }

  private:
    DeletionParts parts() { return {*database_, keys_, heads_, writer_.batch()}; }

    Result<std::vector<model::TimedValue>> read_points(const RangeQuery& query) {
        const EpochMs now_ms = clock_.now_ms();
        const auto lock = database_->lock();
        if (const Result<> usable = database_->usable(); !usable) return usable.error();
        const Points memory = heads_.read(query, now_ms);
        const Result<KeyId> key = keys_.find(*database_, query.key);
        if (!key) return key.error();
        return read_range(*database_, query, *key, memory, now_ms);
    }

    static std::vector<LatestValue> in_memory(std::vector<MemoryLatest> values) {
        std::vector<LatestValue> out;
        out.reserve(values.size());
        for (MemoryLatest& value : values)
            out.push_back({std::move(value.key), value.latest.ts, std::move(value.latest.value)});
        return out;
    }

    template <class Answer>
    Answer count_damage(Answer answer) {
        if (!answer && is_damage(answer.error())) metrics_.damaged.add();
        return answer;
    }

    /// Runs `work` on the writer's thread after a checkpoint.
    template <class Answer>
    Task<Answer> on_writer(std::function<Answer(const Result<>&)> work) {
        // Shared: a cancelled caller goes away while the writer still works for it.
        const auto answer = std::make_shared<std::optional<Answer>>();
        const auto begin = [this, answer, work](std::function<void()> resume) {
            const bool taken = writer_.submit([answer, work, resume](const Result<>& checkpoint) {
                answer->emplace(work(checkpoint));
                resume();
            });
            if (taken) return;
            answer->emplace(Error{ErrorCode::unavailable, "time-series store is overloaded"});
            resume();
        };
        co_await net::suspend(begin);
        if (!*answer) co_return Error{ErrorCode::unavailable, "cancelled"};
        co_return count_damage(std::move(**answer));
    }

    const Settings settings_;
    const Clock& clock_;
    StoreMetrics metrics_;
    std::unique_ptr<Database> database_;
    KeyDictionary keys_;
    Heads heads_;
    Checkpointer writer_;
    net::BlockingPool readers_;
    std::atomic<bool> stopped_{false};
    std::mutex stop_mutex_;
};

}  // namespace

Result<std::unique_ptr<TimeseriesStore>> open_rocksdb_store(Settings settings, Log log,
                                                            MetricsRegistry& metrics,
                                                            const Clock& clock) {
    auto database = Database::open(settings, clock);
    if (!database) return database.error();
    auto store = std::make_unique<RocksStore>(std::move(settings), log, metrics, clock,
                                              *std::move(database));
    if (const Result<> started = store->start(); !started) return started.error();
    return Result<std::unique_ptr<TimeseriesStore>>(std::move(store));
}

}  // namespace thingstead::store::rocks
