// The stage of the queue suite: a storage, a queue on it, and short words for what the cases do.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "queue/queue_testing.h"

namespace thingstead::queue {

class QueueConformance : public testing::TestWithParam<std::unique_ptr<ConformanceStorage> (*)()> {
  protected:
    struct Item {
        Offset offset;
        EpochMs appended_ms;
        std::string key;
        std::string value;
    };

    void SetUp() override {
        storage_ = GetParam()();
        queue_ = storage_->open();
        ASSERT_NE(queue_, nullptr);
    }
    void TearDown() override { queue_.reset(); }

    void restart() {
        queue_.reset();
        queue_ = storage_->open();
        ASSERT_NE(queue_, nullptr);
    }
    void open_topic(const std::string& name = "t", PartitionIndex partitions = 2) {
        TopicSettings settings;
        settings.name = name;
        settings.partitions = partitions;
        const Result<> opened = queue_->open_topic(settings);
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
    }
    /// Appends `values` to the partition and waits until they are durable.
    void put(PartitionIndex partition, const std::vector<std::string>& values,
             const std::string& topic = "t") {
        Ear ear;
        auto producer = queue_->open_producer(topic, ear.events());
        ASSERT_TRUE(producer.has_value()) << producer.error().message;
        std::optional<Producer::Ticket> last;
        for (const std::string& value : values) {
            last = (*producer)->append(partition, as_bytes("key of " + value), as_bytes(value));
            ASSERT_TRUE(last.has_value());
        }
        if (last) {
            ASSERT_TRUE(ear.wait_for(*last));
        }
        EXPECT_TRUE(ear.failed().empty());
    }
    std::unique_ptr<Consumer> consumer(const std::string& group, PartitionIndex partition = 0,
                                       const std::string& topic = "t") {
        auto opened = queue_->open_consumer(topic, group, partition);
        EXPECT_TRUE(opened.has_value()) << opened.error().message;
        return opened ? *std::move(opened) : nullptr;
    }
    /// Polls until `count` records came.
    static std::vector<Item> get(Consumer& from, std::size_t count, std::size_t records_max = 100,
                                 std::size_t bytes_max = 1u << 20) {
        std::vector<Item> items;
        while (items.size() < count) {
            const auto batch = from.poll(records_max, bytes_max, Ear::patience);
            if (!batch || !*batch) {
                ADD_FAILURE() << (batch ? "nothing came" : batch.error().message);
                return items;
            }
            EXPECT_LE((*batch)->records().size(), records_max);
            EXPECT_EQ((*batch)->partition(), from.partition());
            for (const Record& r : (*batch)->records())
                items.push_back({r.offset, r.appended_ms, std::string(as_text(r.key)),
                                 std::string(as_text(r.value))});
        }
        return items;
    }
    static bool empty_now(Consumer& from) {
        const auto batch = from.poll(10, 1024, std::chrono::milliseconds(0));
        return batch.has_value() && *batch == nullptr;
    }
    static std::vector<std::string> numbers(int from, int to) {
        std::vector<std::string> texts;
        for (int i = from; i < to; ++i) texts.push_back(std::to_string(i));
        return texts;
    }
    static std::vector<std::string> values_of(const std::vector<Item>& items) {
        std::vector<std::string> texts;
        for (const Item& item : items) texts.push_back(item.value);
        return texts;
    }

    std::unique_ptr<ConformanceStorage> storage_;
    std::unique_ptr<Queue> queue_;
};

}  // namespace thingstead::queue
