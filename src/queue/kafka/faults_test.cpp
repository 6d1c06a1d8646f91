// Brokers that die, come back, or stop answering.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "queue/kafka/kafka_testing.h"

namespace thingstead::queue::kafka {
namespace {

using test::control_server;

struct FaultsTest : testing::Test {
    void SetUp() override {
        settings.message_timeout = std::chrono::seconds(60);
        settings.request_timeout = std::chrono::seconds(20);
    }
    void open(PartitionIndex partitions) {
        queue = storage.open();
        ASSERT_NE(queue, nullptr);
        TopicSettings topic;
        topic.name = "t";
        topic.partitions = partitions;
        const Result<> opened = queue->open_topic(topic);
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
    }
    /// Appends until `count` were taken; waits for room.
    static Producer::Ticket append(Producer& producer, Ear& ear, int count) {
        Producer::Ticket last = 0;
        for (int i = 0; i < count; ++i) {
            const std::string value = std::to_string(i) + std::string(100, ' ');
            std::optional<Producer::Ticket> ticket;
            for (int rooms = ear.rooms(); !ticket; rooms = ear.rooms()) {
                ticket = producer.append(i % producer.partitions(), {}, as_bytes(value));
                if (!ticket && !ear.wait_for_room(rooms)) return last;
            }
            last = *ticket;
        }
        return last;
    }

    KafkaStorage storage;
    Settings& settings = storage.settings;
    std::unique_ptr<Queue> queue;
};

TEST_F(FaultsTest, LosesNothingAcknowledgedWhenTheBrokerIsKilledAndComesBack) {
    constexpr int count = 40'000;
    constexpr PartitionIndex partitions = 4;
    settings.pending_records_max = 4'000;  // most are appended after the broker died
    open(partitions);
    std::atomic<int> read{0};
    std::map<PartitionIndex, std::vector<int>> values;
    std::thread reader([&] {
        std::vector<std::unique_ptr<Consumer>> consumers;
        for (PartitionIndex p = 0; p < partitions; ++p)
            consumers.push_back(queue->open_consumer("t", "g", p).value());
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(90);
        while (read < count && std::chrono::steady_clock::now() < until)
            for (const auto& each : consumers) {
                const auto batch = each->poll(1000, 1u << 20, std::chrono::milliseconds(5));
                if (!batch || !*batch) continue;
                for (const Record& r : (*batch)->records())
                    values[each->partition()].push_back(
                        std::stoi(std::string(as_text(r.value).substr(0, 10))));
                each->commit((*batch)->records().back().offset + 1);
                read += static_cast<int>((*batch)->records().size());
                read.notify_all();
            }
    });
    std::thread killer([&] {
        for (int seen = read; seen < count / 8; seen = read) read.wait(seen);
        control_server("kill", "kafka");
        control_server("start", "kafka");
    });
    Ear ear;
    auto producer = queue->open_producer("t", ear.events()).value();
    const Producer::Ticket last = append(*producer, ear, count);
    killer.join();
    EXPECT_EQ(last, static_cast<Producer::Ticket>(count));
    ASSERT_TRUE(ear.wait_for(last));
    EXPECT_TRUE(ear.failed().empty());
    EXPECT_TRUE(ear.in_order());
    reader.join();

    // Everything was acknowledged, so that everything is there: once, and in order.
    for (PartitionIndex p = 0; p < partitions; ++p) {
        ASSERT_EQ(values[p].size(), static_cast<std::size_t>(count / partitions)) << p;
        for (std::size_t i = 0; i < values[p].size(); ++i)
            ASSERT_EQ(values[p][i], static_cast<int>(i) * partitions + p) << p;
    }
    // A broker that comes up may answer once and be away for another moment.
    EXPECT_GE(storage.memory_log.lines->count("queue.kafka.unreachable"), 1u);
    EXPECT_EQ(storage.memory_log.lines->count("queue.kafka.reached"),
              storage.memory_log.lines->count("queue.kafka.unreachable"));
    EXPECT_EQ(metric(*storage.registry, "thingstead_queue_unreachable"), 0);
}

TEST_F(FaultsTest, FailsTicketsInTheirTurnWhenNoBrokerComesBackInTime) {
    settings.message_timeout = std::chrono::seconds(1);
    open(2);
    Ear ear;
    auto producer = queue->open_producer("t", ear.events()).value();
    const Producer::Ticket before = append(*producer, ear, 10);
    ASSERT_TRUE(ear.wait_for(before));
    const auto consumer = queue->open_consumer("t", "g", 0).value();
    control_server("kill", "kafka");
    const Producer::Ticket during = append(*producer, ear, 10);
    EXPECT_TRUE(ear.wait_for(during));
    EXPECT_TRUE(storage.memory_log.lines->wait_for("queue.kafka.unreachable"));
    EXPECT_EQ(metric(*storage.registry, "thingstead_queue_unreachable"), 1);
    control_server("start", "kafka");
    EXPECT_TRUE(storage.memory_log.lines->wait_for("queue.kafka.reached"));

    const std::map<Producer::Ticket, ErrorCode> failed = ear.failed();
    EXPECT_EQ(failed.size(), 10u);
    for (const auto& [ticket, code] : failed) {
        EXPECT_GT(ticket, before);
        EXPECT_EQ(code, ErrorCode::unavailable);
    }
    EXPECT_EQ(metric(*storage.registry, "thingstead_queue_failed_total"), 10);

    std::optional<Producer::Ticket> after;
    ASSERT_TRUE(after = producer->append(0, {}, as_bytes("after")));
    ASSERT_TRUE(ear.wait_for(*after));
    std::string last;
    while (last != "after") {
        const auto batch = consumer->poll(100, 1u << 20, Ear::patience);
        ASSERT_TRUE(batch.has_value() && *batch);
        last = as_text((*batch)->records().back().value);
    }
}

TEST_F(FaultsTest, TakesNoMoreThanItsBoundsWhileTheBrokerDoesNotAnswer) {
    settings.pending_bytes_max = 300u << 10;
    open(2);
    Ear ear;
    auto producer = queue->open_producer("t", ear.events()).value();
    const std::string value(1000, 'x');
    control_server("pause", "kafka");
    Producer::Ticket taken = 0;
    while (taken < 100'000) {
        const auto ticket =
            producer->append(static_cast<PartitionIndex>(taken % 2), {}, as_bytes(value));
        if (!ticket) break;
        taken = *ticket;
    }
    EXPECT_GT(taken, 250u);
    EXPECT_LE(taken * value.size(), settings.pending_bytes_max);
    EXPECT_GE(metric(*storage.registry, "thingstead_queue_refused_total"), 1);
    const int rooms = ear.rooms();
    control_server("resume", "kafka");
    ASSERT_TRUE(ear.wait_for_room(rooms));
    ASSERT_TRUE(ear.wait_for(taken));
    EXPECT_TRUE(ear.failed().empty());
    EXPECT_EQ(producer->append(0, {}, as_bytes(value)), taken + 1);
    ASSERT_TRUE(ear.wait_for(taken + 1));
}

TEST_F(FaultsTest, StopsInTimeWithoutABroker) {
    settings.stop_timeout = std::chrono::milliseconds(200);
    open(1);
    Ear ear;
    auto producer = queue->open_producer("t", ear.events()).value();
    auto consumer = queue->open_consumer("t", "g", 0).value();
    control_server("pause", "kafka");
    const Producer::Ticket last = append(*producer, ear, 100);
    queue->stop();
    EXPECT_EQ(ear.reported(), last);
    EXPECT_EQ(ear.failed().size(), 100u);
    EXPECT_FALSE(producer->append(0, {}, {}).has_value());
    consumer.reset();
    producer.reset();
    queue.reset();
    control_server("resume", "kafka");
}

}  // namespace
}  // namespace thingstead::queue::kafka
