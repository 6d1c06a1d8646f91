// JSON documents: parsing with limits, and the binding of described structs.
// Device payloads on the hot path are not read with this but in transport/session.
#pragma once
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/describe.h"
#include "base/error.h"
#include "base/uuid.h"

namespace thingstead {

namespace json = boost::json;

/// Deepest nesting that parse_json accepts.
inline constexpr std::size_t json_depth_max = 64;

/// One whole document, UTF-8.
/// Errors: malformed - "Invalid JSON at byte N: why"; also deeper than json_depth_max.
Result<json::value> parse_json(std::string_view text);

/// Where a document's values come from decides which fields are bound.
enum class Binding : std::uint8_t {
    input,   ///< Sent by a user: server-owned fields are skipped.
    stored,  ///< Our own: every field.
};

/// How a type is read and written; specialised for ids and the like.
///   static json::value write(const T&);
///   static Result<T> read(const json::value&, Binding);   Error: malformed, message "expected …".
template <class T>
struct JsonCodec;

template <class T>
json::value to_json(const T& value) {
    return JsonCodec<T>::write(value);
}

/// Reads a value; members that are missing keep the default of T, unknown members are ignored.
/// Errors: malformed - the message names the member, "deviceProfileId.id: expected a string".
template <class T>
Result<T> from_json(const json::value& value, Binding binding = Binding::input) {
    return JsonCodec<T>::read(value, binding);
}

Error json_expected(std::string_view what);
Error json_member_error(std::string_view member, const Error& error);

template <>
struct JsonCodec<json::value> {
    static json::value write(const json::value& value) { return value; }
    static Result<json::value> read(const json::value& value, Binding) { return value; }
};

template <>
struct JsonCodec<bool> {
    static json::value write(bool value) { return value; }
    static Result<bool> read(const json::value& value, Binding) {
        if (const bool* it = value.if_bool()) return *it;
        return json_expected("true or false");
    }
};

template <std::integral T>
    requires(!std::same_as<T, bool>)
struct JsonCodec<T> {
    static json::value write(T value) { return value; }
    static Result<T> read(const json::value& value, Binding) {
        boost::system::error_code failed;
        const T number = value.to_number<T>(failed);
        if (failed) return json_expected("an integer in range");
        return number;
    }
};

template <>
struct JsonCodec<double> {
    static json::value write(double value) { return value; }
    static Result<double> read(const json::value& value, Binding) {
        boost::system::error_code failed;
        const auto number = value.to_number<double>(failed);
        if (failed) return json_expected("a number");
        return number;
    }
};

template <>
struct JsonCodec<std::string> {
    static json::value write(const std::string& value) { return json::value(value); }
    static Result<std::string> read(const json::value& value, Binding) {
        if (const json::string* it = value.if_string()) return std::string(*it);
        return json_expected("a string");
    }
};

template <>
struct JsonCodec<Uuid> {
    static json::value write(const Uuid& value) { return json::value(value.to_string()); }
    static Result<Uuid> read(const json::value& value, Binding) {
        if (const json::string* it = value.if_string()) return parse_uuid(*it);
        return json_expected("a UUID");
    }
};

template <class T>
struct JsonCodec<std::optional<T>> {
    static json::value write(const std::optional<T>& value) {
        return value ? to_json(*value) : json::value(nullptr);
    }
    static Result<std::optional<T>> read(const json::value& value, Binding binding) {
        if (value.is_null()) return std::optional<T>();
        Result<T> inner = from_json<T>(value, binding);
        if (!inner) return inner.error();
        return std::optional<T>(*std::move(inner));
    }
};

template <class T>
struct JsonCodec<std::vector<T>> {
    static json::value write(const std::vector<T>& values) {
        json::array out;
        out.reserve(values.size());
        for (const T& each : values) out.push_back(to_json(each));
        return out;
    }
    static Result<std::vector<T>> read(const json::value& value, Binding binding) {
        const json::array* items = value.if_array();
        if (!items) return json_expected("an array");
        std::vector<T> out;
        out.reserve(items->size());
        for (std::size_t i = 0; i < items->size(); ++i) {
            Result<T> item = from_json<T>((*items)[i], binding);
            if (!item) return json_member_error("[" + std::to_string(i) + "]", item.error());
            out.push_back(*std::move(item));
        }
        return out;
    }
};

/// Durations are numbers in their own unit.
template <class Rep, class Period>
struct JsonCodec<std::chrono::duration<Rep, Period>> {
    using Duration = std::chrono::duration<Rep, Period>;
    static json::value write(Duration value) { return value.count(); }
    static Result<Duration> read(const json::value& value, Binding binding) {
        Result<Rep> count = from_json<Rep>(value, binding);
        if (!count) return count.error();
        return Duration(*count);
    }
};

template <NamedEnum E>
struct JsonCodec<E> {
    static json::value write(E value) { return json::value(enum_name(value)); }
    static Result<E> read(const json::value& value, Binding) {
        if (const json::string* it = value.if_string())
            if (const std::optional<E> known = enum_value<E>(*it)) return *known;
        std::string names;
        for (const auto& [each, name] : enum_names(E{}))
            names += (names.empty() ? "" : ", ") + std::string(name);
        return json_expected("one of " + names);
    }
};

/// JSON of structs, and back. Large functions: a struct that many files read and write has its own
/// compiled once, by TS_JSON_ELSEWHERE(model::Device) in its header, and
/// TS_JSON_HERE(model::Device) in one file, both in namespace thingstead.
template <Described T>
json::value write_members(const T& value);
template <Described T>
Result<T> read_members(const json::value& value, Binding binding);

#define TS_JSON_ELSEWHERE(T)                                \
    extern template json::value write_members<T>(const T&); \
    extern template Result<T> read_members<T>(const json::value&, Binding);
#define TS_JSON_HERE(T)                              \
    template json::value write_members<T>(const T&); \
    template Result<T> read_members<T>(const json::value&, Binding);

template <Described T>
struct JsonCodec<T> {
    static json::value write(const T& value) { return write_members(value); }
    static Result<T> read(const json::value& value, Binding binding) {
        return read_members<T>(value, binding);
    }
};

template <Described T>
json::value write_members(const T& value) {
    json::object out;
    for_each_field<T>([&](const auto& field) {
        if (field.facts.stored_only) return;
        json::value member = to_json(value.*field.member);
        if (!(field.facts.omit_null && member.is_null()))
            out.emplace(field.name, std::move(member));
    });
    return out;
}

template <class Member>
std::optional<Error> check_bounds(const Member& value, const FieldFacts& facts) {
    if (!facts.bounds) return std::nullopt;
    std::int64_t measure = 0;
    if constexpr (std::integral<Member>)
        measure = static_cast<std::int64_t>(value);
    else if constexpr (requires { value.count(); })
        measure = static_cast<std::int64_t>(value.count());
    else if constexpr (requires { value.size(); })
        measure = static_cast<std::int64_t>(value.size());
    else
        return std::nullopt;
    if (measure >= facts.bounds->first && measure <= facts.bounds->second) return std::nullopt;
    return Error{ErrorCode::invalid_argument, "must be between " +
                                                  std::to_string(facts.bounds->first) + " and " +
                                                  std::to_string(facts.bounds->second)};
}

template <class T, class F>
std::optional<Error> read_member(T& out, const F& field, const json::value& member,
                                 Binding binding) {
    using Member = typename F::member_type;
    if (member.is_null() && !std::same_as<Member, json::value>) {
        out.*field.member = Member{};  // null is "not set", whatever the type
        return std::nullopt;
    }
    Result<Member> read = from_json<Member>(member, binding);
    if (!read) return json_member_error(field.name, read.error());
    if (std::optional<Error> outside = check_bounds(*read, field.facts))
        return json_member_error(field.name, *outside);
    out.*field.member = *std::move(read);
    return std::nullopt;
}

template <Described T>
Result<T> read_members(const json::value& value, Binding binding) {
    const json::object* members = value.if_object();
    if (!members) return json_expected("an object");
    T out{};
    std::optional<Error> failed;
    for_each_field<T>([&](const auto& field) {
        if (failed || field.facts.stored_only ||
            (binding == Binding::input && field.facts.server_owned))
            return;
        if (const json::value* member = members->if_contains(field.name))
            failed = read_member(out, field, *member, binding);
    });
    if (failed) return *std::move(failed);
    return out;
}

}  // namespace thingstead
