// What is known of the latest values of the entities that are written now: times alone, so that a
// write can be ordered behind what is stored. Bounded; of the client's thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "model/ids.h"

namespace thingstead::store::cassandra {

/// Write timestamp of a value of that time when nothing older stands in its way: microseconds, cut
/// where they would not fit, some 146,000 years from now.
std::int64_t write_time_of(EpochMs ts);
/// Less than that of every value: of rows that say only that the key exists.
inline constexpr std::int64_t write_time_of_key = -(std::int64_t{1} << 62);
inline constexpr std::int64_t never_written = std::numeric_limits<std::int64_t>::min();

/// Column ts of a row whose value was deleted: the row stays, so that its write time is known to
/// whoever writes an older value next.
inline constexpr EpochMs deleted_ts = std::numeric_limits<EpochMs>::min();

struct LatestTime {
    bool has_value = false;  ///< False: deleted, or never written with a value.
    EpochMs ts = 0;
    std::int64_t write_time = never_written;
};

class LatestTimes {
  public:
    using Clock = std::chrono::steady_clock;

    /// Texts are looked up without a copy.
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    struct Entity {
        std::unordered_map<std::string, LatestTime, TextHash, std::equal_to<>> keys{};
        std::int64_t floor = never_written;  ///< Write time of the entity's deletion.
        Clock::time_point read{};
    };

    LatestTimes(std::size_t keys_max, std::chrono::milliseconds age_max)
        : keys_max_(keys_max), age_max_(age_max) {}

    /// Null: not known, or known for too long. Good until the next call.
    Entity* find(const model::EntityId& entity, Clock::time_point now);
    Entity& put(const model::EntityId& entity, Entity what);
    /// After keys were added: forgets the entities that were not used for longest.
    void shrink();
    void forget(const model::EntityId& entity);
    std::size_t keys() const { return keys_; }

  private:
    struct Entry {
        model::EntityId id;
        Entity entity;
        std::size_t counted = 0;
    };
    void erase(std::list<Entry>::iterator at);

    const std::size_t keys_max_;
    const std::chrono::milliseconds age_max_;
    std::list<Entry> order_;  ///< Most recent first.
    std::unordered_map<model::EntityId, std::list<Entry>::iterator> index_;
    std::size_t keys_ = 0;
};

}  // namespace thingstead::store::cassandra
