#include "script/tbel/json_text.h"

#include <boost/json/parse.hpp>
#include <charconv>
#include <cmath>
#include <limits>

#include "script/tbel/builtin/rolling.h"
#include "script/tbel/collections.h"
#include "script/tbel/convert.h"
#include "script/tbel/equality.h"
#include "script/tbel/java/number_text.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::tbel {
namespace {

constexpr std::size_t parse_depth_max = 200;

struct FromJson {
    Run& run;
    bool copies;
    std::size_t& characters_left;

    Value text(std::string_view view) const {
        if (view.size() + 3 > characters_left)
            throw Failure{ErrorCode::too_large,
                          "Script input arguments exceed maximum allowed total args size", nowhere};
        characters_left -= view.size() + 3;
        return copies ? run.text(view) : run.borrowed_text(view);
    }
    Value operator()(const json::value& value) const {
        switch (value.kind()) {
            case json::kind::null:    return Value{};
            case json::kind::bool_:   return make_boolean(value.get_bool());
            case json::kind::int64:   return integer(value.get_int64());
            case json::kind::uint64:  return unsigned_integer(value.get_uint64());
            case json::kind::double_: return make_double(value.get_double());
            case json::kind::string:  return text(value.get_string());
            case json::kind::array:   return list(value.get_array());
            case json::kind::object:  return map(value.get_object());
        }
        return Value{};
    }
    static Value integer(std::int64_t value) {
        const auto narrow = static_cast<std::int32_t>(value);
        return narrow == value ? make_int(narrow) : make_long(value);
    }
    Value unsigned_integer(std::uint64_t value) const {
        if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return integer(static_cast<std::int64_t>(value));
        return run.digits(Kind::big_integer, std::to_string(value));
    }
    Value list(const json::array& array) const {
        Value out = run.list(static_cast<std::uint32_t>(array.size()));
        for (const json::value& each : array) push(run, out.list->own, (*this)(each));
        return out;
    }
    Value map(const json::object& object) const {
        Value out = run.map(static_cast<std::uint32_t>(object.size()));
        Table& table = out.map->own;
        // The keys of an object are different: no need to look for each.
        for (const auto& [key, value] : object)
            if (!value.is_null()) table.data[table.size++] = {text(key), (*this)(value)};
        rebuild_index(run, table);
        return out;
    }
};

}  // namespace

Value from_json(Run& run, const json::value& value, std::size_t& characters_left) {
    return FromJson{run, false, characters_left}(value);
}

Value from_json_copy(Run& run, const json::value& value) {
    std::size_t unbounded = std::numeric_limits<std::size_t>::max();
    return FromJson{run, true, unbounded}(value);
}

Value parse_json_text(Run& run, std::string_view text) {
    run.tick(text.size() / 16);
    json::parse_options options;
    options.max_depth = parse_depth_max;
    boost::system::error_code failed;
    const json::value value = json::parse(text, failed, {}, options);
    if (failed) fail("Failed to parse JSON: " + failed.message());
    return from_json_copy(run, value);
}

namespace {

class ToJson {
  public:
    ToJson(Run& run, std::size_t characters_max) : run_(run), left_(characters_max) {}

    /// What is written keeps the memory resource of `out`.
    void convert(const Value& value, json::value& out, std::uint32_t depth = 0) {
        switch (value.kind) {
            case Kind::undefined:
            case Kind::null:
            case Kind::empty:
                take_characters(4);
                out.emplace_null();
                return;
            case Kind::boolean:
                take_characters(4);
                out = value.boolean;
                return;
            case Kind::byte_:
            case Kind::short_:
            case Kind::integer:
                take_characters(4);
                out = value.integer;
                return;
            case Kind::long_:
                take_characters(8);
                out = value.long_;
                return;
            case Kind::float_:      return real(value.float_, java::number_text(value.float_), out);
            case Kind::double_:     return real(value.double_, {}, out);
            case Kind::big_decimal:
            case Kind::big_integer: return big(value.digits->view(), out);
            case Kind::list:
            case Kind::stream:
            case Kind::iterator:    return array(*value.list->items, out, depth);
            case Kind::array:
                return array(*array_to_list(run_, *value.array).list->items, out, depth);
            case Kind::set:      return set(*value.map->table, out, depth);
            case Kind::map:      return object(*value.map->table, out, depth);
            case Kind::entry:    return entry(*value.entry, out, depth);
            case Kind::rolling:  return convert(rolling_as_map(run_, *value.rolling), out, depth);
            case Kind::function:
            case Kind::class_:   fail("Unsupported result type: " + std::string(class_name(value)));
            default:             return text(view_of(run_, value), out);
        }
    }

  private:
    void take_characters(std::size_t count) {
        run_.tick();
        if (count > left_)
            throw Failure{ErrorCode::too_large,
                          "Script invocation result exceeds maximum allowed size", nowhere};
        left_ -= count;
    }
    void text(std::string_view view, json::value& out) {
        take_characters(view.size() + 2);
        out.emplace_string() = view;
    }
    void real(double value, const std::string& shortest, json::value& out) {
        take_characters(3);
        if (!std::isfinite(value)) {
            out.emplace_string() = java::number_text(value);
            return;
        }
        if (!shortest.empty())
            std::from_chars(shortest.data(), shortest.data() + shortest.size(), value);
        out = value;
    }
    void big(std::string_view digits, json::value& out) {
        take_characters(digits.size());
        const auto reads_as = [&]<class Number>(Number number) {
            const auto [end, failed] =
                std::from_chars(digits.data(), digits.data() + digits.size(), number);
            out = number;
            return failed == std::errc() && end == digits.data() + digits.size();
        };
        if (!reads_as(std::uint64_t{}) && !reads_as(std::int64_t{})) reads_as(double{});
    }
    void descend(std::uint32_t depth) {
        if (depth > data_depth_max) fail("StackOverflowError");
        take_characters(2);
    }
    void array(const Items& items, json::value& out, std::uint32_t depth) {
        descend(depth);
        json::array& all = out.emplace_array();
        all.reserve(items.size);
        for (std::uint32_t i = 0; i < items.size; ++i)
            convert(items.data[i], all.emplace_back(nullptr), depth + 1);
    }
    void set(const Table& table, json::value& out, std::uint32_t depth) {
        descend(depth);
        json::array& all = out.emplace_array();
        for (std::uint32_t i = 0; i < table.size; ++i)
            convert(table.data[i].key, all.emplace_back(nullptr), depth + 1);
    }
    void object(const Table& table, json::value& out, std::uint32_t depth) {
        descend(depth);
        json::object& members = out.emplace_object();
        members.reserve(table.size);
        for (std::uint32_t i = 0; i < table.size; ++i) {
            const Value& key = table.data[i].key;
            std::string made;
            if (!key.is(Kind::string)) made = text_of(run_, key);
            const std::string_view name = key.is(Kind::string) ? key.text->view() : made;
            take_characters(name.size() + 4);
            convert(table.data[i].value, members.emplace(name, nullptr).first->value(), depth + 1);
        }
    }
    void entry(const Entry& entry, json::value& out, std::uint32_t depth) {
        descend(depth);
        json::object& members = out.emplace_object();
        convert(entry.value, members.emplace(text_of(run_, entry.key), nullptr).first->value(),
                depth + 1);
    }

    Run& run_;
    std::size_t left_;
};

class JsonText {
  public:
    explicit JsonText(Run& run) : run_(run) {}

    std::string out;

    void add(const Value& value, std::uint32_t depth = 0) {
        if (out.size() > run_.memory_max())
            throw Failure{ErrorCode::limit_reached, "Script memory overflow!", nowhere};
        if (depth > data_depth_max) fail("StackOverflowError");
        run_.tick();
        switch (value.kind) {
            case Kind::undefined:
            case Kind::null:
            case Kind::empty:     out += "null"; return;
            case Kind::float_:
            case Kind::double_:   {
                const bool finite = std::isfinite(number_as_double(value));
                if (!finite) out += '"';
                append_text(run_, out, value);
                if (!finite) out += '"';
                return;
            }
            case Kind::list: add_items(*value.list->items, depth); return;
            case Kind::array:
                add_items(*array_to_list(run_, *value.array).list->items, depth);
                return;
            case Kind::set: add_pairs(*value.map->table, depth, '[', ']'); return;
            case Kind::map: add_pairs(*value.map->table, depth, '{', '}'); return;
            case Kind::entry:
                out += '{';
                add_string(text_of(run_, value.entry->key));
                out += ':';
                add(value.entry->value, depth + 1);
                out += '}';
                return;
            case Kind::rolling: add(rolling_as_map(run_, *value.rolling), depth); return;
            case Kind::function:
            case Kind::iterator:
            case Kind::stream:
                fail("No serializer found for class " + std::string(class_name(value)));
            default: break;
        }
        if (value.is_number() || value.is(Kind::boolean))
            append_text(run_, out, value);
        else
            add_string(view_of(run_, value));
    }

  private:
    void add_items(const Items& items, std::uint32_t depth) {
        out += '[';
        for (std::uint32_t i = 0; i < items.size; ++i) {
            if (i) out += ',';
            add(items.data[i], depth + 1);
        }
        out += ']';
    }
    void add_pairs(const Table& table, std::uint32_t depth, char open, char close) {
        out += open;
        for (std::uint32_t i = 0; i < table.size; ++i) {
            if (i) out += ',';
            if (open == '[') {
                add(table.data[i].key, depth + 1);
                continue;
            }
            add_string(view_of(run_, table.data[i].key));
            out += ':';
            add(table.data[i].value, depth + 1);
        }
        out += close;
    }
    void add_string(std::string_view text) {
        constexpr std::string_view escaped = "\"\\\b\f\n\r\t", letters = "\"\\bfnrt";
        out += '"';
        for (const char c : text) {
            if (const std::size_t known = escaped.find(c); known != escaped.npos) {
                out += '\\';
                out += letters[known];
            } else if (static_cast<unsigned char>(c) < 0x20) {
                out += "\\u00";
                out += "01"[c >> 4 & 1];
                out += "0123456789ABCDEF"[c & 15];
            } else {
                out += c;
            }
        }
        out += '"';
    }

    Run& run_;
};

}  // namespace

json::value to_json(Run& run, const Value& value, std::size_t characters_max,
                    json::storage_ptr storage) {
    json::value out(std::move(storage));
    ToJson(run, characters_max).convert(value, out);
    return out;
}

std::string json_text(Run& run, const Value& value) {
    JsonText text(run);
    text.add(value);
    return std::move(text.out);
}

}  // namespace thingstead::script::tbel
