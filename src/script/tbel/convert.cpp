#include "script/tbel/convert.h"

#include <charconv>
#include <cmath>

#include "base/uuid.h"
#include "script/tbel/big.h"
#include "script/tbel/builtin/class_info.h"
#include "script/tbel/collections.h"
#include "script/tbel/equality.h"
#include "script/tbel/java/number_text.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::tbel {
namespace {

template <class T>
T value_or_fail(Result<T> result) {
    if (!result) fail(result.error());
    return *std::move(result);
}

[[noreturn]] void cannot_convert(const Value& value, Kind kind) {
    fail("cannot convert " + std::string(class_name(value)) + " to " +
         std::string(class_name(Value::of(kind))));
}

Value number_of_text(Run& run, std::string_view text, Kind kind) {
    if (text.empty()) return convert_number(run, make_int(0), kind);
    switch (kind) {
        case Kind::byte_:
        case Kind::short_:
        case Kind::integer:
            return convert_number(run, make_int(value_or_fail(java::parse_int(text))), kind);
        case Kind::long_:   return make_long(value_or_fail(java::parse_long(text)));
        case Kind::float_:  return make_float(value_or_fail(java::parse_float(text)));
        case Kind::double_: return make_double(value_or_fail(java::parse_double(text)));
        default:            return big_of_text(run, text, kind);
    }
}

bool is_numeric_kind(Kind kind) { return Value::of(kind).is_number(); }

}  // namespace

Value convert_number(Run& run, const Value& number, Kind kind) {
    switch (kind) {
        case Kind::byte_:   return make_int(static_cast<std::int8_t>(number_as_int(number)), kind);
        case Kind::short_:  return make_int(static_cast<std::int16_t>(number_as_int(number)), kind);
        case Kind::integer: return make_int(number_as_int(number));
        case Kind::long_:   return make_long(number_as_long(number));
        case Kind::float_:  return make_float(static_cast<float>(number_as_double(number)));
        case Kind::double_: return make_double(number_as_double(number));
        default:            return big_of_number(run, number, kind);
    }
}

Value convert_to(Run& run, const Value& value, Kind kind) {
    if (value.kind == kind) return value;
    if (value.is_null() && kind != Kind::string) cannot_convert(value, kind);
    if (is_numeric_kind(kind)) {
        if (value.is_number()) return convert_number(run, value, kind);
        if (value.is(Kind::string)) return number_of_text(run, value.text->view(), kind);
        if (value.is(Kind::character)) return convert_number(run, make_int(value.character), kind);
        if (value.is(Kind::boolean)) return convert_number(run, make_int(value.boolean), kind);
        if (value.is(Kind::date) && kind == Kind::long_)
            return make_long(java::epoch_ms(value.date->instant));
        cannot_convert(value, kind);
    }
    if (kind == Kind::boolean) return make_boolean(convert_to_boolean(value));
    if (kind == Kind::string) return run.text(text_of(run, value));
    if (kind == Kind::character) {
        if (value.is_number()) return make_character(static_cast<char16_t>(number_as_int(value)));
        if (value.is(Kind::string) && java::text_length(value.text->view()) == 1)
            return make_character(value_or_fail(java::char_at(value.text->view(), 0)));
    }
    cannot_convert(value, kind);
}

bool convert_to_boolean(const Value& value) {
    if (value.is(Kind::boolean)) return value.boolean;
    if (value.is_number()) return number_as_double(value) > 0;
    if (value.is(Kind::character)) return value.character != u'0' && value.character != 0;
    if (value.is(Kind::string)) {
        const std::string_view text = value.text->view();
        return !(text.empty() || text == "0" || java::equals_ignore_case(text, "false") ||
                 java::equals_ignore_case(text, "no") || java::equals_ignore_case(text, "off"));
    }
    cannot_convert(value, Kind::boolean);
}

bool require_boolean(const Value& value) {
    if (value.is(Kind::boolean)) return value.boolean;
    if (value.is_null()) fail("NullPointerException: expected Boolean; found: null");
    fail("ClassCastException: expected Boolean; found: " + std::string(class_name(value)));
}

bool is_numeric_text(std::string_view text) {
    if (!text.empty() && text.front() == '-') text.remove_prefix(1);
    bool digit = false, point = false;
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            digit = true;
        } else if (c == '.' && !point) {
            point = true;
        } else {
            return false;
        }
    }
    return digit;
}

double numeric_text_value(std::string_view text) {
    double value = 0;
    const auto failed = std::from_chars(text.data(), text.data() + text.size(), value).ec;
    // Only the one that reads as Java does knows infinity and zero from each other.
    if (failed == std::errc::result_out_of_range) return *java::parse_double(text);
    return value;
}

namespace {

void append_items(Run& run, std::string& out, const Items& items, std::uint32_t depth) {
    out += '[';
    for (std::uint32_t i = 0; i < items.size; ++i) {
        if (i) out += ", ";
        append_text(run, out, items.data[i], depth + 1);
    }
    out += ']';
}

void append_pairs(Run& run, std::string& out, const Value& map, std::uint32_t depth) {
    const Table& table = *map.map->table;
    const bool is_set = map.is(Kind::set);
    out += is_set ? '[' : '{';
    for (std::uint32_t i = 0; i < table.size; ++i) {
        if (i) out += ", ";
        append_text(run, out, table.data[i].key, depth + 1);
        if (is_set) continue;
        out += '=';
        append_text(run, out, table.data[i].value, depth + 1);
    }
    out += is_set ? ']' : '}';
}

void append_object(Run& run, std::string& out, const Value& value, std::uint32_t depth) {
    if (depth > data_depth_max) fail("StackOverflowError");
    run.tick();
    if (out.size() > run.memory_max())
        throw Failure{ErrorCode::limit_reached, "Script memory overflow!", nowhere};
    switch (value.kind) {
        case Kind::list: return append_items(run, out, *value.list->items, depth);
        case Kind::map:
        case Kind::set:  return append_pairs(run, out, value, depth);
        case Kind::array:
            return append_items(run, out, *array_to_list(run, *value.array).list->items, depth);
        case Kind::entry:
            append_text(run, out, value.entry->key, depth + 1);
            out += '=';
            append_text(run, out, value.entry->value, depth + 1);
            return;
        case Kind::date: {
            const auto text =
                java::date_text(java::DateText::text, value.date->instant, run.environment().dates);
            if (!text) fail(text.error());
            out += *text;
            return;
        }
        case Kind::uuid:
            out += thingstead::Uuid{value.uuid->high, value.uuid->low}.to_string();
            return;
        default: out += class_name(value);
    }
}

}  // namespace

void append_text(Run& run, std::string& out, const Value& value, std::uint32_t depth) {
    switch (value.kind) {
        case Kind::undefined:
        case Kind::null:        out += "null"; return;
        case Kind::empty:       out += "empty"; return;
        case Kind::boolean:     out += value.boolean ? "true" : "false"; return;
        case Kind::byte_:
        case Kind::short_:
        case Kind::integer:     out += std::to_string(value.integer); return;
        case Kind::long_:       out += std::to_string(value.long_); return;
        case Kind::float_:      out += java::number_text(value.float_); return;
        case Kind::double_:     out += java::number_text(value.double_); return;
        case Kind::big_decimal:
        case Kind::big_integer: out += value.digits->view(); return;
        case Kind::character:   java::append_unit(out, value.character); return;
        case Kind::string:      out += value.text->view(); return;
        case Kind::class_:      out.append("class ").append(value.class_info->name); return;
        default:                append_object(run, out, value, depth);
    }
}

std::string text_of(Run& run, const Value& value) {
    std::string out;
    append_text(run, out, value);
    return out;
}

std::string_view view_of(Run& run, const Value& value) {
    if (value.is(Kind::string)) return value.text->view();
    return run.text(text_of(run, value)).text->view();
}

}  // namespace thingstead::script::tbel
