#include "api/rest/json_text.h"

namespace thingstead::api {

void append_text(std::string& out, std::string_view value) {
    model::append_json_string(out, value);
}

void append_text(std::string& out, const Uuid& value) {
    out += '"';
    out += value.to_string();
    out += '"';
}

void append_text(std::string& out, const model::EntityId& value) {
    out += "{\"entityType\":\"";
    out += wire_name(value.type);
    out += "\",\"id\":\"";
    out += value.uuid.to_string();
    out += "\"}";
}

void append_text(std::string& out, std::int64_t value) { out += std::to_string(value); }

void append_text(std::string& out, double value) { model::append_double(out, value); }

void append_text(std::string& out, const json::value& value) {
    switch (value.kind()) {
        case json::kind::null:    out += "null"; break;
        case json::kind::bool_:   append_text(out, value.get_bool()); break;
        case json::kind::int64:   append_text(out, value.get_int64()); break;
        case json::kind::uint64:  out += std::to_string(value.get_uint64()); break;
        case json::kind::double_: append_text(out, value.get_double()); break;
        case json::kind::string:  append_text(out, std::string_view(value.get_string())); break;
        case json::kind::array:   {
            out += '[';
            bool first = true;
            for (const json::value& each : value.get_array()) {
                if (!std::exchange(first, false)) out += ',';
                append_text(out, each);
            }
            out += ']';
            break;
        }
        case json::kind::object: {
            out += '{';
            bool first = true;
            for (const json::key_value_pair& each : value.get_object()) {
                if (!std::exchange(first, false)) out += ',';
                append_text(out, std::string_view(each.key()));
                out += ':';
                append_text(out, each.value());
            }
            out += '}';
            break;
        }
    }
}

net::Reply json_reply(std::string body) {
    net::Reply reply;
    reply.content_type = "application/json";
    reply.body = std::move(body);
    return reply;
}

}  // namespace thingstead::api
