// describe(): the one place for the fields of settings, entities and node configurations.
// From it come JSON and YAML reading and writing, bounds, environment names, the sample file, SQL
// columns.
//
//   struct Settings { std::uint16_t port = 1883; };
//   constexpr auto describe(const Settings*) {
//       return fields(field("port", &Settings::port, "TCP port.", between(1, 65535), on_restart));
//   }
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
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
    bool stored_only = false;   ///< A column that is neither answered nor bound.
    bool wire_only = false;     ///< Answered, and bound unless server-owned; not a column.
    bool hidden = false;        ///< On the wire, but not in the interface's description.
    bool searchable = false;    ///< A text search looks at it.
    bool key = false;           ///< Of a table without ids: one of the fields that tell rows apart.
    bool no_markup = false;     ///< A text that users see: neither HTML nor {{templates}}.
    std::size_t length_max = 0;  ///< Of a text, in characters; 0: none.
    std::string_view label{};    ///< In messages; empty: the name.
    std::string_view
        required{};             ///< What a missing or blank value is answered with; empty: may be.
    std::string_view schema{};  ///< Of a JSON document: its shape (model/document.h).
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
inline constexpr auto stored_only = [](FieldFacts& facts) { facts.stored_only = true; };
inline constexpr auto wire_only = [](FieldFacts& facts) { facts.wire_only = true; };
inline constexpr auto undocumented = [](FieldFacts& facts) { facts.hidden = true; };
inline constexpr auto searchable = [](FieldFacts& facts) { facts.searchable = true; };
inline constexpr auto in_key = [](FieldFacts& facts) { facts.key = true; };
inline constexpr auto no_markup = [](FieldFacts& facts) { facts.no_markup = true; };

/// Longest text, in characters.
constexpr auto up_to(std::size_t length_max) {
    return [=](FieldFacts& facts) { facts.length_max = length_max; };
}
/// A name that people gave, as the interface checks most of them.
inline constexpr auto short_text = [](FieldFacts& facts) {
    facts.length_max = 255;
    facts.no_markup = true;
};
constexpr auto shown_as(std::string_view words) {
    return [=](FieldFacts& facts) { facts.label = words; };
}
/// "Device name should be specified!"
constexpr auto required_as(std::string_view message) {
    return [=](FieldFacts& facts) { facts.required = message; };
}
constexpr auto of_schema(std::string_view name) {
    return [=](FieldFacts& facts) { facts.schema = name; };
}

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

/// What describe() gives: fields in their order. A std::tuple of thirty asks the compiler a
/// question for each pair of them, in every file that includes the struct; this is a plain struct
/// of as many.
template <std::size_t, class Field>
struct FieldAt {
    Field field;
};
template <class Places, class... Fields>
struct FieldList;
template <std::size_t... Place, class... Fields>
struct FieldList<std::index_sequence<Place...>, Fields...> : FieldAt<Place, Fields>... {
    template <class Visit>
    constexpr void for_each(Visit& visit) const {
        (visit(static_cast<const FieldAt<Place, Fields>&>(*this).field), ...);
    }
};

template <class... Fields>
constexpr auto fields(Fields... each) {
    return FieldList<std::index_sequence_for<Fields...>, Fields...>{{each}...};
}

/// The fields of several lists as one.
template <std::size_t... A, class... Of, std::size_t... B, class... And>
constexpr auto joined(const FieldList<std::index_sequence<A...>, Of...>& first,
                      const FieldList<std::index_sequence<B...>, And...>& second) {
    return fields(static_cast<const FieldAt<A, Of>&>(first).field...,
                  static_cast<const FieldAt<B, And>&>(second).field...);
}
template <class First, class Second, class... Rest>
    requires(sizeof...(Rest) > 0)
constexpr auto joined(const First& first, const Second& second, const Rest&... rest) {
    return joined(joined(first, second), rest...);
}

/// A struct with a describe() that argument-dependent lookup finds.
template <class T>
concept Described = requires { describe(static_cast<const T*>(nullptr)); };

/// Calls `visit(field)` for every field of T, in order.
template <Described T, class Visit>
constexpr void for_each_field(Visit&& visit) {
    describe(static_cast<const T*>(nullptr)).for_each(visit);
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
