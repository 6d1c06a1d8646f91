// Sends accepted points until Cassandra has acknowledged them: for ever, with pauses, in batches of
// what is ready when a node may be sent something. See README.md here for the order of writes.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "store/cassandra/flow_limit.h"
#include "store/cassandra/known_partitions.h"
#include "store/cassandra/latest_times.h"
#include "store/cassandra/ledger.h"
#include "store/cassandra/point_encoder.h"
#include "store/cassandra/session.h"
#include "store/cassandra/settings.h"
#include "store/cassandra/statements.h"
#include "store/cassandra/write_clock.h"

namespace thingstead::store::cassandra {

/// Before what failed is sent again: doubled from the first to the longest.
struct WritePauses {
    std::chrono::milliseconds first{100}, longest{5'000};
};

class Writer {
  public:
    /// All outlive it, and it outlives their requests.
    Writer(boost::asio::any_io_executor executor, Session& session, Ledger& ledger,
           WriteClock& write_clock, const Settings& settings, StoreMetrics& metrics, Log log,
           WritePauses pauses = WritePauses());
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Copies the points of one write, perhaps none. Thread-safe. Not after the executor's end.
    void submit(Ticket* ticket, EpochMs ts, const EncodedPoints& points);

    // On the client's thread:
    /// Sends what waited long enough, and what may be sent again.
    void tick();
    /// A deletion or a rewrite changed the row itself; ignored if a newer write is known.
    void latest_changed(const model::EntityId& entity, const std::string& key, LatestTime now);
    void entity_removed(const model::EntityId& entity, std::int64_t write_time);
    void directory_removed(const model::EntityId& entity, std::string_view key,
                           std::int64_t partition);

  private:
    class Work;
    class Batch;
    class LatestRead;

    struct Message {
        Ticket* ticket;
        std::size_t entity_hash;
        EpochMs ts;
        std::size_t points;
    };
    /// Messages with their points. Their memory is used again.
    struct Chunk {
        EncodedPoints encoded{};
        std::vector<Message> messages{};
    };
    using Chunks = std::vector<std::unique_ptr<Chunk>>;
    struct WaitingLatest {
        bool used = false;  ///< It waits; else what it has is of the key's last write.
        std::string row{};  ///< As insert_latest takes it; the write timestamp, last, is not set.
        std::uint32_t key_at = 0, key_bytes = 0;
        EpochMs ts = 0;
        bool has_value = false;  ///< False: the key exists, its points are history alone.
        /// The partition of its last point, if that is in the directory for sure.
        std::optional<std::int64_t> directory_partition{};
        std::string_view key() const { return std::string_view(row).substr(key_at, key_bytes); }
    };
    /// The latest values of one entity that are to be written; one write of them at a time.
    struct Slot {
        model::EntityId entity{};
        cql::Token token = 0;
        std::vector<WaitingLatest> waiting{};  ///< The first `used`; the others keep their memory.
        std::size_t used = 0;
        std::vector<Ticket*> tickets{};    ///< Of those that wait.
        std::vector<Ticket*> in_flight{};  ///< Of those on their way.
        std::size_t hash = 0;              ///< Of the entity.
        std::size_t rows_left = 0;         ///< On their way.
        bool busy = false;
    };
    /// A row of the directory on its way, with the writes that wait for it.
    struct Directory {
        cql::Token token = 0;  ///< Of the partition that it names.
        std::vector<Ticket*> tickets{};
    };
    using Directories = std::unordered_map<std::string, Directory>;
    union Owner {
        Ticket* ticket;                   ///< insert_point
        Directories::value_type* parent;  ///< insert_directory
        Slot* slot;                       ///< insert_latest
    };
    /// Rows that follow each other in a batch, of one statement and one owner.
    struct OwnedRows {
        std::uint16_t statement;
        std::uint32_t rows;
        Owner owner;
    };
    /// What a batch is made of; used again by later ones.
    struct BatchMemory {
        std::vector<BatchEntry> entries{};
        std::vector<OwnedRows> owners{};
        std::string values{};
    };
    /// What goes to one node, in order.
    struct Lane {
        explicit Lane(std::size_t most);
        ~Lane();
        FlowLimit flow;
        std::deque<std::unique_ptr<Work>> ready{};
        std::unique_ptr<Batch> open{};  ///< Gathers rows; behind all that is ready.
    };

    void take_all();
    Chunk& chunk_to_fill();
    void give_back(Chunks& chunks);
    void add_all(const Chunk& chunk);
    void add(const Message& message, std::string_view text, const EncodedPoint* points);
    void add_history(Ticket* ticket, std::string_view text, const EncodedPoint& point,
                     WaitingLatest& of_key);
    void add_directory(Ticket* ticket, std::string_view text, const EncodedPoint& point,
                       WaitingLatest& of_key);
    WaitingLatest& waiting_of(Slot& slot, std::size_t likely, std::string_view key);
    bool fold(WaitingLatest& waiting, EpochMs ts, std::string_view text, const EncodedPoint& point);
    void prefetch(std::span<const Message> next) const;
    Slot& slot_of(const model::EntityId& entity, std::size_t hash);
    void advance(Slot& slot);
    void write_latest(Slot& slot, LatestTimes::Entity& known);
    void latest_done(Slot& slot);
    void park(Slot& slot);
    Lane& lane_of(cql::Token token);
    Batch& open_batch(cql::Token token, std::size_t data_bytes);
    void send_ready(Lane& lane);
    void pump();
    void pump_soon();
    void work_done(Work& work);
    void work_failed(std::unique_ptr<Work> work, const Failure& failure);
    void split(std::unique_ptr<Work> work);
    void release(Ticket* ticket, std::size_t rows = 1);
    void finish_tickets();

    const boost::asio::any_io_executor executor_;
    Session& session_;
    Ledger& ledger_;
    WriteClock& write_clock_;
    const Settings settings_;
    const WritePauses pauses_;
    StoreMetrics& metrics_;
    const Log log_;
    LogThrottle failure_log_, rejected_log_;

    std::mutex inbox_mutex_;
    Chunks inbox_, spare_chunks_;
    Chunks taken_;

    std::vector<std::unique_ptr<Lane>> lanes_;  ///< By number of the node, behind one of none.
    Lane latest_reads_;
    std::multimap<Request::Clock::time_point, std::unique_ptr<Work>>
        failed_;  ///< By time of retry.
    bool pumping_ = false, pump_posted_ = false;
    std::unordered_map<model::EntityId, Slot> slots_;
    std::vector<std::unordered_map<model::EntityId, Slot>::node_type> spare_slots_;
    /// Where the slot of an entity is likely found without a search, by hash.
    std::vector<Slot*> recent_slots_;
    std::vector<BatchMemory> spare_memory_;
    LatestTimes latest_times_;
    KnownPartitions directory_known_;
    Directories directory_pending_;
    std::vector<Ticket*> finished_, finishing_;
};

}  // namespace thingstead::store::cassandra
