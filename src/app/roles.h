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
    bool js_executor = false;  ///< Beside all others, if their JavaScript runs in processes.

    /// Of `names`: node, mqtt, http, js-executor; none is all. Errors: invalid_argument - another
    /// name.
    static Result<Roles> of(const std::vector<std::string>& names);
    bool all() const { return node && mqtt && http; }
    /// Of those whose JavaScript runs in processes, one does with all roles.
    bool executes(bool remote_js) const { return js_executor || (all() && remote_js); }
    bool executes_only() const { return js_executor && !node && !mqtt && !http; }
    std::vector<std::string> names() const;
};

}  // namespace thingstead::app
