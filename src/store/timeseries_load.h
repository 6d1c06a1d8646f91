// The load of the drivers' benchmarks, the same for each: messages of three numbers, as a climate
// sensor sends them and a rule engine saves them, from all devices in turn. And what to count: a
// row is one row of a table that the database acknowledged, of the history or of the latest values.
#pragma once
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdint>
#include <vector>

#include "store/timeseries_store.h"

namespace thingstead::store {

class TimeseriesLoad {
  public:
    static constexpr std::size_t points_per_message = 3;

    explicit TimeseriesLoad(std::size_t devices) {
        for (std::size_t i = 0; i < devices; ++i) devices_.push_back(model::DeviceId::make());
    }

    /// `rounds` messages of every device, then waits until all are durable.
    Result<> write(TimeseriesStore& store, std::size_t rounds) {
        boost::asio::io_context io;
        auto done = boost::asio::co_spawn(io, write_all(store, rounds), boost::asio::use_future);
        io.run();
        return done.get();
    }
    std::size_t points(std::size_t rounds) const {
        return devices_.size() * rounds * points_per_message;
    }

  private:
    Task<Result<>> write_all(TimeseriesStore& store, std::size_t rounds) {
        for (std::size_t round = 0; round < rounds; ++round) {
            ts_ += 1'000;
            for (const model::EntityId& device : devices_) {
                ++offset_;
                values_[0].value = static_cast<double>(200 + offset_ % 37) / 10;
                values_[1].value = static_cast<double>(5'500 + offset_ % 211) / 100;
                values_[2].value = static_cast<double>(10'130 + offset_ % 17) / 10;
                const PointsWrite points{.entity = device, .ts = ts_, .values = values_};
                while (!store.write(points, SourceOffset{0, offset_})) co_await store.room();
            }
        }
        store.processed(0, offset_ + 1);
        co_return co_await store.flush();
    }

    std::vector<model::EntityId> devices_;
    std::vector<model::KeyValue> values_ = {
        {"temperature", 0.0},
        {"humidity",    0.0},
        {"pressure",    0.0}
    };
    EpochMs ts_ = 1'718'000'000'000;
    std::int64_t offset_ = 0;
};

/// Processor time of this process since it was made.
class OwnCpu {
  public:
    double microseconds() const { return now() - begin_; }

  private:
    static double now() {
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
               static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    }
    double begin_ = now();
};

}  // namespace thingstead::store
