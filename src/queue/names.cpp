#include "queue/names.h"

#include <algorithm>

namespace thingstead::queue {

bool is_name(std::string_view name) {
    if (name.empty() || name.size() > 200 || name == "." || name == "..") return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

Result<> check(const TopicSettings& settings) {
    if (!is_name(settings.name))
        return Error{ErrorCode::invalid_argument, "not a name of a topic: " + settings.name};
    if (settings.partitions < 1 || settings.partitions > partitions_max)
        return Error{ErrorCode::invalid_argument, "a topic has 1 to 1024 partitions"};
    if (!settings.numbered && settings.partitions != 1)
        return Error{ErrorCode::invalid_argument,
                     "a topic without numbers has one partition: " + settings.name};
    return {};
}

}  // namespace thingstead::queue
