#include "rule/turns.h"

#include <algorithm>
#include <utility>

#include "net/suspend.h"

namespace thingstead::rule {

struct Turns::Turn::Place {
    std::function<void()> resume{};  ///< Set while it waits.
};

Turns::Turn::Turn(Turns& turns, model::EntityId originator)
    : turns_(turns), originator_(originator), place_(std::make_shared<Place>()) {
    turns_.places_[originator].push_back(place_);
}

Turns::Turn::~Turn() {
    const auto at = turns_.places_.find(originator_);
    Places& places = at->second;
    const bool had_its_turn = places.front() == place_;
    std::erase(places, place_);
    if (places.empty())
        turns_.places_.erase(at);
    else if (had_its_turn && places.front()->resume)
        std::exchange(places.front()->resume, {})();
}

Task<Result<>> Turns::Turn::come() {
    if (turns_.places_[originator_].front() == place_) co_return Result<>();
    const std::function<void(std::function<void()>)> wait =
        [place = place_](std::function<void()> resume) { place->resume = std::move(resume); };
    co_await net::suspend(wait);
    if (turns_.places_[originator_].front() == place_) co_return Result<>();
    co_return Error{ErrorCode::unavailable, "The rule engine ends."};
}

}  // namespace thingstead::rule
