// Messages of one originator go one after the other through a part of a node that waits.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>

#include "base/error.h"
#include "model/ids.h"
#include "net/task.h"

namespace thingstead::rule {

/// Belongs to one worker's thread.
class Turns {
  public:
    /// A place in the queue of an originator, taken with the constructor and kept until the end.
    class Turn {
      public:
        Turn(Turns& turns, model::EntityId originator);
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

        /// Returns when those before are gone. Errors: unavailable - the engine ends.
        Task<Result<>> come();

      private:
        friend class Turns;
        struct Place;
        Turns& turns_;
        model::EntityId originator_;
        std::shared_ptr<Place> place_;
    };

    /// Nobody of the originator waits or has its turn.
    bool free(const model::EntityId& originator) const { return !places_.contains(originator); }

  private:
    using Places = std::deque<std::shared_ptr<Turn::Place>>;
    std::unordered_map<model::EntityId, Places> places_;  ///< The first one has its turn.
};

}  // namespace thingstead::rule
