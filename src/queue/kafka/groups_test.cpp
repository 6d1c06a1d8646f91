// Members of a group under load, and a member that was away for too long.
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "queue/conformance/members.h"
#include "queue/kafka/kafka_testing.h"

namespace thingstead::queue::kafka {
namespace {

constexpr PartitionIndex partitions = 6;
constexpr const char* prefix_variable = "THINGSTEAD_TEST_MEMBER_PREFIX";
constexpr const char* sign_variable = "THINGSTEAD_TEST_MEMBER_SIGN";

void open_topic(Queue& queue) {
    TopicSettings topic;
    topic.name = "t";
    topic.partitions = partitions;
    const Result<> opened = queue.open_topic(topic);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
}

/// Appends to all partitions in turn until it is told to end.
class Load {
  public:
    explicit Load(Queue& queue) : thread_([this, &queue] { run(queue); }) {}
    /// Records per partition, all durable.
    std::size_t end() {
        ending_ = true;
        thread_.join();
        EXPECT_TRUE(ear_.wait_for(rounds_ * partitions));
        EXPECT_TRUE(ear_.failed().empty());
        return rounds_;
    }

  private:
    void run(Queue& queue) {
        producer_ = queue.open_producer("t", ear_.events()).value();
        while (!ending_) {
            for (PartitionIndex p = 0; p < partitions; ++p)
                ASSERT_TRUE(producer_->append(p, {}, as_bytes(std::to_string(rounds_))));
            ++rounds_;
            if (rounds_ % 20 == 0 && !ear_.wait_for(rounds_ * partitions)) return;
        }
    }
    Ear ear_;
    std::unique_ptr<Producer> producer_;
    std::atomic<bool> ending_{false};
    std::size_t rounds_ = 0;
    std::thread thread_;
};

TEST(KafkaGroups, HandPartitionsAroundUnderLoadWithoutLossOrRepetition) {
    KafkaStorage storage;
    KafkaStorage elsewhere;
    elsewhere.settings.prefix = storage.settings.prefix;
    // A busy machine is no reason to be out of the group: whatever is lost is lost by the driver.
    storage.settings.session_timeout = elsewhere.settings.session_timeout =
        std::chrono::seconds(25);
    const auto queue = storage.open();
    const auto other = elsewhere.open();
    open_topic(*queue);
    open_topic(*other);
    Journal journal;
    Load load(*queue);
    auto first = std::make_unique<Reader>(*queue, "t", "g", journal);
    ASSERT_TRUE(journal.wait_for_share(first.get(), partitions));
    auto second = std::make_unique<Reader>(*other, "t", "g", journal);
    ASSERT_TRUE(journal.wait_for_share(second.get(), partitions / 2));
    auto third = std::make_unique<Reader>(*queue, "t", "g", journal);
    ASSERT_TRUE(journal.wait_for_share(third.get(), partitions / 3));
    first.reset();
    ASSERT_TRUE(journal.wait_for_share(second.get(), partitions / 2));
    ASSERT_TRUE(journal.wait_for_share(third.get(), partitions / 2));
    third.reset();
    ASSERT_TRUE(journal.wait_for_share(second.get(), partitions));
    const std::size_t each = load.end();
    ASSERT_TRUE(journal.wait_for_reads(each * partitions));
    for (const MetricsRegistry* of : {storage.registry.get(), elsewhere.registry.get()})
        EXPECT_EQ(metric(*of, "thingstead_queue_lost_partitions_total"), 0);
    for (const auto& [partition, reads] : journal.reads()) {
        ASSERT_EQ(reads.size(), each) << partition;
        for (std::size_t i = 0; i < reads.size(); ++i) {
            ASSERT_EQ(reads[i].offset, static_cast<Offset>(i)) << partition;
            ASSERT_EQ(reads[i].value, std::to_string(i)) << partition;
        }
    }
}

/// What the paused member of the next test does, in a process of its own: reads everything, tells
/// so by a file, is stopped there, and commits what it read when it comes to itself.
TEST(KafkaGroups, DISABLED_MemberThatIsPaused) {
    KafkaStorage storage;
    storage.settings.prefix = std::getenv(prefix_variable);  // NOLINT(concurrency-mt-unsafe)
    const std::string sign = std::getenv(sign_variable);     // NOLINT(concurrency-mt-unsafe)
    storage.settings.commit_interval = std::chrono::milliseconds(50);
    const auto queue = storage.open();
    open_topic(*queue);
    std::mutex mutex;
    std::vector<std::unique_ptr<Consumer>> consumers;
    std::condition_variable changed;
    int lost = 0;
    auto member = queue->join("t", "g",
                              {[&](std::unique_ptr<Consumer> consumer) {
                                   const std::lock_guard lock(mutex);
                                   consumers.push_back(std::move(consumer));
                                   changed.notify_all();
                               },
                               [&](PartitionIndex, Revocation how) {
                                   const std::lock_guard lock(mutex);
                                   if (how != Revocation::lost) return;
                                   // Too late, and it has to be without effect.
                                   for (const auto& each : consumers) each->commit(1);
                                   ++lost;
                                   changed.notify_all();
                               }});
    ASSERT_TRUE(member.has_value());
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, Ear::patience,
                                 [&] { return consumers.size() == std::size_t{partitions}; }));
    for (const auto& each : consumers)
        ASSERT_TRUE(each->poll(100, 1u << 20, Ear::patience).value());
    std::ofstream(sign) << "read";
    ASSERT_TRUE(changed.wait_for(lock, Ear::patience, [&] { return lost == partitions; }));
    for (std::size_t i = 0; i < partitions; ++i) {  // it may be a member again, with new ones
        consumers[i]->commit(1);
        EXPECT_EQ(consumers[i]->poll(1, 1, Ear::patience).error().code, ErrorCode::conflict);
    }
    lock.unlock();
    EXPECT_TRUE(queue->flush_commits().has_value());
    std::ofstream(sign) << "fenced";
}

std::string content_of(const std::string& path) {
    std::string text;
    std::ifstream(path) >> text;
    return text;
}

/// The process of the paused member. Signals go to this one process, and only while it is ours: a
/// process id that is not positive would mean many processes.
class Child {
  public:
    Child(const std::string& prefix, const std::string& sign) {
        ::setenv(prefix_variable, prefix.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
        ::setenv(sign_variable, sign.c_str(), 1);      // NOLINT(concurrency-mt-unsafe)
        std::string program = "/proc/self/exe";
        std::string filter = "--gtest_filter=KafkaGroups.DISABLED_MemberThatIsPaused";
        std::string disabled = "--gtest_also_run_disabled_tests";
        char* const arguments[] = {program.data(), filter.data(), disabled.data(), nullptr};
        pid_t started = 0;
        const int failed =
            ::posix_spawn(&started, program.c_str(), nullptr, nullptr, arguments, environ);
        TS_ASSERT(failed == 0 && started > 0);
        pid_ = started;
    }
    ~Child() {
        if (!pid_) return;
        signal(SIGKILL);
        wait();
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void signal(int number) const {
        TS_ASSERT(pid_.has_value() && *pid_ > 0);
        ::kill(*pid_, number);
    }
    /// Its exit status, or -1; afterwards the process is not ours any more.
    int wait() {
        TS_ASSERT(pid_.has_value() && *pid_ > 0);
        int status = 0;
        const pid_t ended = ::waitpid(*pid_, &status, 0);
        pid_.reset();
        return ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

  private:
    std::optional<pid_t> pid_;
};

TEST(KafkaGroups, FenceOffAMemberThatWasAwayForTooLong) {
    KafkaStorage storage;
    const auto queue = storage.open();
    open_topic(*queue);
    Ear ear;
    auto producer = queue->open_producer("t", ear.events()).value();
    for (PartitionIndex p = 0; p < partitions; ++p)
        for (int i = 0; i < 10; ++i) ASSERT_TRUE(producer->append(p, {}, as_bytes("x")));
    ASSERT_TRUE(ear.wait_for(10 * partitions));

    const std::string sign = testing::TempDir() + storage.settings.prefix;
    Child child(storage.settings.prefix, sign);
    for (int i = 0; i < 3000 && content_of(sign) != "read"; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_EQ(content_of(sign), "read");
    child.signal(SIGSTOP);
    {
        // The broker gives its partitions to the next one, which reads and commits everything.
        Journal journal;
        const Reader reader(*queue, "t", "g", journal);
        ASSERT_TRUE(journal.wait_for_reads(10 * partitions));
    }
    child.signal(SIGCONT);
    EXPECT_EQ(child.wait(), 0);
    EXPECT_EQ(content_of(sign), "fenced");
    std::remove(sign.c_str());
    for (PartitionIndex p = 0; p < partitions; ++p)
        EXPECT_EQ(queue->open_consumer("t", "g", p).value()->committed(), 10) << p;
}

}  // namespace
}  // namespace thingstead::queue::kafka
