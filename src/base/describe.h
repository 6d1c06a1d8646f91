// describe(): the one place for the fields of settings, entities and node configurations.
// From it come JSON and YAML reading and writing, bounds, environment names, the sample file, SQL
// columns.
//
//   struct Settings { std::uint16_t port = 1883; };
//   constexpr auto describe(const Settings*) {
//       return fields(field("port", &Settings::port, "TCP port.", between(1, 65535), on_restart));
//   }
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace thingstead {

/// Facts of a field beside its name, member and text; given to field() in any order.
struct FieldFacts {
    std::optional<std::pair<std::int64_t, std::int64_t>> bounds{};
    bool live = false;          ///< A change takes effect without a restart.
    bool bytes = false;         ///< A size in bytes: read and shown as "64KiB".
    bool secret = false;        ///< Never shown in logs or listings.
    bool server_owned = false;  ///< Written in answers, never bound from outside input.
    bool omit_null = false;     ///< Left out of JSON when null, instead of written as null.
};

/// Inclusive bounds: of the number, the seconds of a duration in its own unit, or the length of a
/// string.
constexpr auto between(std::int64_t least, std::int64_t most) {
    return [=](FieldFacts& facts) { facts.bounds = {least, most}; };
}
inline constexpr auto live = [](FieldFacts& facts) { facts.live = true; };
inline constexpr auto on_restart = [](FieldFacts& facts) { facts.live = false; };
inline constexpr auto in_bytes = [](FieldFacts& facts) { facts.bytes = true; };
inline constexpr auto secret = [](FieldFacts& facts) { facts.secret = true; };
inline constexpr auto server_owned = [](FieldFacts& facts) { facts.server_owned = true; };
inline constexpr auto omit_null = [](FieldFacts& facts) { facts.omit_null = true; };

template <class Owner, class Member>
struct Field {
    using member_type = Member;
    std::string_view name;  ///< As on the wire or in the file.
    Member Owner::* member;
    std::string_view text;  ///< One sentence for people; may be empty for entities.
    FieldFacts facts;
};

template <class Owner, class Member, class... Facts>
constexpr Field<Owner, Member> field(std::string_view name, Member Owner::* member,
                                     std::string_view text = {}, Facts... set) {
    FieldFacts facts;
    (set(facts), ...);
    return {name, member, text, facts};
}

template <class... Fields>
constexpr auto fields(Fields... each) {
    return std::tuple<Fields...>(each...);
}

/// A struct with a describe() that argument-dependent lookup finds.
template <class T>
concept Described = requires { describe(static_cast<const T*>(nullptr)); };

/// Calls `visit(field)` for every field of T, in order.
template <Described T, class Visit>
constexpr void for_each_field(Visit&& visit) {
    std::apply([&](const auto&... each) { (visit(each), ...); },
               describe(static_cast<const T*>(nullptr)));
}

/// An enumeration with names: `constexpr auto enum_names(E) { return std::array{std::pair{E::a,
/// "A"sv}, …}; }`
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires { enum_names(E{}); };

template <NamedEnum E>
constexpr std::string_view enum_name(E value) {
    for (const auto& [each, name] : enum_names(E{}))
        if (each == value) return name;
    return {};
}

template <NamedEnum E>
constexpr std::optional<E> enum_value(std::string_view name) {
    for (const auto& [each, its_name] : enum_names(E{}))
        if (its_name == name) return each;
    return std::nullopt;
}

}  // namespace thingstead
