// Names of topics and groups, the same for every driver.
#pragma once
#include <string_view>

#include "queue/queue.h"

namespace thingstead::queue {

inline constexpr PartitionIndex partitions_max = 1024;

/// 1..200 characters of [a-zA-Z0-9._-], and neither "." nor "..": it may name a directory, and a
/// broker's topic with a prefix and a number.
bool is_name(std::string_view name);

/// Errors: invalid_argument - the name, the number of partitions, or more than one without numbers.
Result<> check(const TopicSettings& settings);

}  // namespace thingstead::queue
