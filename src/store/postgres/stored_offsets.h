// Up to where each partition of the queue is stored in the database. Thread-safe.
//
// A record that was processed() has all its points with the writers; they are stored when every
// writer has stored as much as it had been given by then.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

namespace thingstead::store::postgres {

class StoredOffsets {
  public:
    /// How many writes each writer was given, or has stored.
    using Progress = std::vector<std::uint64_t>;

    void processed(std::int32_t partition, std::int64_t next, const Progress& given);
    void stored(const Progress& stored, const Progress& given);
    /// The partition begins anew, maybe at a lower offset.
    void forget(std::int32_t partition);
    /// -1: nothing yet.
    std::int64_t checkpointed(std::int32_t partition) const;

  private:
    struct Partition {
        std::int64_t checkpointed = -1;
        std::int64_t waiting = -1;  ///< -1: nothing waits.
        Progress until{};           ///< Stored by all writers when `waiting` is reached.
        std::int64_t newest = -1;   ///< Told since; its turn comes after `waiting`.
    };
    static bool reached(const Progress& stored, const Progress& until);

    mutable std::mutex mutex_;
    std::map<std::int32_t, Partition> partitions_;
};

}  // namespace thingstead::store::postgres
