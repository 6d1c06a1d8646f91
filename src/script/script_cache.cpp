#include "script/script_cache.h"

namespace thingstead::script {

Result<ScriptRef> ScriptCache::compile(std::string_view body,
                                       std::span<const std::string> argument_names) {
    // Names have no blanks, so the first line tells them apart from any body.
    std::string key;
    for (const std::string& name : argument_names) key.append(name).push_back(' ');
    key.append("\n").append(body);
    if (std::optional<ScriptRef> known = scripts_.get(key)) return *std::move(known);
    Result<ScriptRef> fresh = engine_.compile(body, argument_names);
    if (fresh) scripts_.put(key, *fresh);
    return fresh;
}

}  // namespace thingstead::script
