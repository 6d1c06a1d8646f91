// For tests of consumer groups: members that read on a thread each, and a journal of who read what.
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "queue/queue_testing.h"

namespace thingstead::queue {

/// What the members of one group did, and whether they kept to the rules. Outlives them.
class Journal {
  public:
    struct Read {
        Offset offset;
        std::string value;
    };

    void own(PartitionIndex partition, const void* member) {
        const std::lock_guard lock(mutex_);
        EXPECT_EQ(owners_.count(partition), 0u) << "two owners of partition " << partition;
        owners_[partition] = member;
        changed_.notify_all();
    }
    void disown(PartitionIndex partition, const void* member) {
        const std::lock_guard lock(mutex_);
        EXPECT_EQ(owners_[partition], member) << "partition " << partition;
        owners_.erase(partition);
        changed_.notify_all();
    }
    void read(const Batch& batch, const void* member) {
        const std::lock_guard lock(mutex_);
        EXPECT_EQ(owners_[batch.partition()], member) << "not the owner reads";
        for (const Record& r : batch.records())
            reads_[batch.partition()].push_back({r.offset, std::string(as_text(r.value))});
        count_ += batch.records().size();
        changed_.notify_all();
    }
    bool wait_for_reads(std::size_t count) {
        return wait([&] { return count_ >= count; });
    }
    bool wait_for_share(const void* member, std::size_t partitions) {
        return wait([&] { return share(member) == partitions; });
    }
    std::map<PartitionIndex, std::vector<Read>> reads() const {
        const std::lock_guard lock(mutex_);
        return reads_;
    }

  private:
    std::size_t share(const void* member) const {
        std::size_t count = 0;
        for (const auto& [partition, owner] : owners_) count += owner == member ? 1 : 0;
        return count;
    }
    template <class Condition>
    bool wait(Condition condition) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, Ear::patience, condition);
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<PartitionIndex, const void*> owners_;
    std::map<PartitionIndex, std::vector<Read>> reads_;
    std::size_t count_ = 0;
};

/// A member that reads everything it is given, in turn, and commits each batch.
class Reader {
  public:
    Reader(Queue& queue, const std::string& topic, const std::string& group, Journal& journal)
        : journal_(journal), thread_([this] { run(); }) {
        auto member = queue.join(topic, group, events());
        EXPECT_TRUE(member.has_value()) << member.error().message;
        if (member) member_ = *std::move(member);
    }
    ~Reader() {
        member_.reset();
        EXPECT_TRUE(consumers_.empty()) << "a partition was not revoked";
        ending_ = true;
        thread_.join();
    }

  private:
    GroupEvents events() {
        return {[this](std::unique_ptr<Consumer> consumer) {
                    const std::lock_guard lock(mutex_);
                    journal_.own(consumer->partition(), this);
                    const PartitionIndex partition = consumer->partition();
                    consumers_.emplace(partition, std::move(consumer));
                },
                [this](PartitionIndex partition, Revocation) {
                    const std::lock_guard lock(mutex_);
                    journal_.disown(partition, this);
                    EXPECT_EQ(consumers_.erase(partition), 1u) << "revoked what was not held";
                }};
    }
    void run() {
        while (!ending_) {
            bool idle = true;
            {
                const std::lock_guard lock(mutex_);
                for (auto& [partition, consumer] : consumers_) idle = !read(*consumer) && idle;
            }
            if (idle) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    bool read(Consumer& from) {
        const auto batch = from.poll(100, 1u << 20, std::chrono::milliseconds(0));
        EXPECT_TRUE(batch.has_value()) << batch.error().message;
        if (!batch || !*batch) return false;
        journal_.read(**batch, this);
        from.commit((*batch)->records().back().offset + 1);
        return true;
    }

    Journal& journal_;
    std::mutex mutex_;
    std::map<PartitionIndex, std::unique_ptr<Consumer>> consumers_;
    std::unique_ptr<GroupMember> member_;
    std::atomic<bool> ending_{false};
    std::thread thread_;
};

}  // namespace thingstead::queue
