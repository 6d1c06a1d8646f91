// What a message did in the sandbox of a replay, as texts that are the same whenever it is run
// again: ids that the run made up are numbered in their order.
#pragma once
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/uuid.h"

namespace thingstead::rule {

enum class EffectKind : std::uint8_t {
    way,        ///< A visit of a node, and the relation by which it was left.
    point,      ///< A time-series value.
    attribute,  ///< An attribute was written or removed.
    alarm,      ///< An alarm was created, updated, cleared or removed.
    entity,     ///< Another row of the entity store: entities, relations, groups.
    outside,    ///< A system outside would have been called.
    enqueued,   ///< A message was put into a queue.
    failure,    ///< The message failed.
};

struct Effect {
    EffectKind kind = EffectKind::way;
    std::string text;
    std::string label{};  ///< Under which it is counted in the sums.
    friend bool operator==(const Effect&, const Effect&) = default;
};

/// Thread-safe: stores write on threads of their own.
class Effects {
  public:
    void add(EffectKind kind, std::string text, std::string label = {});
    /// Since the last call, in order.
    std::vector<Effect> take();
    /// How many there are: to forget with cut() what a work that is undone has added.
    std::size_t size() const;
    void cut(std::size_t size);

    /// An id that the run made up: from now on it is shown by its number.
    void made_up(const Uuid& id);
    /// `text` with the ids that were made up replaced.
    std::string normal(std::string_view text) const;

  private:
    std::string normal_locked(std::string_view text) const;

    mutable std::mutex mutex_;
    std::vector<Effect> effects_;
    std::unordered_map<std::string, std::size_t> numbers_;  ///< By the id's text.
};

/// What the sandbox may keep in memory. Thread-safe.
class Memory {
  public:
    explicit Memory(std::size_t bytes_max) : bytes_max_(bytes_max) {}
    /// Errors: too_large - names the setting.
    Result<> take(std::size_t bytes);
    /// Of what was replaced.
    void give_back(std::size_t bytes);
    bool over() const;

  private:
    mutable std::mutex mutex_;
    const std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    bool over_ = false;
};

}  // namespace thingstead::rule
