// The port of the message queue: partitioned topics, durable append, consumer groups.
// Drivers: queue/log (embedded), queue/kafka. Every driver passes queue/conformance.h.
//
// Completions, not coroutines: this is the hot path, and one commit completes thousands of appends.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"

namespace thingstead::queue {

/// Position of a record in its partition: 0, 1, 2 … without gaps.
using Offset = std::int64_t;
using PartitionIndex = std::int32_t;

/// A record as a consumer sees it. Views are valid until the batch that holds them is destroyed.
struct Record {
    Offset offset;
    EpochMs appended_ms;  ///< Broker time of the append.
    ByteSpan key;         ///< May be empty.
    ByteSpan value;
};

struct TopicSettings {
    std::string name;  ///< [a-zA-Z0-9._-]{1,200} but "." and "..", e.g. "tb_rule_engine.main".
    PartitionIndex partitions = 4;
    /// Partition i has the name "<name>.<i>" at the broker; a topic of one partition may go by
    /// the bare name instead (false), as topics that others read by their name do.
    bool numbered = true;
    std::chrono::milliseconds retention{std::chrono::hours(24 * 7)};
    std::uint64_t retention_bytes =
        1ull << 30;  ///< Per partition. Never cuts what a group has not committed.
    /// Per partition: bytes appended but not yet committed by the slowest group, at which appends
    /// wait. For drivers that know it; a broker keeps by retention alone.
    std::uint64_t lag_bytes_max = 256ull << 20;
};

/// One caller's door to one topic; belongs to one thread. Completion order is append order per
/// partition. Batched completion: instead of a callback per record, a producer numbers its appends
/// and is told "everything up to ticket N is durable" once per commit.
class Producer {
  public:
    /// Ticket of an append: 1, 2, 3 … per producer.
    using Ticket = std::uint64_t;

    virtual ~Producer() = default;

    /// Takes a copy of key and value. Nullopt: no room (back-pressure): nothing was taken; stop
    /// reading and try again after `on_room`. Errors of the record itself (too_large) are reported
    /// by on_durable like any other failure.
    virtual std::optional<Ticket> append(PartitionIndex partition, ByteSpan key,
                                         ByteSpan value) = 0;
    virtual PartitionIndex partitions() const = 0;
};

/// What a producer hears; both run on a driver thread, must be cheap and must not throw.
struct ProducerEvents {
    /// Tickets complete in order: every ticket <= `up_to` not reported before is durable, or has
    /// failed if `error` is set (unavailable: disk full, broker gone, stopping).
    std::function<void(Producer::Ticket up_to, std::optional<Error> error)> on_durable;
    /// There is room again after append() returned nullopt.
    std::function<void()> on_room;
};

/// Records of one poll, in offset order per partition.
class Batch {
  public:
    virtual ~Batch() = default;
    virtual PartitionIndex partition() const = 0;
    virtual const std::vector<Record>& records() const = 0;
};

/// One consumer of one partition within a group. Belongs to one thread, except wake().
class Consumer {
  public:
    virtual ~Consumer() = default;
    virtual PartitionIndex partition() const = 0;

    /// Next records from the position, at most `records_max` and about `bytes_max` (at least one
    /// record if there is one); waits up to `wait` for the first. Null: nothing came, or wake() was
    /// called. Errors: unavailable - the data is damaged (the message names the file) or the broker
    /// refuses to give it; conflict - the partition was taken away from this member of the group.
    /// A broker that is gone is waited for: nothing comes.
    virtual Result<std::unique_ptr<Batch>> poll(std::size_t records_max, std::size_t bytes_max,
                                                std::chrono::milliseconds wait) = 0;
    /// Makes a poll that waits, or the next one, return null. Thread-safe.
    virtual void wake() = 0;

    /// The next poll reads from `offset` (clamped to what is kept).
    virtual void seek(Offset offset) = 0;
    /// The next poll reads from the first record appended at or after `time_ms`.
    virtual void seek_time(EpochMs time_ms) = 0;

    /// Records below `next` are done with. Durable at the latest after Queue::flush_commits() or
    /// one second. Does nothing when the partition was taken away.
    virtual void commit(Offset next) = 0;
    virtual Offset committed() const = 0;
    /// Offset of the next record to be appended to the partition, for lag: as the last batch
    /// showed it, at least.
    virtual Offset end() const = 0;
};

/// How a partition leaves a member of a group.
enum class Revocation : std::uint8_t {
    orderly,  ///< The member owns it until on_revoked returns; what is committed by then counts.
    /// It is gone already and may have a new owner: the member was not heard of for too long. What
    /// was not durably committed is read again by the new owner, and no commit of the old one
    /// reaches it: the broker refuses a member of a generation that ended.
    lost,
};

/// What a member of a group hears. One call at a time, on a driver thread or on the thread that
/// joins, leaves or stops; a call may block (others of the group wait for it) but must not throw,
/// and not join, leave or stop.
struct GroupEvents {
    /// The member owns one more partition. The consumer is handed to whichever thread shall read.
    std::function<void(std::unique_ptr<Consumer>)> on_assigned;
    /// Ends the work on the partition before it returns; afterwards nobody reads or commits it
    /// here: a consumer that is kept polls `conflict` and its commits do nothing. Commits made
    /// before are durable before the next owner starts, if the revocation is orderly. Each
    /// on_assigned is followed by exactly one on_revoked.
    std::function<void(PartitionIndex, Revocation)> on_revoked;
};

/// Membership in a consumer group, which shares the partitions of a topic among its members.
/// Destroying it leaves: on_revoked is called for what it holds, then nothing more.
class GroupMember {
  public:
    virtual ~GroupMember() = default;
};

class Queue {
  public:
    virtual ~Queue() = default;

    /// Creates the topic or opens it; an existing topic keeps its number of partitions.
    /// Errors: invalid_argument - name, partitions, or what the broker does not grant; unavailable
    /// - storage (the message names the file) or broker.
    virtual Result<> open_topic(const TopicSettings& settings) = 0;
    /// Errors: not_found - the topic was not opened.
    virtual Result<std::unique_ptr<Producer>> open_producer(std::string_view topic,
                                                            ProducerEvents events) = 0;
    /// At most one live consumer per (topic, group, partition). Starts at the group's committed
    /// offset, or at the beginning of what is kept. Errors: not_found - topic or partition;
    /// conflict - taken; unavailable.
    virtual Result<std::unique_ptr<Consumer>> open_consumer(std::string_view topic,
                                                            std::string_view group,
                                                            PartitionIndex partition) = 0;
    /// Reads a partition beside all groups, from the beginning of what is kept or from where it is
    /// told to: for those who look at the past. Holds back neither retention nor appends: what is
    /// removed before it is read is passed over. commit() does nothing, and committed() is 0. Any
    /// number at once. Errors: not_found - topic or partition; unavailable.
    virtual Result<std::unique_ptr<Consumer>> open_reader(std::string_view topic,
                                                          PartitionIndex partition) = 0;
    /// Joins the group: the driver hands out partitions by `events`, now or later, and takes them
    /// back as members come and go. A group is used by join() or by open_consumer(), not by both.
    /// Errors: not_found - topic; conflict - the group has consumers by open_consumer(), or the
    /// driver has one process and the group a member; unavailable.
    virtual Result<std::unique_ptr<GroupMember>> join(std::string_view topic,
                                                      std::string_view group,
                                                      GroupEvents events) = 0;
    virtual Result<PartitionIndex> partitions(std::string_view topic) const = 0;
    /// Forgets a group that stopped existing, so that its position holds nothing any more.
    /// Errors: not_found - topic or group; conflict - it has consumers; unavailable.
    virtual Result<> remove_group(std::string_view topic, std::string_view group) = 0;
    /// Makes every commit() so far durable. Blocks.
    virtual Result<> flush_commits() = 0;
    /// Leaves every group in good order, fails waiting appends with `unavailable`, makes commits
    /// durable, closes files. Idempotent.
    virtual void stop() = 0;
};

/// abs(murmur3 of the id mod n), as the reference platform partitions: the first four bytes,
/// little endian and signed, of murmur3_128 (x64, seed 0) over both halves written little endian.
PartitionIndex partition_of(std::uint64_t msb, std::uint64_t lsb, PartitionIndex partitions);

}  // namespace thingstead::queue
