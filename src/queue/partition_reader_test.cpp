// Threads that read topics, over a partition that says what each poll brings.
#include "queue/partition_reader.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

#include "base/log_testing.h"

namespace thingstead::queue {
namespace {
using namespace std::chrono_literals;

constexpr ReaderSettings quick_settings{.thread_name = "test",
                                        .not_readable = "test.not_readable",
                                        .records_max = 7,
                                        .bytes_max = 77,
                                        .wait = 10s,
                                        .pause_after_error = 0ms};

/// A partition as reader and test see it; outlives the reader.
class ShownPartition {
  public:
    using Poll = Result<std::vector<std::string>>;  ///< The values that it brings.

    explicit ShownPartition(PartitionIndex of_topic = 0) : index(of_topic) {}

    void brings(Poll poll) {
        change([&] { polls.push_back(std::move(poll)); });
    }
    template <class Change>
    void change(Change what) {
        const std::lock_guard lock(mutex);
        what();
        changed.notify_all();
    }
    template <class Done>
    bool wait(Done done, std::chrono::milliseconds at_most = 30s) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, at_most, done);
    }
    bool wait_committed(Offset up_to) {
        return wait([&] { return committed == up_to; });
    }
    /// Notes what is handed on; false from `stop_at` on.
    RecordHandler handler(std::string stop_at = {}) {
        return [this, stop_at](const Received& received) {
            const std::string value(as_text(received.record().value));
            change([&] { handed_on.push_back(value); });
            return value != stop_at;
        };
    }

    const PartitionIndex index;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Poll> polls;
    std::vector<std::string> handed_on;
    std::vector<std::string> limits;  ///< Of each poll.
    Offset next = 0, committed = 0;
    bool woken = false, gone = false;
};

/// With a header that has the value's name.
class ShownBatch final : public HeaderBatch {
  public:
    ShownBatch(PartitionIndex partition, std::vector<std::string> values, Offset first)
        : partition_(partition), values_(std::move(values)) {
        for (const std::string& each : values_) {
            const Offset offset = first + static_cast<Offset>(records_.size());
            records_.push_back({offset, 0, {}, as_bytes(each)});
        }
    }
    PartitionIndex partition() const override { return partition_; }
    const std::vector<Record>& records() const override { return records_; }
    std::vector<Header> headers(std::size_t index) const override {
        return std::vector<Header>{
            Header{values_[index], {}}
        };
    }

  private:
    const PartitionIndex partition_;
    const std::vector<std::string> values_;
    std::vector<Record> records_;
};

class ShownConsumer final : public Consumer {
  public:
    explicit ShownConsumer(ShownPartition& of) : of_(of) {}
    ~ShownConsumer() override {
        of_.change([&] { of_.gone = true; });
    }
    PartitionIndex partition() const override { return of_.index; }
    Result<std::unique_ptr<Batch>> poll(std::size_t records_max, std::size_t bytes_max,
                                        std::chrono::milliseconds wait) override {
        std::unique_lock lock(of_.mutex);
        of_.limits.push_back(std::to_string(records_max) + " " + std::to_string(bytes_max) + " " +
                             std::to_string(wait.count()));
        of_.changed.notify_all();
        of_.changed.wait_for(lock, wait, [&] { return of_.woken || !of_.polls.empty(); });
        if (std::exchange(of_.woken, false) || of_.polls.empty()) return nullptr;
        ShownPartition::Poll poll = std::move(of_.polls.front());
        of_.polls.pop_front();
        if (!poll) return poll.error();
        const Offset first = of_.next;
        of_.next += static_cast<Offset>(poll->size());
        return std::make_unique<ShownBatch>(of_.index, *std::move(poll), first);
    }
    void wake() override {
        of_.change([&] { of_.woken = true; });
    }
    void seek(Offset) override {}
    void seek_time(EpochMs) override {}
    void commit(Offset next) override {
        of_.change([&] { of_.committed = next; });
    }
    Offset committed() const override { return of_.committed; }
    Offset end() const override { return of_.next; }

  private:
    ShownPartition& of_;
};

/// Hands out and takes back partitions as the test says.
class ShownQueue final : public Queue {
  public:
    class Member final : public GroupMember {};

    Result<> open_topic(const TopicSettings&) override { return {}; }
    Result<std::unique_ptr<Producer>> open_producer(std::string_view, ProducerEvents) override {
        return Error{ErrorCode::unsupported, "x"};
    }
    Result<std::unique_ptr<Consumer>> open_consumer(std::string_view, std::string_view,
                                                    PartitionIndex) override {
        return Error{ErrorCode::unsupported, "x"};
    }
    Result<std::unique_ptr<Consumer>> open_reader(std::string_view, PartitionIndex) override {
        return Error{ErrorCode::unsupported, "x"};
    }
    Result<std::unique_ptr<GroupMember>> join(std::string_view, std::string_view,
                                              GroupEvents events) override {
        hears = std::move(events);
        return std::make_unique<Member>();
    }
    Result<PartitionIndex> partitions(std::string_view) const override { return 2; }
    Result<> remove_group(std::string_view, std::string_view) override { return {}; }
    Result<> flush_commits() override { return {}; }
    void stop() override {}

    GroupEvents hears;
};

struct PartitionReaderTest : testing::Test {
    std::unique_ptr<PartitionReader> read(RecordHandler handler,
                                          const ReaderSettings& settings = quick_settings) {
        return std::make_unique<PartitionReader>(std::make_unique<ShownConsumer>(partition),
                                                 settings, std::move(handler), log.log);
    }

    ShownPartition partition;
    MemoryLog log = open_memory_log();
};

TEST_F(PartitionReaderTest, HandsOnRecordByRecordAndCommits) {
    std::vector<std::string> seen;
    partition.brings(std::vector<std::string>{"a", "b"});
    partition.brings(std::vector<std::string>{"c"});
    const auto reader = read([&](const Received& received) {
        partition.change([&] {
            seen.push_back(std::to_string(received.partition()) + " " +
                           std::to_string(received.record().offset) + " " +
                           std::string(received.headers().at(0).name) + " after " +
                           std::to_string(partition.committed));
        });
        return true;
    });
    ASSERT_TRUE(partition.wait_committed(3));
    reader->stop();
    reader->stop();
    EXPECT_EQ(seen, (std::vector<std::string>{"0 0 a after 0", "0 1 b after 1", "0 2 c after 2"}));
    EXPECT_EQ(partition.limits.at(0), "7 77 10000");
}

TEST_F(PartitionReaderTest, EndsWhereItsHandlerSaysSo) {
    partition.brings(std::vector<std::string>{"a", "b", "c"});
    partition.brings(std::vector<std::string>{"d"});
    const auto reader = read(partition.handler("b"));
    ASSERT_TRUE(partition.wait([&] { return partition.handed_on.size() == 2; }));
    reader->stop();
    EXPECT_EQ(partition.handed_on, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(partition.committed, 1) << "whoever is next gets it again";
    EXPECT_EQ(partition.polls.size(), 1u);
}

TEST_F(PartitionReaderTest, GoesOnAfterErrorsAndTellsOfThemOnce) {
    partition.brings(Error{ErrorCode::unavailable, "first"});
    partition.brings(Error{ErrorCode::unavailable, "second"});
    partition.brings(std::vector<std::string>{"a"});
    const auto reader = read(partition.handler());
    EXPECT_TRUE(partition.wait_committed(1));
    log.log.flush();
    EXPECT_EQ(log.lines->count("test.not_readable"), 1u);
    EXPECT_EQ(log.lines->count("first"), 1u);
    EXPECT_EQ(log.lines->count("second"), 0u);
}

TEST_F(PartitionReaderTest, EndsWhenThePartitionIsTakenAway) {
    partition.brings(Error{ErrorCode::conflict, "taken"});
    partition.brings(std::vector<std::string>{"a"});
    const auto reader = read(partition.handler());
    EXPECT_TRUE(partition.wait([&] { return partition.polls.size() == 1; }));
    EXPECT_FALSE(partition.wait([&] { return partition.polls.empty(); }, 20ms));
    EXPECT_EQ(log.lines->count("test.not_readable"), 0u);
}

TEST_F(PartitionReaderTest, StopsInAPauseAndInAPoll) {
    ReaderSettings slow = quick_settings;
    slow.wait = slow.pause_after_error = std::chrono::hours(1);
    partition.brings(Error{ErrorCode::unavailable, "x"});
    auto reader = read(partition.handler(), slow);
    EXPECT_TRUE(partition.wait([&] { return partition.polls.empty(); }));
    reader.reset();
    EXPECT_EQ(partition.limits.size(), 1u);
    partition.woken = false;
    reader = read(partition.handler(), slow);
    EXPECT_TRUE(partition.wait([&] { return partition.limits.size() == 2; }));
    reader.reset();
}

TEST(GroupReader, ReadsWhatItHoldsAndTellsOfIt) {
    ShownPartition partition(1);
    ShownQueue queue;
    std::vector<std::string> heard;
    const auto note = [&](std::string what) {
        return [&, what](PartitionIndex index) {
            partition.change([&] {
                heard.push_back(what + " " + std::to_string(index) + " after " +
                                std::to_string(partition.handed_on.size()) +
                                (partition.gone ? ", not read any more" : ""));
            });
        };
    };
    GroupReader::Events events;
    events.on_assigned = note("assigned");
    events.on_leaving = note("leaving");
    events.on_revoked = note("revoked");
    const auto reader =
        GroupReader::open(queue, {}, "group", quick_settings, events, partition.handler(), Log());
    ASSERT_TRUE(reader);
    partition.brings(std::vector<std::string>{"a"});
    queue.hears.on_assigned(std::make_unique<ShownConsumer>(partition));
    EXPECT_TRUE(partition.wait_committed(1));
    queue.hears.on_revoked(0, Revocation::orderly);
    queue.hears.on_revoked(1, Revocation::orderly);
    queue.hears.on_revoked(1, Revocation::lost);
    EXPECT_EQ(heard, (std::vector<std::string>{"assigned 1 after 0", "leaving 1 after 1",
                                               "revoked 1 after 1, not read any more"}));
}

}  // namespace
}  // namespace thingstead::queue
