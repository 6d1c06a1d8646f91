// What is special to Kafka: its errors at start, its topics, its security, slow partitions.
#include "queue/kafka/kafka_queue.h"

#include <gtest/gtest.h>

#include <chrono>

#include "queue/kafka/kafka_testing.h"
#include "queue/kafka/producer.h"

namespace thingstead::queue::kafka {
namespace {

using std::chrono::milliseconds;

Error error_of(const Settings& settings) {
    MetricsRegistry registry;
    const auto queue = open_kafka_queue(settings, Log(), registry);
    EXPECT_TRUE(queue.has_error());
    return queue ? Error{ErrorCode::internal, "it opened"} : queue.error();
}

bool has(const Error& error, const std::string& part) {
    return error.message.find(part) != std::string::npos;
}

struct KafkaQueueTest : testing::Test {
    void open(PartitionIndex partitions = 1) {
        queue = storage.open();
        ASSERT_NE(queue, nullptr);
        open_topic("t", partitions);
    }
    void open_topic(const std::string& name, PartitionIndex partitions, bool numbered = true) {
        TopicSettings topic;
        topic.name = name;
        topic.partitions = partitions;
        topic.numbered = numbered;
        const Result<> opened = queue->open_topic(topic);
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
    }
    void put(PartitionIndex partition, int count, std::size_t size = 10) {
        Ear ear;
        auto producer = queue->open_producer("t", ear.events()).value();
        const std::string value(size, 'x');
        for (int i = 0; i < count; ++i)
            ASSERT_TRUE(producer->append(partition, {}, as_bytes(value)));
        ASSERT_TRUE(ear.wait_for(static_cast<Producer::Ticket>(count)));
        ASSERT_TRUE(ear.failed().empty());
    }
    static std::vector<Record> get(Consumer& from, std::size_t count) {
        std::vector<Record> records;
        while (records.size() < count) {
            const auto batch = from.poll(1000, 1u << 20, Ear::patience);
            if (!batch || !*batch) {
                ADD_FAILURE() << (batch ? "nothing came" : batch.error().message);
                break;
            }
            for (const Record& r : (*batch)->records())
                records.push_back({r.offset, r.appended_ms, {}, {}});
        }
        return records;
    }

    KafkaStorage storage;
    Settings& settings = storage.settings;
    std::unique_ptr<Queue> queue;
};

TEST_F(KafkaQueueTest, NamesTheSettingThatIsWrong) {
    Settings s = settings;
    s.replication_factor = 1;
    s.min_insync_replicas = 2;
    EXPECT_TRUE(has(error_of(s), "THINGSTEAD_QUEUE_KAFKA_MIN_INSYNC_REPLICAS"));
    s = settings;
    s.properties = {"no.such.property=1"};
    EXPECT_TRUE(has(error_of(s), "THINGSTEAD_QUEUE_KAFKA_PROPERTIES"));
    s.properties = {"group.id=mine"};
    EXPECT_TRUE(has(error_of(s), "group.id"));
    s.properties = {"nothing"};
    EXPECT_TRUE(has(error_of(s), "name=value"));
    s = settings;
    s.security = Security::sasl_plaintext;
    EXPECT_TRUE(has(error_of(s), "THINGSTEAD_QUEUE_KAFKA_USER"));
    s = settings;
    s.prefix = "a b";
    EXPECT_TRUE(has(error_of(s), "THINGSTEAD_QUEUE_KAFKA_PREFIX"));
}

TEST_F(KafkaQueueTest, SaysInTimeThatNoBrokerAnswers) {
    settings.brokers = "127.0.0.1:1";
    settings.request_timeout = milliseconds(500);
    const Error error = error_of(settings);
    EXPECT_EQ(error.code, ErrorCode::unavailable);
    EXPECT_TRUE(has(error, "THINGSTEAD_QUEUE_KAFKA_BROKERS")) << error.message;
    EXPECT_TRUE(has(error, "127.0.0.1:1")) << error.message;
    EXPECT_TRUE(has(error, "refused")) << error.message;
}

TEST_F(KafkaQueueTest, SaysWhatABrokerDoesNotGrantForATopic) {
    settings.replication_factor = 3;
    queue = storage.open();
    ASSERT_NE(queue, nullptr);
    TopicSettings topic;
    topic.name = "t";
    const Result<> opened = queue->open_topic(topic);
    ASSERT_TRUE(opened.has_error());
    EXPECT_EQ(opened.error().code, ErrorCode::invalid_argument);
    EXPECT_TRUE(has(opened.error(), "THINGSTEAD_QUEUE_KAFKA_REPLICATION_FACTOR"))
        << opened.error().message;
}

TEST_F(KafkaQueueTest, HasOneTopicOfTheBrokerPerPartition) {
    open(3);
    put(1, 5);
    open_topic("t.1", 1, false);  // the same, by its name at the broker
    auto consumer = queue->open_consumer("t.1", "g", 0).value();
    EXPECT_EQ(get(*consumer, 5).size(), 5u);
    EXPECT_EQ(queue->partitions("t").value(), 3);
}

TEST_F(KafkaQueueTest, SeeksToTheTimeOfTheBroker) {
    open();
    put(0, 3);
    auto consumer = queue->open_consumer("t", "g", 0).value();
    const EpochMs first = get(*consumer, 3).back().appended_ms;
    EpochMs second = first;
    int count = 3;
    while (second <= first) {
        put(0, 1);
        ++count;
        second = get(*consumer, 1).back().appended_ms;
    }
    consumer->seek_time(second);
    EXPECT_EQ(get(*consumer, 1).front().offset, count - 1);
    consumer->seek_time(0);
    EXPECT_EQ(get(*consumer, static_cast<std::size_t>(count)).front().offset, 0);
    consumer->seek_time(second + 3'600'000);
    const auto nothing = consumer->poll(1, 1, milliseconds(0));
    EXPECT_TRUE(nothing.has_value() && *nothing == nullptr);
    put(0, 1);
    EXPECT_EQ(get(*consumer, 1).front().offset, count);
}

TEST_F(KafkaQueueTest, DoesNotLetASlowPartitionHoldUpTheOthers) {
    settings.fetch_bytes_max = 16u << 10;
    settings.fetch_buffer_bytes = 32u << 10;
    open(2);
    put(0, 1000, 1000);
    put(1, 1000, 1000);
    const auto slow = queue->open_consumer("t", "g", 0).value();
    const auto fast = queue->open_consumer("t", "g", 1).value();
    EXPECT_EQ(get(*slow, 1).front().offset, 0);
    EXPECT_EQ(get(*fast, 1000).back().offset, 999);
}

TEST_F(KafkaQueueTest, KeepsABatchReadableWhenEverythingElseIsGone) {
    open();
    put(0, 5);
    auto consumer = queue->open_consumer("t", "g", 0).value();
    auto batch = consumer->poll(5, 1u << 20, Ear::patience).value();
    ASSERT_NE(batch, nullptr);
    consumer.reset();
    queue.reset();
    EXPECT_EQ(as_text(batch->records().front().value), "xxxxxxxxxx");
}

TEST_F(KafkaQueueTest, GoesOnWithANewClientWhenItsOwnIsBeyondRepair) {
    open();
    MetricsRegistry registry;
    auto context = std::make_shared<Context>(settings, storage.memory_log.log, registry);
    auto room = std::make_shared<Room>(1u << 20, 1000);
    auto line = Line::open(context, room).value();
    line->start();
    auto lines = std::make_shared<Lines>(context, room, line);
    auto topic = std::make_shared<Topic>(Topic{"t", {context->full_name("t.0")}});
    Ear ear;
    auto producer = std::make_unique<KafkaProducer>(context, room, lines, topic, ear.events());
    ASSERT_EQ(producer->append(0, {}, as_bytes("1")), Producer::Ticket{1});
    ASSERT_TRUE(ear.wait_for(1));
    rd_kafka_test_fatal_error(line->handle(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
                              "a test");
    ASSERT_EQ(producer->append(0, {}, as_bytes("2")), Producer::Ticket{2});
    ASSERT_TRUE(ear.wait_for(2));
    EXPECT_TRUE(ear.failed().empty());
    EXPECT_NE(lines->current(), line);
    lines->stop();
    EXPECT_FALSE(producer->append(0, {}, as_bytes("3")).has_value());
    auto consumer = queue->open_consumer("t", "g", 0).value();
    EXPECT_EQ(get(*consumer, 2).back().offset, 1);
}

struct SecurityTest : KafkaQueueTest {
    void SetUp() override {
        settings.brokers = test::server_variable("THINGSTEAD_TEST_KAFKA_SECURE");
        settings.ca_file = test::server_variable("THINGSTEAD_TEST_KAFKA_CA");
        settings.security = Security::sasl_ssl;
        settings.user = "thingstead";
        settings.password = test::server_variable("THINGSTEAD_TEST_KAFKA_PASSWORD");
        settings.request_timeout = milliseconds(5000);
    }
};

TEST_F(SecurityTest, WorksWithEveryMechanismOverTls) {
    for (const Mechanism mechanism :
         {Mechanism::plain, Mechanism::scram_sha_256, Mechanism::scram_sha_512}) {
        SCOPED_TRACE(enum_name(mechanism));
        settings.mechanism = mechanism;
        settings.prefix = fresh_prefix();
        open();
        put(0, 5);
        EXPECT_EQ(get(*queue->open_consumer("t", "g", 0).value(), 5).size(), 5u);
        queue.reset();
    }
}

TEST_F(SecurityTest, NamesTheUserThatIsRefused) {
    settings.password = "wrong";
    for (const Mechanism mechanism : {Mechanism::plain, Mechanism::scram_sha_512}) {
        settings.mechanism = mechanism;
        const Error error = error_of(settings);
        EXPECT_EQ(error.code, ErrorCode::unauthenticated) << error.message;
        EXPECT_TRUE(has(error, "THINGSTEAD_QUEUE_KAFKA_PASSWORD")) << error.message;
        EXPECT_FALSE(has(error, "wrong")) << error.message;
    }
}

TEST_F(SecurityTest, TrustsNoBrokerThatIsNotSigned) {
    settings.ca_file.clear();
    settings.request_timeout = milliseconds(1500);
    const Error error = error_of(settings);
    EXPECT_EQ(error.code, ErrorCode::unavailable);
    EXPECT_TRUE(has(error, "certificate")) << error.message;
    settings.ca_file = "/nonexistent/ca.pem";
    EXPECT_TRUE(has(error_of(settings), "ca.pem"));
}

}  // namespace
}  // namespace thingstead::queue::kafka
