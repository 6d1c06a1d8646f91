// What a client hears: one frame with the values of some keys, or why there are none.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "core/subscriptions.h"

namespace thingstead::api::ws {

/// The interface's numbers of a failed command.
enum class CommandError : int { internal = 1, bad_request = 2, unauthorized = 3 };

struct Point {
    EpochMs ts = 0;
    std::optional<std::string> text{};  ///< Every value is a text here; null: there is none.
};

/// Keys in alphabetical order; the points of a key in the order in which they came.
using Values = std::map<std::string, std::vector<Point>, std::less<>>;

/// A change as it is told: a key that is gone has the time 0 and an empty text.
void add(Values& values, const core::Update& update);

/// {"subscriptionId","errorCode":0,"errorMsg":null,"data":{key:[[ts,value],…]},
/// "latestValues":{key:ts}}
std::string update_text(std::int32_t command_id, const Values& values);
/// The same with code and message, and no data.
std::string error_text(std::int32_t command_id, CommandError code, std::string_view message);

}  // namespace thingstead::api::ws
