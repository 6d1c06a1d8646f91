// Consumer groups of one topic: who reads which partition, and how far each group has come.
// One file per group, replaced atomically; docs/formats/queue-log.md has its bytes. Thread-safe.
#pragma once
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "queue/log/context.h"
#include "queue/log/partition.h"

namespace thingstead::queue::log {

class Groups {
  public:
    /// `partitions` outlive this.
    Groups(Context& context, std::string directory,
           std::vector<std::unique_ptr<Partition>>& partitions)
        : context_(context), directory_(std::move(directory)), partitions_(partitions) {}

    /// Reads the files of all groups. Errors: unavailable - damaged, the message names the file.
    Result<> load();
    /// Takes the partition for a consumer and returns where it starts. From now on the group's
    /// position holds retention and lag on this partition. Errors: conflict - taken.
    Result<Offset> join(const std::string& group, PartitionIndex partition);
    void leave(const std::string& group, PartitionIndex partition);
    void commit(const std::string& group, PartitionIndex partition, Offset next);
    Offset committed(const std::string& group, PartitionIndex partition) const;
    /// Writes the files of groups that changed.
    Result<> save();
    /// Errors: not_found; conflict - it has consumers.
    Result<> remove(const std::string& group);

  private:
    static constexpr Offset never = -1;
    struct Group {
        std::vector<Offset> committed;  ///< Or never.
        std::vector<bool> taken;
        bool changed = false;
    };

    Result<> load_one(const std::string& file_name, const std::string& group);
    void update_floor(PartitionIndex partition);  ///< mutex_ held.

    Context& context_;
    const std::string directory_;
    std::vector<std::unique_ptr<Partition>>& partitions_;
    std::mutex save_mutex_;     ///< One writer of files at a time; taken before mutex_.
    mutable std::mutex mutex_;  ///< Guards groups_.
    std::map<std::string, Group, std::less<>> groups_;
};

}  // namespace thingstead::queue::log
