// What is special to the embedded driver: files, limits, faults, damage.
#include "queue/log/log_queue.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "base/settings.h"
#include "queue/log/faulty_files.h"
#include "queue/log/frame.h"
#include "queue/log/log_testing.h"

namespace thingstead::queue::log {
namespace {

struct LogQueueTest : testing::Test {
    void open(const TopicSettings& topic = {.name = "t", .partitions = 1}) {
        queue.reset();
        storage.registry = std::make_unique<MetricsRegistry>();
        auto opened = open_log_queue(storage.settings, storage.memory_log.log, *storage.registry,
                                     storage.clock, std::make_unique<FaultyFileSystem>(faults));
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        queue = *std::move(opened);
        const Result<> topic_opened = queue->open_topic(topic);
        ASSERT_TRUE(topic_opened.has_value()) << topic_opened.error().message;
    }
    void TearDown() override { queue.reset(); }

    /// Appends `count` records of 1000 bytes that begin with their number, and waits for them.
    void put(int count) {
        Ear ear;
        auto producer = queue->open_producer("t", ear.events()).value();
        for (int i = 0; i < count; ++i) {
            std::string value = std::to_string(next_value++) + ":";
            value.resize(1000, 'x');
            // A log that cannot write takes nothing meanwhile, and says when it does again.
            for (int rooms = ear.rooms(); !producer->append(0, {}, as_bytes(value));
                 rooms = ear.rooms())
                ASSERT_TRUE(ear.wait_for_room(rooms));
        }
        ASSERT_TRUE(ear.wait_for(static_cast<Producer::Ticket>(count)));
        ASSERT_TRUE(ear.failed().empty());
    }
    /// Numbers of the records from the consumer's position to the end.
    static std::vector<int> numbers(Consumer& consumer, std::size_t count) {
        std::vector<int> found;
        while (found.size() < count) {
            const auto batch = consumer.poll(64, 1u << 20, Ear::patience);
            if (!batch || !*batch) {
                ADD_FAILURE() << (batch ? "nothing came" : batch.error().message);
                break;
            }
            for (const Record& r : (*batch)->records())
                found.push_back(std::stoi(std::string(as_text(r.value.first(10)))));
        }
        return found;
    }
    std::vector<int> all_numbers() {
        const auto consumer = queue->open_consumer("t", "reader", 0);
        (*consumer)->seek(0);
        return numbers(**consumer, static_cast<std::size_t>((*consumer)->end()));
    }
    static std::vector<int> range(int from, int to) {
        std::vector<int> all;
        for (int i = from; i < to; ++i) all.push_back(i);
        return all;
    }
    /// Waits for what the housekeeping does.
    template <class Condition>
    static bool eventually(Condition condition) {
        const auto until = std::chrono::steady_clock::now() + Ear::patience;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > until) return false;
            std::this_thread::yield();
        }
        return true;
    }

    LogStorage storage;
    Faults faults;
    std::unique_ptr<Queue> queue;
    int next_value = 0;
};

TEST_F(LogQueueTest, RotatesSegmentsAndReadsOverTheirSeams) {
    open();
    for (int i = 0; i < 10; ++i) put(100);  // about 1 MB in segments of 256 KiB
    EXPECT_GE(storage.segments().size(), 4u);
    EXPECT_EQ(all_numbers(), range(0, 1000));
    open();
    EXPECT_EQ(all_numbers(), range(0, 1000));
    put(10);
    EXPECT_EQ(all_numbers(), range(0, 1010));
    EXPECT_EQ(storage.memory_log.lines->count("queue.log.cut"), 0u);
}

TEST_F(LogQueueTest, SeeksByOffsetAndTimeInOldSegments) {
    open();
    std::vector<EpochMs> begin_ms;
    for (int i = 0; i < 10; ++i) {
        begin_ms.push_back(storage.clock.now_ms());
        put(100);
        storage.clock.advance(std::chrono::seconds(1));
    }
    open();
    const auto consumer = queue->open_consumer("t", "g", 0);
    for (const int target : {0, 1, 99, 100, 257, 500, 731, 998, 999}) {
        (*consumer)->seek(target);
        EXPECT_EQ(numbers(**consumer, 1).front(), target);
    }
    for (std::size_t i = 0; i < begin_ms.size(); ++i) {
        (*consumer)->seek_time(begin_ms[i]);
        EXPECT_EQ(numbers(**consumer, 1).front(), static_cast<int>(i) * 100);
        (*consumer)->seek_time(begin_ms[i] - 999);
        EXPECT_EQ(numbers(**consumer, 1).front(), static_cast<int>(i) * 100);
    }
}

TEST_F(LogQueueTest, RemovesOldSegmentsOnlyBelowTheSlowestGroup) {
    const TopicSettings topic{.name = "t",
                              .partitions = 1,
                              .retention = std::chrono::hours(1),
                              .lag_bytes_max = 16u << 20};
    open(topic);
    auto slow = queue->open_consumer("t", "slow", 0).value();
    auto fast = queue->open_consumer("t", "fast", 0).value();
    for (int i = 0; i < 10; ++i) put(100);
    const std::size_t before = storage.segments().size();
    storage.clock.advance(std::chrono::hours(2));
    fast->commit(1000);
    slow->commit(300);  // inside the second segment
    ASSERT_TRUE(eventually([&] { return storage.segments().size() == before - 1; }));
    slow->seek(0);  // clamped to what is kept
    EXPECT_LE(numbers(*slow, 1).front(), 300);
    slow->commit(1000);
    ASSERT_TRUE(eventually([&] { return storage.segments().size() == 1; }));
    slow.reset();
    fast.reset();
    open(topic);
    put(5);
    EXPECT_EQ(queue->open_consumer("t", "slow", 0).value()->end(), 1005);
}

TEST_F(LogQueueTest, RemovesSegmentsOverTheSizeToKeep) {
    open({.name = "t", .partitions = 1, .retention_bytes = 300u << 10});
    for (int i = 0; i < 20; ++i) put(100);  // 2 MB, no group
    EXPECT_TRUE(eventually([&] { return storage.segments().size() <= 3; }));
    const auto consumer = queue->open_consumer("t", "g", 0);
    const std::vector<int> kept = numbers(**consumer, 100);
    EXPECT_GT(kept.front(), 1000);
    EXPECT_EQ((*consumer)->end(), 2000);
}

TEST_F(LogQueueTest, DelaysAcknowledgementsWhileTheDiskIsFullAndRecovers) {
    open();
    put(200);
    faults.no_space = true;
    Ear ear;
    auto producer = queue->open_producer("t", ear.events()).value();
    Producer::Ticket taken = 0;
    const std::string value(1000, 'x');
    // The rest of the segment still takes records, then appends are refused.
    const auto until = std::chrono::steady_clock::now() + Ear::patience;
    int rooms = ear.rooms();
    while (storage.memory_log.lines->count("queue.log.full") == 0 &&
           std::chrono::steady_clock::now() < until)
        if (const auto ticket =
                producer->append(0, {}, as_bytes(std::to_string(next_value) + ":" + value))) {
            taken = *ticket;
            ++next_value;
        }
    ASSERT_EQ(storage.memory_log.lines->count("queue.log.full"), 1u);
    EXPECT_NE(storage.memory_log.lines->all().back().find("No space left"), std::string::npos);
    rooms = ear.rooms();
    ASSERT_FALSE(producer->append(0, {}, as_bytes(value)));
    EXPECT_LT(ear.reported(), taken);
    EXPECT_TRUE(ear.failed().empty());
    EXPECT_NE(storage.registry->expose().find("thingstead_queue_full 1"), std::string::npos);

    faults.no_space = false;
    ASSERT_TRUE(ear.wait_for(taken));
    ASSERT_TRUE(ear.wait_for_room(rooms));
    EXPECT_TRUE(ear.failed().empty());
    EXPECT_EQ(storage.memory_log.lines->count("queue.log.writable"), 1u);
    EXPECT_NE(storage.registry->expose().find("thingstead_queue_full 0"), std::string::npos);
    producer.reset();
    put(10);
    EXPECT_EQ(all_numbers(), range(0, next_value));
    open();
    EXPECT_EQ(all_numbers(), range(0, next_value));
}

TEST_F(LogQueueTest, FailsWhatIsNotDurableWhenStoppedOnAFullDisk) {
    open();
    faults.no_space = true;
    Ear ear;
    auto producer = queue->open_producer("t", ear.events()).value();
    ASSERT_TRUE(producer->append(0, {}, as_bytes("x")));
    ASSERT_TRUE(storage.memory_log.lines->wait_for("queue.log.full"));
    queue->stop();
    EXPECT_EQ(ear.failed(), (std::map<Producer::Ticket, ErrorCode>{
                                {1, ErrorCode::unavailable}
    }));
    producer.reset();
    faults.no_space = false;
    open();
    EXPECT_EQ(queue->open_consumer("t", "g", 0).value()->end(), 0);
}

TEST_F(LogQueueTest, WritesAgainElsewhereWhatAFailedSyncMayHaveLost) {
    open();
    put(10);
    faults.syncs_fail = 1;
    put(10);
    faults.syncs_fail = 5;  // fresh segments fail, too
    put(10);
    faults.writes_fail = 3;
    put(10);
    EXPECT_EQ(all_numbers(), range(0, 40));
    open();
    EXPECT_EQ(all_numbers(), range(0, 40));
    EXPECT_EQ(storage.memory_log.lines->count("queue.log.cut"), 0u);
    EXPECT_GE(storage.segments().size(), 3u);
}

TEST_F(LogQueueTest, SharesASyncAmongManyRecords) {
    open();
    put(1);
    const int before = faults.syncs;
    put(150);
    EXPECT_LT(faults.syncs - before, 100);
}

TEST_F(LogQueueTest, HoldsProducersBackAtThePendingLimit) {
    storage.settings.pending_bytes_max = 20'000;
    open();
    faults.no_space = true;  // nothing gets durable
    Ear ear;
    auto producer = queue->open_producer("t", ear.events()).value();
    const std::string value(1000, 'x');
    Producer::Ticket taken = 0;
    while (taken < 100 && producer->append(0, {}, as_bytes(value))) ++taken;
    EXPECT_LT(taken, 20u);
    const int rooms = ear.rooms();
    faults.no_space = false;
    ASSERT_TRUE(ear.wait_for(taken));
    ASSERT_TRUE(ear.wait_for_room(rooms));
}

TEST_F(LogQueueTest, NamesDamageInAnOldSegmentWhenItIsRead) {
    open();
    for (int i = 0; i < 10; ++i) put(100);
    queue.reset();
    const std::string file = storage.segments()[1];
    {
        std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
        out.seekp(100'000);
        out.put('!');
    }
    open();
    const auto consumer = queue->open_consumer("t", "g", 0);
    std::optional<Error> error;
    Offset read = 0;
    for (int polls = 0; polls < 1000 && !error; ++polls) {
        const auto batch = (*consumer)->poll(64, 1u << 20, Ear::patience);
        if (!batch) {
            error = batch.error();
        } else if (*batch) {
            read = (*batch)->records().back().offset + 1;
        }
    }
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code, ErrorCode::unavailable);
    EXPECT_NE(error->message.find(file + " at byte "), std::string::npos) << error->message;
    EXPECT_GT(read, 200);
    EXPECT_LT(read, 500);
    (*consumer)->seek(800);  // behind it, everything is as it was
    EXPECT_EQ(numbers(**consumer, 200), range(800, 1000));
}

TEST_F(LogQueueTest, NamesDamagedFilesWhenTheTopicIsOpened) {
    open();
    put(10);
    {
        const auto consumer = queue->open_consumer("t", "g", 0);
    }
    queue.reset();
    const std::string topic = storage.directory.path() + "/topics/t/";
    for (const std::string& file :
         {storage.segments().front(), topic + "groups/g.group", topic + "topic"}) {
        std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
        damaged.seekg(9);
        const char was = static_cast<char>(damaged.get());
        damaged.seekp(9);
        damaged.put(static_cast<char>(was ^ 0x20));
        damaged.flush();
        const auto opened = storage.open();
        const Result<> topic_opened = opened->open_topic({.name = "t", .partitions = 1});
        ASSERT_TRUE(topic_opened.has_error()) << file;
        EXPECT_EQ(topic_opened.error().code, ErrorCode::unavailable);
        EXPECT_NE(topic_opened.error().message.find(file), std::string::npos)
            << topic_opened.error().message;
        damaged.seekp(9);
        damaged.put(was);
    }
    open();
    EXPECT_EQ(all_numbers(), range(0, 10));
}

TEST_F(LogQueueTest, BelongsToOneProcessAtATime) {
    open();
    MetricsRegistry registry;
    const auto second = open_log_queue(storage.settings, Log(), registry, storage.clock);
    ASSERT_TRUE(second.has_error());
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
    EXPECT_NE(second.error().message.find(storage.directory.path()), std::string::npos);
    queue->stop();
    EXPECT_TRUE(open_log_queue(storage.settings, Log(), registry, storage.clock).has_value());
}

TEST_F(LogQueueTest, RefusesSettingsOutOfRange) {
    MetricsRegistry registry;
    const auto code_of = [&](const Settings& settings) {
        const auto opened = open_log_queue(settings, Log(), registry, storage.clock);
        return opened ? std::optional<ErrorCode>() : opened.error().code;
    };
    Settings settings = storage.settings;
    settings.directory.clear();
    EXPECT_EQ(code_of(settings), ErrorCode::invalid_argument);
    settings = storage.settings;
    settings.segment_bytes = 1000;
    EXPECT_EQ(code_of(settings), ErrorCode::invalid_argument);
    settings = storage.settings;
    settings.sync_threads = 0;
    EXPECT_EQ(code_of(settings), ErrorCode::invalid_argument);
}

TEST_F(LogQueueTest, DescribesItsSettings) {
    Settings settings;
    std::vector<std::string> names;
    for (const SettingEntry& entry : settings_table(settings, "queue.log.")) {
        names.push_back(entry.path);
        EXPECT_FALSE(entry.text.empty()) << entry.path;
        EXPECT_TRUE(entry.assign(entry.value))
            << "the default of " << entry.path << " is out of bounds";
    }
    EXPECT_EQ(names.size(), 13u);
    EXPECT_EQ(names.front(), "queue.log.segment_bytes");
}

TEST_F(LogQueueTest, ReadsForASlowConsumerBlockByBlock) {
    open();
    for (int i = 0; i < 30; ++i) put(100);
    const auto consumer = queue->open_consumer("t", "slow", 0);
    EXPECT_EQ(numbers(**consumer, 3000), range(0, 3000));
    // A frame, or the window of a search: never a file.
    EXPECT_GT(faults.read_bytes_most, 4096u);
    EXPECT_LE(faults.read_bytes_most, AppendBuffer::chunk_bytes);
}

TEST_F(LogQueueTest, GivesBackWhatASegmentDidNotUse) {
    open();
    put(10);
    queue.reset();
    EXPECT_LT(std::filesystem::file_size(storage.segments().front()), 16'000u);
}

}  // namespace
}  // namespace thingstead::queue::log
