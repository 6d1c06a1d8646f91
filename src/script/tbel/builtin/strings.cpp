// java.lang.String.
#include "script/tbel/big.h"
#include "script/tbel/builtin/arguments.h"
#include "script/tbel/builtin/tables.h"
#include "script/tbel/java/number_text.h"
#include "script/tbel/java/regex.h"
#include "script/tbel/java/string_format.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::tbel {
namespace strings {
namespace {

std::string_view self(Call& call) {
    call.run.tick(call.self.text->bytes / 64);
    return call.self.text->view();
}

Value text(Call& call, std::string_view text) { return call.run.text(text); }

bool is_ascii(Call& call) {
    Text& text = *call.self.text;
    if (text.ascii == Ascii::unknown)
        text.ascii = java::is_ascii(text.view()) ? Ascii::yes : Ascii::no;
    return text.ascii == Ascii::yes;
}

Value length(Call& call) {
    if (is_ascii(call)) return int_value(call.self.text->bytes);
    return make_int(java::text_length(self(call)));
}

Value char_at(Call& call) {
    const std::int32_t at = int_at(call, 0);
    if (is_ascii(call) && at >= 0 && static_cast<std::uint32_t>(at) < call.self.text->bytes)
        return make_character(static_cast<char16_t>(call.self.text->data[at]));
    return make_character(take(java::char_at(self(call), at)));
}

Value substring(Call& call) {
    const std::string_view whole = self(call);
    const std::int32_t begin = int_at(call, 0);
    if (!is_ascii(call))
        return text(call, call.has(1) ? take(java::substring(whole, begin, int_at(call, 1)))
                                      : take(java::substring(whole, begin)));
    const std::int32_t end = int_at(call, 1, static_cast<std::int32_t>(whole.size()));
    if (begin < 0 || end < begin || static_cast<std::size_t>(end) > whole.size())
        take(java::substring(whole, begin, end));
    return call.run.borrowed_text(
        whole.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
}

/// indexOf takes a text or a character's code.
std::string part(Call& call) {
    if (!call.at(0).is(Kind::integer)) return std::string(text_at(call, 0));
    std::string out;
    const auto code = static_cast<std::uint32_t>(call.at(0).integer);
    if (code > 0xFFFF) {
        java::append_unit(out, static_cast<char16_t>(0xD800 + ((code - 0x10000) >> 10)));
        java::append_unit(out, static_cast<char16_t>(0xDC00 + ((code - 0x10000) & 0x3FF)));
        return out;
    }
    return java::unit_text(static_cast<char16_t>(code));
}

Value index_of(Call& call) {
    return make_int(java::index_of(self(call), part(call), int_at(call, 1, 0)));
}

Value last_index_of(Call& call) {
    if (call.has(1)) return make_int(java::last_index_of(self(call), part(call), int_at(call, 1)));
    return make_int(java::last_index_of(self(call), part(call)));
}

Value contains(Call& call) { return make_boolean(java::contains(self(call), text_at(call, 0))); }
Value starts_with(Call& call) {
    return make_boolean(java::starts_with(self(call), text_at(call, 0), int_at(call, 1, 0)));
}
Value ends_with(Call& call) { return make_boolean(java::ends_with(self(call), text_at(call, 0))); }
Value is_empty(Call& call) { return make_boolean(self(call).empty()); }
Value is_blank(Call& call) { return make_boolean(java::is_blank(self(call))); }
Value trim(Call& call) { return text(call, java::trim(self(call))); }
Value strip(Call& call) { return text(call, java::strip(self(call))); }
Value strip_leading(Call& call) { return text(call, java::strip_leading(self(call))); }
Value strip_trailing(Call& call) { return text(call, java::strip_trailing(self(call))); }
Value upper(Call& call) { return text(call, java::to_upper_case(self(call))); }
Value lower(Call& call) { return text(call, java::to_lower_case(self(call))); }

/// A replacement is bounded, for one of a thousand places can make a text explode.
std::string_view replacement(Call& call) {
    const std::string_view text = text_at(call, 1);
    const std::size_t longest = call.run.memory_max() / 100;
    if (text.size() > longest)
        fail("Max replacement length overflow (" + std::to_string(text.size()) + " > " +
             std::to_string(longest / 10) + ")!");
    return text;
}

/// How long the result of a replacement can get at most; throws instead of making it.
void require_room(Call& call, std::size_t places, std::size_t replacement_bytes) {
    if (self(call).size() + places * replacement_bytes > 2 * call.run.memory_max())
        throw Failure{ErrorCode::limit_reached, "Script memory overflow!", nowhere};
}

Value replace(Call& call) {
    const std::string_view with = replacement(call), target = text_at(call, 0);
    std::size_t places = 0;
    if (target.empty()) {
        places = self(call).size() + 1;
    } else {
        for (std::size_t at = 0; (at = self(call).find(target, at)) != std::string_view::npos;
             at += target.size())
            ++places;
    }
    require_room(call, places, with.size());
    return text(call, java::replace(self(call), target, with));
}

Value replace_all(Call& call) {
    const std::string_view with = replacement(call);
    call.run.tick(64);
    return text(call, take(java::regex_replace_all(self(call), text_at(call, 0), with, 0,
                                                   2 * call.run.memory_max())));
}

Value replace_first(Call& call) {
    call.run.tick(64);
    return text(call,
                take(java::regex_replace_first(self(call), text_at(call, 0), replacement(call))));
}

Value matches(Call& call) {
    call.run.tick(64);
    return make_boolean(take(java::regex_matches(self(call), text_at(call, 0))));
}

Value list_of(Call& call, const std::vector<std::string>& texts) {
    Value out = call.run.list(static_cast<std::uint32_t>(texts.size()));
    for (const std::string& each : texts) push(call.run, out.list->own, call.run.text(each));
    return out;
}

Value split(Call& call) {
    const std::string_view pattern = text_at(call, 0), whole = self(call);
    call.run.tick(64);
    const bool plain = pattern.size() == 1 &&
                       std::string_view(".$|()[{^?*+\\").find(pattern[0]) == std::string_view::npos;
    if (!plain || int_at(call, 1, 0) != 0 || whole.empty())
        return list_of(call, take(java::regex_split(whole, pattern, int_at(call, 1, 0))));
    Value out = call.run.list();
    Items& items = out.list->own;
    for (std::size_t from = 0; from <= whole.size();) {
        const std::size_t to = std::min(whole.find(pattern[0], from), whole.size());
        push(call.run, items, call.run.borrowed_text(whole.substr(from, to - from)));
        from = to + 1;
    }
    const bool found = items.size > 1;
    while (found && items.size && items.data[items.size - 1].text->bytes == 0) --items.size;
    return out;
}

Value concat(Call& call) { return call.run.concat(self(call), text_at(call, 0)); }

Value repeat(Call& call) {
    const auto longest = static_cast<std::int64_t>(call.run.text_max());
    const std::int32_t count = int_at(call, 0);
    call.run.tick(static_cast<std::size_t>(std::max(count, 0)) / 16);
    return text(call, take(java::repeat(self(call), count, longest)));
}

Value equals(Call& call) { return make_boolean(java_equals(call.run, call.self, call.at(0))); }
Value equals_ignore_case(Call& call) {
    if (call.at(0).is_null()) return make_boolean(false);
    return make_boolean(java::equals_ignore_case(self(call), text_at(call, 0)));
}
Value compare_to(Call& call) { return make_int(java::compare(self(call), text_at(call, 0))); }
Value compare_ignore_case(Call& call) {
    return make_int(java::compare_ignore_case(self(call), text_at(call, 0)));
}
Value hash_code(Call& call) { return make_int(java::hash_code(self(call))); }

Value characters(Call& call) {
    const Value list = elements_of(call.run, call.self, "");
    const Items& items = *list.list->items;
    const Value out = call.run.array(Kind::character, items.size);
    for (std::uint32_t i = 0; i < items.size; ++i)
        array_set(call.run, *out.array, i, items.data[i]);
    return out;
}

Value chars(Call& call) {
    Value out = elements_of(call.run, call.self, "");
    for (std::uint32_t i = 0; i < out.list->items->size; ++i)
        out.list->items->data[i] = make_int(out.list->items->data[i].character);
    out.kind = Kind::stream;
    return out;
}

Value bytes(Call& call) {
    const std::string bytes = call.has(0) ? take(java::encode_text(self(call), text_at(call, 0)))
                                          : std::string(self(call));
    const Value out = call.run.array(Kind::byte_, static_cast<std::int64_t>(bytes.size()));
    std::memcpy(out.array->data, bytes.data(), bytes.size());
    return out;
}

Value code_point_at(Call& call) {
    return make_int(take(java::code_point_at(self(call), int_at(call, 0))));
}

Value lines(Call& call) {
    Value out = list_of(call, java::lines(self(call)));
    out.kind = Kind::stream;
    return out;
}

Value itself(Call& call) { return call.self; }

constexpr StaticType integer = StaticType::int_, boolean = StaticType::boolean,
                     string = StaticType::string;

constexpr Method methods[] = {
    // clang-format off
    {"length", length, 0, 0, integer},
    {"charAt", char_at, 1, 1, StaticType::character},
    {"substring", substring, 1, 2, string},
    {"subSequence", substring, 2, 2, string},
    {"indexOf", index_of, 1, 2, integer},
    {"lastIndexOf", last_index_of, 1, 2, integer},
    {"contains", contains, 1, 1, boolean},
    {"startsWith", starts_with, 1, 2, boolean},
    {"endsWith", ends_with, 1, 1, boolean},
    {"isEmpty", is_empty, 0, 0, boolean},
    {"isBlank", is_blank, 0, 0, boolean},
    {"trim", trim, 0, 0, string},
    {"strip", strip, 0, 0, string},
    {"stripLeading", strip_leading, 0, 0, string},
    {"stripTrailing", strip_trailing, 0, 0, string},
    {"toUpperCase", upper, 0, 0, string},
    {"toLowerCase", lower, 0, 0, string},
    {"replace", replace, 2, 2, string},
    {"replaceAll", replace_all, 2, 2, string},
    {"replaceFirst", replace_first, 2, 2, string},
    {"matches", matches, 1, 1, boolean},
    {"split", split, 1, 2, StaticType::list},
    {"concat", concat, 1, 1, string},
    {"repeat", repeat, 1, 1, string},
    {"equals", equals, 1, 1, boolean},
    {"equalsIgnoreCase", equals_ignore_case, 1, 1, boolean},
    {"compareTo", compare_to, 1, 1, integer},
    {"compareToIgnoreCase", compare_ignore_case, 1, 1, integer},
    {"hashCode", hash_code, 0, 0, integer},
    {"toCharArray", characters, 0, 0, StaticType::array},
    {"chars", chars, 0, 0},
    {"getBytes", bytes, 0, 1, StaticType::array},
    {"codePointAt", code_point_at, 1, 1, integer},
    {"lines", lines, 0, 0},
    {"intern", itself, 0, 0, string},
    {"toString", itself, 0, 0, string},
    // clang-format on
};

// --- static ones

Value value_of(Call& call) { return text(call, text_of(call.run, call.at(0))); }

java::FormatArgument format_argument(Call& call, const Value& value) {
    switch (value.kind) {
        case Kind::undefined:
        case Kind::null:
        case Kind::empty:     return std::monostate();
        case Kind::boolean:   return value.boolean;
        case Kind::character: return value.character;
        case Kind::byte_:     return static_cast<std::int8_t>(value.integer);
        case Kind::short_:    return static_cast<std::int16_t>(value.integer);
        case Kind::integer:   return value.integer;
        case Kind::long_:     return value.long_;
        case Kind::float_:    return value.float_;
        case Kind::double_:   return value.double_;
        case Kind::string:    return std::string(value.text->view());
        case Kind::big_decimal:
        case Kind::big_integer:
            return java::BigNumberArgument{plain_digits(value), value.is(Kind::big_decimal)};
        default:
            return java::ObjectArgument{text_of(call.run, value), std::string(class_name(value)),
                                        static_cast<std::int32_t>(java_hash(call.run, value))};
    }
}

Value format(Call& call) {
    std::vector<java::FormatArgument> given;
    for (std::uint32_t i = 1; i < call.count; ++i) {
        const bool spread = call.count == 2 && call.at(i).is(Kind::list);
        if (!spread) {
            given.push_back(format_argument(call, call.at(i)));
            continue;
        }
        const Items& items = *call.at(i).list->items;
        for (std::uint32_t k = 0; k < items.size; ++k)
            given.push_back(format_argument(call, items.data[k]));
    }
    return text(call, take(java::format_string(text_at(call, 0), given)));
}

Value join(Call& call) {
    std::string out;
    const auto add = [&](const Value& value, bool first) {
        if (!first) out += text_at(call, 0);
        append_text(call.run, out, value);
        if (out.size() > call.run.memory_max())
            throw Failure{ErrorCode::limit_reached, "Script memory overflow!", nowhere};
    };
    if (call.count == 2 && !call.at(1).is(Kind::string)) {
        const Value elements = elements_at(call, 1);
        const Items& items = *elements.list->items;
        for (std::uint32_t i = 0; i < items.size; ++i) add(items.data[i], i == 0);
    } else {
        for (std::uint32_t i = 1; i < call.count; ++i) add(call.at(i), i == 1);
    }
    return text(call, out);
}

constexpr Method statics[] = {
    {"valueOf", value_of, 1, 1,             string},
    {"format",  format,   1, arguments_max, string},
    {"join",    join,     2, arguments_max, string},
};

// --- characters

Value character_value(Call& call) { return call.self; }
Value character_text(Call& call) { return text(call, java::unit_text(call.self.character)); }
Value character_compare(Call& call) {
    return make_int(call.self.character -
                    convert_to(call.run, call.at(0), Kind::character).character);
}
Value character_hash(Call& call) { return make_int(call.self.character); }

constexpr Method of_characters[] = {
    {"charValue", character_value,   0, 0, StaticType::character},
    {"toString",  character_text,    0, 0, string               },
    {"equals",    equals,            1, 1, boolean              },
    {"compareTo", character_compare, 1, 1, integer              },
    {"hashCode",  character_hash,    0, 0, integer              },
};

}  // namespace
}  // namespace strings

std::span<const Method> string_methods() { return strings::methods; }
std::span<const Method> string_statics() { return strings::statics; }
std::span<const Method> character_methods() { return strings::of_characters; }

Value new_string(Call& call) {
    if (call.count == 0) return call.run.text("");
    if (call.at(0).is(Kind::array) && call.at(0).array->element == Kind::byte_) {
        const Array& bytes = *call.at(0).array;
        const std::string_view raw(static_cast<const char*>(bytes.data), bytes.size);
        return call.run.text(
            take(java::decode_text(raw, call.has(1) ? text_at(call, 1) : "UTF-8")));
    }
    if (call.at(0).is(Kind::array)) {
        std::string out;
        for (std::uint32_t i = 0; i < call.at(0).array->size; ++i)
            append_text(call.run, out, array_get(*call.at(0).array, i));
        return call.run.text(out);
    }
    return call.run.text(text_at(call, 0));
}

}  // namespace thingstead::script::tbel
