// Letters over a real driver: what a consumer cannot use is put aside, counted and found again.
#include "queue/dead_letter.h"

#include "queue/log/log_testing.h"

namespace thingstead::queue::log {
namespace {

struct DeadLettersTest : testing::Test {
    void SetUp() override {
        queue = storage.open();
        ASSERT_NE(queue, nullptr);
        TopicSettings settings;
        settings.name = "t";
        settings.partitions = 2;
        ASSERT_TRUE(queue->open_topic(settings).has_value());
        letters = DeadLetters::open(*queue, "t", std::chrono::hours(1), ear.events(),
                                    storage.memory_log.log, *storage.registry)
                      .value();
    }
    void TearDown() override {
        letters.reset();
        queue.reset();
    }
    std::unique_ptr<Batch> read(const std::string& topic, PartitionIndex partition) {
        auto consumer = queue->open_consumer(topic, "g", partition).value();
        return consumer->poll(10, 1u << 20, Ear::patience).value();
    }

    LogStorage storage;
    std::unique_ptr<Queue> queue;
    Ear ear;
    std::unique_ptr<DeadLetters> letters;
};

TEST_F(DeadLettersTest, KeepTheRecordAndWhereItStood) {
    Ear appended;
    auto producer = queue->open_producer("t", appended.events()).value();
    ASSERT_TRUE(producer->append(1, {}, as_bytes("fine")));
    ASSERT_TRUE(producer->append(1, as_bytes("k"), as_bytes("\xff broken")));
    ASSERT_TRUE(appended.wait_for(2));
    const std::unique_ptr<Batch> batch = read("t", 1);
    ASSERT_EQ(batch->records().size(), 2u);

    const auto ticket = letters->put(1, batch->records()[1], "not a message");
    ASSERT_TRUE(ticket.has_value());
    ASSERT_TRUE(ear.wait_for(*ticket));
    EXPECT_TRUE(ear.failed().empty());

    const std::unique_ptr<Batch> kept = read("t.dead-letter", 0);
    ASSERT_EQ(kept->records().size(), 1u);
    const DeadLetter letter = decode_dead_letter(kept->records()[0].value).value();
    EXPECT_EQ(letter, (DeadLetter{"t", 1, 1, batch->records()[1].appended_ms, "not a message", "k",
                                  "\xff broken"}));
    EXPECT_EQ(storage.memory_log.lines->count("queue.dead_letter topic=t partition=1 offset=1"),
              1u);
    EXPECT_NE(storage.registry->expose().find("thingstead_queue_dead_letters_total{topic=\"t\"} 1"),
              std::string::npos);
}

TEST_F(DeadLettersTest, CountNothingWhenThereIsNoRoom) {
    queue->stop();
    EXPECT_FALSE(letters->put(0, Record{0, 0, {}, as_bytes("x")}, "why").has_value());
    EXPECT_EQ(storage.memory_log.lines->count("queue.dead_letter"), 0u);
}

}  // namespace
}  // namespace thingstead::queue::log
