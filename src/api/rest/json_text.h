// Answers as JSON text, written straight from described structs: no document in between. Doubles
// are written as the interface does, 42.0 and not 4.2E1.
#pragma once
#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"
#include "model/kv.h"
#include "net/http.h"
#include "store/entity_store.h"

namespace thingstead::api {

void append_text(std::string& out, const json::value& value);
void append_text(std::string& out, std::string_view value);
void append_text(std::string& out, const Uuid& value);
void append_text(std::string& out, const model::EntityId& value);
void append_text(std::string& out, std::int64_t value);
inline void append_text(std::string& out, std::int32_t value) {
    append_text(out, std::int64_t{value});
}
void append_text(std::string& out, double value);

inline void append_text(std::string& out, const std::string& value) {
    append_text(out, std::string_view(value));
}

template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, std::int64_t>)
void append_text(std::string& out, T value) {
    append_text(out, static_cast<std::int64_t>(value));
}

inline void append_text(std::string& out, model::EntityType value) {
    append_text(out, wire_name(value));
}

inline void append_text(std::string& out, bool value) { out += value ? "true" : "false"; }

template <model::EntityType Kind>
void append_text(std::string& out, const model::Id<Kind>& value) {
    append_text(out, model::EntityId(value));
}

template <NamedEnum E>
void append_text(std::string& out, E value) {
    append_text(out, enum_name(value));
}

template <Described T>
void append_text(std::string& out, const T& value);
template <class T>
void append_text(std::string& out, const std::vector<T>& values);

template <class T>
void append_text(std::string& out, const std::optional<T>& value) {
    if (value)
        append_text(out, *value);
    else
        out += "null";
}

template <class T>
void append_text(std::string& out, const std::vector<T>& values) {
    out += '[';
    for (const T& each : values) {
        if (&each != values.data()) out += ',';
        append_text(out, each);
    }
    out += ']';
}

/// The members of `value` without the braces, so that an answer may add more.
template <Described T>
void append_members(std::string& out, const T& value) {
    bool first = true;
    for_each_field<T>([&](const auto& field) {
        if (field.facts.stored_only) return;
        const auto& member = value.*field.member;
        if constexpr (requires { member.has_value(); })
            if (field.facts.omit_null && !member) return;
        out += first ? "\"" : ",\"";
        first = false;
        out += field.name;
        out += "\":";
        append_text(out, member);
    });
}

template <Described T>
void append_text(std::string& out, const T& value) {
    out += '{';
    append_members(out, value);
    out += '}';
}

/// {"data":[…],"totalPages","totalElements","hasNext"}; `append_item` may be any callable
/// (std::string&, const T&).
template <class T, class AppendItem>
std::string page_text(const store::Page<T>& page, AppendItem append_item) {
    std::string out = "{\"data\":[";
    for (const T& each : page.data) {
        if (&each != page.data.data()) out += ',';
        append_item(out, each);
    }
    out += "],\"totalPages\":" + std::to_string(page.total_pages) +
           ",\"totalElements\":" + std::to_string(page.total_elements) +
           ",\"hasNext\":" + (page.has_next ? "true" : "false") + "}";
    return out;
}

template <class T>
std::string page_text(const store::Page<T>& page) {
    return page_text(page, [](std::string& out, const T& each) { append_text(out, each); });
}

template <class T>
std::string text_of(const T& value) {
    std::string out;
    out.reserve(1024);
    append_text(out, value);
    return out;
}

net::Reply json_reply(std::string body);
template <class T>
net::Reply json_reply_of(const T& value) {
    return json_reply(text_of(value));
}

}  // namespace thingstead::api
