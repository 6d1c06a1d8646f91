#include "app/roles.h"

namespace thingstead::app {

Result<Roles> Roles::of(const std::vector<std::string>& names) {
    if (names.empty()) return Roles();
    Roles roles{false, false, false, false};
    for (const std::string& name : names) {
        if (name == "node")
            roles.node = true;
        else if (name == "mqtt")
            roles.mqtt = true;
        else if (name == "http")
            roles.http = true;
        else if (name == "js-executor")
            roles.js_executor = true;
        else
            return Error{ErrorCode::invalid_argument, "service.roles: there is no role '" + name +
                                                          "'; node, mqtt, http, js-executor are"};
    }
    return roles;
}

std::vector<std::string> Roles::names() const {
    std::vector<std::string> names;
    if (node) names.emplace_back("node");
    if (mqtt) names.emplace_back("mqtt");
    if (http) names.emplace_back("http");
    if (js_executor) names.emplace_back("js-executor");
    return names;
}

}  // namespace thingstead::app
