// Sends accepted points until Cassandra has acknowledged them: for ever, with pauses, in a bounded
// window. See README.md here for the order of writes.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "base/lru_cache.h"
#include "model/kv.h"
#include "store/cassandra/latest_times.h"
#include "store/cassandra/ledger.h"
#include "store/cassandra/session.h"
#include "store/cassandra/settings.h"
#include "store/cassandra/statements.h"
#include "store/cassandra/write_clock.h"

namespace thingstead::store::cassandra {

/// A point on its way into ts_kv_cf, ready to be sent.
struct NewPoint {
    std::string series;  ///< series_key()
    std::string key;
    std::int64_t partition = 0;
    cql::Values values{};
    cql::Token token = 0;
};
struct NewLatest {
    std::string key;
    std::optional<model::Value>
        value{};  ///< Nothing: the key exists, its points are history alone.
};
struct Accepted {
    std::shared_ptr<Ticket> ticket;
    EpochMs ts = 0;
    std::vector<NewPoint> points{};
    std::vector<NewLatest> latest{};
};

class Writer {
  public:
    /// All outlive it, and it outlives their requests.
    Writer(boost::asio::any_io_executor executor, Session& session, Ledger& ledger,
           WriteClock& write_clock, const Settings& settings, StoreMetrics& metrics, Log log);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Thread-safe. Not after the executor's end.
    void submit(Accepted message);

    // On the client's thread:
    /// Sends what waited long enough, and what may be sent again.
    void tick();
    /// A deletion or a rewrite changed the row itself; ignored if a newer write is known.
    void latest_changed(const model::EntityId& entity, const std::string& key, LatestTime now);
    void entity_removed(const model::EntityId& entity, std::int64_t write_time);
    void directory_removed(const std::string& series, std::int64_t partition);

  private:
    class Row;
    class PointRow;
    class DirectoryRow;
    class LatestBatch;
    class LatestRead;
    struct WaitingLatest {
        std::string key;
        EpochMs ts = 0;
        std::optional<model::Value> value{};
    };
    /// The latest values of one entity that are to be written; one request at a time.
    struct Slot {
        std::vector<WaitingLatest> waiting{};
        std::vector<std::shared_ptr<Ticket>> tickets{};
        bool busy = false;
    };

    void take_all();
    void add(Accepted message);
    void add_directory(const std::shared_ptr<Ticket>& ticket, const NewPoint& point);
    void fold(Slot& slot, EpochMs ts, NewLatest latest);
    void advance(const model::EntityId& entity);
    std::unique_ptr<LatestBatch> make_batch(const model::EntityId& entity, Slot& slot,
                                            LatestTimes::Entity& known);
    void enqueue(std::unique_ptr<Row> row);
    void pump();
    void row_done(bool written, std::size_t rows);
    void row_failed(std::unique_ptr<Row> row, const Failure& failure);
    void release(Ticket& ticket);

    const boost::asio::any_io_executor executor_;
    Session& session_;
    Ledger& ledger_;
    WriteClock& write_clock_;
    const Settings settings_;
    StoreMetrics& metrics_;
    const Log log_;
    LogThrottle failure_log_, rejected_log_;

    std::mutex inbox_mutex_;
    std::vector<Accepted> inbox_;
    std::vector<Accepted> taken_;  ///< Kept for its memory.

    std::deque<std::unique_ptr<Row>> ready_;
    std::multimap<Request::Clock::time_point, std::unique_ptr<Row>> failed_;  ///< By time of retry.
    std::size_t in_flight_ = 0;
    bool pumping_ = false;
    std::unordered_map<model::EntityId, Slot> slots_;
    LatestTimes latest_times_;
    LruCache<std::string, bool> directory_known_;
    /// Rows of the directory on their way, with the writes that wait for them.
    std::unordered_map<std::string, std::vector<std::shared_ptr<Ticket>>> directory_pending_;
};

}  // namespace thingstead::store::cassandra
