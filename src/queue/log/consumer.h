// The consumer's handle of the embedded queue.
#pragma once
#include <memory>

#include "queue/log/core.h"
#include "queue/log/member.h"
#include "queue/log/reader.h"
#include "queue/log/topic.h"

namespace thingstead::queue::log {

class LogConsumer final : public Consumer {
  public:
    /// `lease` may be null: of a reader beside all groups.
    LogConsumer(std::shared_ptr<Core> core, std::shared_ptr<Topic> topic,
                std::shared_ptr<Lease> lease, PartitionIndex partition, Offset start);
    ~LogConsumer() override;

    PartitionIndex partition() const override { return index_; }
    Result<std::unique_ptr<Batch>> poll(std::size_t records_max, std::size_t bytes_max,
                                        std::chrono::milliseconds wait) override;
    void wake() override;
    void seek(Offset offset) override;
    void seek_time(EpochMs time_ms) override;
    void commit(Offset next) override;
    Offset committed() const override;
    Offset end() const override;

  private:
    Result<> place();
    Result<std::unique_ptr<Batch>> read(std::size_t records_max, std::size_t bytes_max);

    const std::shared_ptr<Core> core_;
    const std::shared_ptr<Topic> topic_;
    const std::shared_ptr<Lease> lease_;
    const PartitionIndex index_;
    Partition& partition_;
    Reader reader_;
    FrameCursor cursor_;
    Offset position_;
    std::optional<EpochMs> seek_time_;
    bool woken_ = false;  ///< Guarded by the partition.
};

}  // namespace thingstead::queue::log
