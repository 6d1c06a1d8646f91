#include "transport/session/attribute_json.h"

#include <utility>

#include "base/json.h"
#include "model/payload.h"

namespace thingstead::transport {
namespace {

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> keys;
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        if (const std::string_view key = list.substr(0, comma); !key.empty())
            keys.emplace_back(key);
        if (comma == std::string_view::npos) break;
        list.remove_prefix(comma + 1);
    }
    return keys;
}

void append_scope(std::string& out, std::string_view name,
                  const std::vector<model::Attribute>& attributes) {
    if (attributes.empty()) return;
    if (out.size() > 1) out += ',';
    model::append_json_string(out, name);
    out += ":{";
    bool first = true;
    for (const model::Attribute& each : attributes) {
        if (!std::exchange(first, false)) out += ',';
        model::append_json_string(out, each.key);
        out += ':';
        model::append_json(out, each.value);
    }
    out += '}';
}

}  // namespace

AttributeRequest attribute_request(const std::optional<std::string>& client_keys,
                                   const std::optional<std::string>& shared_keys) {
    AttributeRequest request;
    const bool client = client_keys && !client_keys->empty(),
               shared = shared_keys && !shared_keys->empty();
    if (client || !shared)
        request.client_keys = client ? split(*client_keys) : std::vector<std::string>();
    if (shared || !client)
        request.shared_keys = shared ? split(*shared_keys) : std::vector<std::string>();
    return request;
}

Result<AttributeRequest> parse_attribute_request(std::string_view payload) {
    const Result<json::value> document = parse_json(payload);
    if (!document) return document.error();
    const json::object* fields = document->if_object();
    if (!fields) return Error{ErrorCode::invalid_argument, "attribute request is not an object"};
    std::optional<std::string> lists[2];
    constexpr std::string_view names[2] = {"clientKeys", "sharedKeys"};
    for (int i = 0; i < 2; ++i) {
        const json::value* list = fields->if_contains(names[i]);
        if (!list || list->is_null()) continue;
        if (!list->is_string())
            return Error{ErrorCode::invalid_argument, std::string(names[i]) + " is not a text"};
        lists[i] = std::string(list->get_string());
    }
    return attribute_request(lists[0], lists[1]);
}

std::string attribute_response(const core::DeviceView& view) {
    std::string out = "{";
    append_scope(out, "client", view.client);
    append_scope(out, "shared", view.shared);
    return out + "}";
}

std::string attribute_update(const std::vector<model::KeyValue>& updated) {
    return model::to_json_object(updated);
}

std::string attribute_removal(const std::vector<std::string>& keys) {
    std::string out = R"({"deleted":[)";
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (i != 0) out += ',';
        model::append_json_string(out, keys[i]);
    }
    return out + "]}";
}

}  // namespace thingstead::transport
