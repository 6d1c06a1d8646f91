#include "rule/message_body.h"

#include <charconv>

namespace thingstead::rule {
namespace {

template <class Integer>
void append_integer(std::string& out, Integer value) {
    char text[24];
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

void append_text(std::string& out, const json::value& value, MemberNames names) {
    switch (value.kind()) {
        case json::kind::null:    out += "null"; return;
        case json::kind::bool_:   out += value.get_bool() ? "true" : "false"; return;
        case json::kind::int64:   append_integer(out, value.get_int64()); return;
        case json::kind::uint64:  append_integer(out, value.get_uint64()); return;
        case json::kind::double_: model::append_double(out, value.get_double()); return;
        case json::kind::string:  model::append_json_string(out, value.get_string()); return;
        case json::kind::array:   {
            char separator = '[';
            for (const json::value& each : value.get_array()) {
                out += separator;
                append_text(out, each, names);
                separator = ',';
            }
            out += value.get_array().empty() ? "[]" : "]";
            return;
        }
        case json::kind::object: {
            char separator = '{';
            for (const json::key_value_pair& each : value.get_object()) {
                out += separator;
                if (names == MemberNames::quoted)
                    model::append_json_string(out, each.key());
                else
                    out += std::string_view(each.key());
                out += ':';
                append_text(out, each.value(), names);
                separator = ',';
            }
            out += value.get_object().empty() ? "{}" : "}";
            return;
        }
    }
}

}  // namespace

Result<json::value> body(const model::Msg& msg) { return parse_json(msg.data); }

Result<json::object> body_object(const model::Msg& msg) {
    Result<json::value> parsed = body(msg);
    if (!parsed) return parsed.error();
    if (!parsed->is_object())
        return Error{ErrorCode::invalid_argument, "Message body is not an object!"};
    return std::move(parsed->get_object());
}

void set_body(model::Msg& msg, const json::value& body) { msg.data = json_text(body); }

std::string json_text(const json::value& value, MemberNames names) {
    std::string out;
    append_text(out, value, names);
    return out;
}

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json_text(value);
}

json::value json_of(const model::Value& value) {
    if (const bool* flag = std::get_if<bool>(&value)) return *flag;
    if (const std::int64_t* integer = std::get_if<std::int64_t>(&value)) return *integer;
    if (const double* real = std::get_if<double>(&value)) return *real;
    if (const std::string* text = std::get_if<std::string>(&value)) return json::value(*text);
    const std::string& text = std::get<model::JsonText>(value).text;
    Result<json::value> parsed = parse_json(text);
    return parsed ? *std::move(parsed) : json::value(text);
}

Error part_missing(std::string_view field) {
    return {ErrorCode::invalid_argument,
            std::string(field) + " can't be null! Allowed values: DATA, METADATA"};
}

std::optional<bool> flag_of(const json::value* value) {
    if (!value) return std::nullopt;
    if (const bool* flag = value->if_bool()) return *flag;
    if (const json::string* text = value->if_string())
        if (*text == "true" || *text == "false") return *text == "true";
    return std::nullopt;
}

Result<> upgrade_flag_to_part(json::object& configuration, std::string_view old, MsgPart when_true,
                              std::string_view field, bool required) {
    const std::optional<bool> flag = flag_of(configuration.if_contains(old));
    if (!flag && required) return Error{ErrorCode::malformed, std::string(old) + " is missing"};
    const MsgPart other = when_true == MsgPart::data ? MsgPart::metadata : MsgPart::data;
    configuration[field] = enum_name(flag.value_or(false) ? when_true : other);
    configuration.erase(old);
    return {};
}

Result<> upgrade_part(std::int32_t from, json::object& configuration, std::string_view field,
                      std::string_view old) {
    if (from < 1)
        return upgrade_flag_to_part(configuration, "fromMetadata", MsgPart::metadata, field, true);
    if (configuration.contains(field)) return {};
    const json::value* named = configuration.if_contains(old);
    const json::string* name = named ? named->if_string() : nullptr;
    if (!name || !enum_value<MsgPart>(*name))
        return upgrade_flag_to_part(configuration, old, MsgPart::metadata, field, true);
    configuration[field] = json::value(*named);
    configuration.erase(old);
    return {};
}

Result<FetchTarget> FetchTarget::open(MsgPart part, const model::Msg& msg) {
    FetchTarget target(part);
    if (part == MsgPart::data) {
        Result<json::object> object = body_object(msg);
        if (!object) return object.error();
        target.data_ = *std::move(object);
    } else {
        target.metadata_ = msg.metadata;
    }
    return target;
}

void FetchTarget::put(std::string_view key, const json::value& value) {
    if (part_ == MsgPart::data)
        data_[key] = value;
    else
        metadata_.put(key, text_of(value));
}

void FetchTarget::put(std::string_view key, const model::Value& value) {
    if (part_ == MsgPart::data)
        data_[key] = json_of(value);
    else
        metadata_.put(key, model::to_text(value));
}

void FetchTarget::apply(model::Msg& msg) {
    if (part_ == MsgPart::data)
        msg.data = json_text(json::value(std::move(data_)));
    else
        msg.metadata = std::move(metadata_);
}

}  // namespace thingstead::rule
