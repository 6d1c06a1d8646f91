// kill -9 at random moments: whatever was reported durable is there afterwards, in order.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "queue/log/log_testing.h"

namespace thingstead::queue::log {
namespace {

constexpr PartitionIndex partitions = 3;

std::string value_of(Producer::Ticket ticket, int life) {
    return std::to_string(life) + ":" + std::to_string(ticket) +
           std::string(static_cast<std::size_t>(ticket % 997), 'x');
}

/// The child: appends without end and writes every reported ticket into the pipe.
[[noreturn]] void append_until_killed(const Settings& settings, int life, int pipe_end) {
    MetricsRegistry registry;
    const SystemClock clock;
    auto queue = open_log_queue(settings, Log(), registry, clock);
    if (!queue || !(*queue)->open_topic({.name = "t", .partitions = partitions})) _exit(3);
    std::mutex mutex;
    std::condition_variable room;
    bool has_room = false;
    auto producer = (*queue)->open_producer(
        "t", {[&](Producer::Ticket up_to, std::optional<Error> error) {
                  if (error || write(pipe_end, &up_to, sizeof up_to) != sizeof up_to) _exit(4);
              },
              [&] {
                  const std::lock_guard lock(mutex);
                  has_room = true;
                  room.notify_one();
              }});
    for (Producer::Ticket t = 1;; ++t) {
        const std::string value = value_of(t, life);
        while (!(*producer)->append(static_cast<PartitionIndex>(t % partitions), {},
                                    as_bytes(value))) {
            std::unique_lock lock(mutex);
            room.wait(lock, [&] { return std::exchange(has_room, false); });
        }
    }
}

/// Runs a child, kills it after `reports` reports and returns the last ticket it reported.
Producer::Ticket live_and_die(const Settings& settings, int life, int reports) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        append_until_killed(settings, life, ends[1]);
    }
    close(ends[1]);
    Producer::Ticket last = 0;
    Producer::Ticket ticket = 0;
    for (int i = 0; i < reports && read(ends[0], &ticket, sizeof ticket) == sizeof ticket; ++i)
        last = ticket;
    kill(child, SIGKILL);
    while (read(ends[0], &ticket, sizeof ticket) == sizeof ticket) last = ticket;
    close(ends[0]);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
    return last;
}

TEST(LogQueueCrash, KeepsWhatWasReportedOverKill9) {
    LogStorage storage;
    storage.settings.segment_bytes = 1u << 20;
    storage.settings.pending_bytes_max = 128u << 10;  // many small commits
    std::mt19937 random(20240611);                    // NOLINT(cert-msc51-cpp): a test repeats
    std::vector<std::vector<std::string>> expected(partitions);
    for (int life = 0; life < 8; ++life) {
        const auto reports = static_cast<int>(1 + random() % 60);
        const Producer::Ticket last = live_and_die(storage.settings, life, reports);
        ASSERT_GT(last, 0u);

        const auto queue = storage.open();
        const Result<> opened = queue->open_topic({.name = "t", .partitions = partitions});
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        for (PartitionIndex p = 0; p < partitions; ++p) {
            auto& known = expected[static_cast<std::size_t>(p)];
            for (Producer::Ticket t = 1; t <= last; ++t)
                if (static_cast<PartitionIndex>(t % partitions) == p)
                    known.push_back(value_of(t, life));
            const auto consumer = queue->open_consumer("t", "g" + std::to_string(life), p);
            ASSERT_GE((*consumer)->end(), static_cast<Offset>(known.size()));
            std::vector<std::string> found;
            while (static_cast<Offset>(found.size()) < (*consumer)->end()) {
                const auto batch = (*consumer)->poll(1000, 1u << 20, Ear::patience);
                ASSERT_TRUE(batch.has_value()) << batch.error().message;
                ASSERT_NE(*batch, nullptr);
                for (const Record& r : (*batch)->records()) found.emplace_back(as_text(r.value));
            }
            ASSERT_TRUE(std::equal(known.begin(), known.end(), found.begin())) << "life " << life;
            known = found;  // what was durable but not reported stays, too
        }
    }
}

}  // namespace
}  // namespace thingstead::queue::log
