// Which rooms are lit in this process.
#pragma once
#include <string>
#include <vector>

#include "base/error.h"

namespace thingstead::app {

struct Roles {
    bool node = true;
    bool mqtt = true;
    bool http = true;

    /// Of `names`: node, mqtt, http; none is all. Errors: invalid_argument - another name.
    static Result<Roles> of(const std::vector<std::string>& names);
    bool all() const { return node && mqtt && http; }
    std::vector<std::string> names() const;
};

}  // namespace thingstead::app
