// Points that wait to be written, and how they become statements.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "store/postgres/values.h"
#include "store/timeseries_store.h"

namespace thingstead::store::postgres {

/// Longest key: an index entry must fit a page.
inline constexpr std::size_t key_bytes_max = 1'024;

struct PendingPoint {
    Uuid entity;
    EpochMs ts;
    EpochMs expires_ms;    ///< 0: never.
    std::uint64_t bits;    ///< Of the number, or offset << 32 | length of a text.
    std::uint64_t key_at;  ///< offset << 32 | length
    std::int32_t key_id;   ///< Of key_dictionary; 0: not yet known.
    std::int16_t type;     ///< Of the entity.
    std::uint8_t kind;     ///< The alternative of model::Value.
    bool history;
    bool latest;
};

class PendingPoints {
  public:
    /// Returns how many keys were too long and left out.
    std::size_t add(const PointsWrite& write, EpochMs expires_ms);

    bool empty() const { return points_.empty(); }
    std::size_t size() const { return points_.size(); }
    /// What the points weigh; texts included.
    std::size_t bytes() const {
        return points_.size() * sizeof(PendingPoint) + text_.size() + entities_.size() * 48;
    }
    bool has(const Uuid& entity) const { return entities_.contains(entity); }
    /// Texts have offsets of 32 bits.
    bool is_full() const { return text_.size() > (std::size_t{1} << 31); }

    std::vector<PendingPoint>& points() { return points_; }
    std::string_view text_at(std::uint64_t at) const {
        return std::string_view(text_).substr(at >> 32, at & 0xFFFF'FFFFu);
    }
    /// Sorts by series and time, those of one time as they came, and drops those without a key id.
    void sort();

  private:
    std::uint64_t put_text(std::string_view text);

    std::vector<PendingPoint> points_;
    std::string text_;
    std::unordered_set<Uuid> entities_;
};

/// What of the sorted points goes to which table: each row once, the last written of equal ones.
struct Plan {
    std::vector<const PendingPoint*> history;
    std::vector<const PendingPoint*> latest;  ///< The newest of each series.
};
Plan plan_of(PendingPoints& sorted);

/// Parameters of the statement that writes these points.
Parameters parameters_of(const PendingPoints& texts, std::span<const PendingPoint* const> points,
                         bool history);

}  // namespace thingstead::store::postgres
