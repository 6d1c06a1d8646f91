// The consumer's handle of the Kafka queue.
#pragma once
#include <deque>
#include <memory>
#include <optional>

#include "queue/kafka/holding.h"

namespace thingstead::queue::kafka {

class KafkaConsumer final : public Consumer {
  public:
    enum class Use : std::uint8_t {
        member,  ///< Of a member's partitions.
        opened,  ///< The partition was opened alone, and is given back with the consumer.
        reader,  ///< Likewise, and nothing is committed.
    };
    KafkaConsumer(std::shared_ptr<Holding> holding, Use use);
    ~KafkaConsumer() override;

    PartitionIndex partition() const override { return holding_->index; }
    Result<std::unique_ptr<Batch>> poll(std::size_t records_max, std::size_t bytes_max,
                                        std::chrono::milliseconds wait) override;
    void wake() override { holding_->wake(); }
    void seek(Offset offset) override;
    void seek_time(EpochMs time_ms) override;
    void commit(Offset next) override {
        if (use_ != Use::reader) holding_->commit(next);
    }
    Offset committed() const override;
    Offset end() const override;

  private:
    struct Bounds {
        Offset begin;
        Offset end;
    };

    Result<> check_alive() const;
    Result<> place();
    Result<Offset> offset_of_time(EpochMs time_ms) const;
    Result<Bounds> bounds() const;
    void fetch(std::size_t records_max, std::chrono::milliseconds wait);
    Result<std::unique_ptr<Batch>> take(std::size_t records_max, std::size_t bytes_max);
    void note(const rd_kafka_message_t& message);
    bool passes(const rd_kafka_message_t& failed) const;
    Error error_of(const rd_kafka_message_t& message) const;

    const std::shared_ptr<Holding> holding_;
    const Use use_;
    const std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
    std::deque<Owned<rd_kafka_message_t>> ready_;  ///< Fetched, in order, not handed out yet.
    Offset next_ = Holding::unknown;               ///< Of the record that is expected next.
    std::optional<Offset> seek_;
    std::optional<EpochMs> seek_time_;
};

}  // namespace thingstead::queue::kafka
