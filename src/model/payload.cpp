#include "model/payload.h"

#include <simdjson.h>

#include <cmath>
#include <unordered_map>

#include "base/json.h"
#include "model/number.h"

namespace thingstead::model {
namespace {

namespace od = simdjson::ondemand;

/// From so many values on, duplicates are looked up in a map instead of one by one.
constexpr std::size_t linear_search_max = 24;

Error not_json(std::string_view why) {
    return {ErrorCode::malformed, "payload is not valid JSON: " + std::string(why)};
}
Error not_json(simdjson::error_code code) { return not_json(simdjson::error_message(code)); }
Error wrong_shape(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

std::string_view trimmed(std::string_view token) {
    const std::size_t last = token.find_last_not_of(" \t\r\n");
    return last == std::string_view::npos ? std::string_view() : token.substr(0, last + 1);
}

/// Values under distinct keys, in order of first appearance.
class ValueSet {
  public:
    explicit ValueSet(std::vector<KeyValue>& values) : values_(values) {}

    void put(std::string_view key, Value value) {
        if (KeyValue* old = find(key)) {
            old->value = std::move(value);
            return;
        }
        values_.push_back({std::string(key), std::move(value)});
        if (!index_.empty()) index_.emplace(values_.back().key, values_.size() - 1);
    }

  private:
    KeyValue* find(std::string_view key) {
        if (values_.size() < linear_search_max) {
            for (KeyValue& each : values_)
                if (each.key == key) return &each;
            return nullptr;
        }
        if (index_.empty())
            for (std::size_t i = 0; i < values_.size(); ++i) index_.emplace(values_[i].key, i);
        const auto it = index_.find(std::string(key));
        return it == index_.end() ? nullptr : &values_[it->second];
    }

    std::vector<KeyValue>& values_;
    std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace

struct PayloadParser::Impl {
    PayloadSettings settings;
    od::parser parser{};
    std::string padded{};

    Result<od::document> open(std::string_view payload) {
        padded.assign(payload);
        padded.reserve(payload.size() + simdjson::SIMDJSON_PADDING);
        auto document = parser.iterate(padded.data(), padded.size(), padded.capacity());
        if (document.error()) return not_json(document.error());
        return std::move(document).value_unsafe();
    }

    Result<Value> string_value(std::string_view text) const {
        if (settings.type_cast && looks_like_number(text)) return number_value(text, true);
        if (settings.string_chars_max != 0 && text.size() > settings.string_chars_max)
            return wrong_shape("string value is longer than " +
                               std::to_string(settings.string_chars_max));
        return Value(std::string(text));
    }

    template <class Nested>
    static Result<Value> nested_value(simdjson::simdjson_result<Nested> nested) {
        if (nested.error()) return not_json(nested.error());
        Nested whole = nested.value_unsafe();
        const auto raw = whole.raw_json();
        if (raw.error()) return not_json(raw.error());
        const std::string_view text = trimmed(raw.value_unsafe());
        // The fast parser skips over nested content; what is stored must be whole.
        if (const Result<json::value> checked = parse_json(text); !checked)
            return not_json(checked.error().message);
        return Value(JsonText{std::string(text)});
    }

    /// Nullopt: a null.
    Result<std::optional<Value>> read_value(od::value value) {
        const auto found = [](Result<Value> read) -> Result<std::optional<Value>> {
            if (!read) return read.error();
            return std::optional<Value>(*std::move(read));
        };
        auto type = value.type();
        if (type.error()) return not_json(type.error());
        switch (type.value_unsafe()) {
            case od::json_type::object: return found(nested_value<od::object>(value.get_object()));
            case od::json_type::array:  return found(nested_value<od::array>(value.get_array()));
            case od::json_type::string: {
                auto text = value.get_string();
                if (text.error()) return not_json(text.error());
                return found(string_value(text.value_unsafe()));
            }
            case od::json_type::number: {
                const std::string_view token = trimmed(value.raw_json_token());
                // The token must be consumed, and must be a number to the letter.
                if (!is_json_number(token)) return not_json("wrong number");
                auto skipped = value.get_number();
                (void)skipped.error();  // an integer beyond 64 bits is fine: its text decides
                return found(number_value(token, settings.type_cast));
            }
            case od::json_type::boolean: {
                auto flag = value.get_bool();
                if (flag.error()) return not_json(flag.error());
                return std::optional<Value>(Value(flag.value_unsafe()));
            }
            case od::json_type::null: {
                if (trimmed(value.raw_json_token()) != "null") return not_json("wrong literal");
                (void)value.is_null();
                return std::optional<Value>();
            }
        }
        return not_json("unknown type");
    }

    Result<> read_member(od::field field, NullValue nulls, ValueSet& into) {
        auto key = field.unescaped_key();
        if (key.error()) return not_json(key.error());
        // The key's text lives in the parser's buffer until the next document.
        Result<std::optional<Value>> value = read_value(field.value());
        if (!value) return value.error();
        if (*value) {
            into.put(key.value_unsafe(), **std::move(value));
        } else if (nulls == NullValue::refuse) {
            return wrong_shape("Can't parse value: null");
        }
        return {};
    }

    Result<> read_object(od::object object, NullValue nulls, std::vector<KeyValue>& values) {
        ValueSet set(values);
        for (auto member : object) {
            if (member.error()) return not_json(member.error());
            if (Result<> read = read_member(member.value_unsafe(), nulls, set); !read)
                return read.error();
        }
        return {};
    }

    static Result<EpochMs> read_ts(const Value& value) {
        if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
        if (const auto* real = std::get_if<double>(&value))
            if (*real > -9.2e18 && *real < 9.2e18) return static_cast<EpochMs>(*real);
        return wrong_shape("ts is not a number");
    }

    /// Whether `key` reads `name`, which is short. The parser's own buffer has room for every
    /// string of a document once, so a key that is read again afterwards must not be unescaped
    /// there.
    bool reads(od::raw_json_string key, std::string_view name) const {
        constexpr std::size_t escaped_max = 36;  // six characters, each as \uXXXX
        const char* const raw = key.raw();       // its closing quote is there: the parser saw it
        std::size_t size = 0;
        while (size <= escaped_max && raw[size] != '"') size += raw[size] == '\\' ? 2 : 1;
        if (size > escaped_max) return false;
        std::uint8_t text[escaped_max + 2 * simdjson::SIMDJSON_PADDING];  // written in whole blocks
        std::uint8_t* end = text;
        const auto unescaped = parser.unescape(key, end);
        return !unescaped.error() && unescaped.value_unsafe() == name;
    }

    /// {"k":v} or {"ts":…,"values":{…}}: the second form only if both members exist.
    Result<TelemetryEntry> read_entry(od::object object, EpochMs now_ms, NullValue nulls) {
        TelemetryEntry entry{now_ms, false, {}};
        bool has_ts = false, has_values = false;
        for (auto member : object) {
            if (member.error()) return not_json(member.error());
            auto key = member.key();
            if (key.error()) return not_json(key.error());
            has_ts = has_ts || reads(key.value_unsafe(), "ts");
            has_values = has_values || reads(key.value_unsafe(), "values");
        }
        if (auto again = object.reset(); again.error()) return not_json(again.error());
        if (!has_ts || !has_values) {
            if (Result<> read = read_object(object, nulls, entry.values); !read)
                return read.error();
            return entry;
        }
        for (auto member : object) {
            if (member.error()) return not_json(member.error());
            od::field field = member.value_unsafe();
            const auto key = field.unescaped_key();
            if (key.error()) return not_json(key.error());
            if (key.value_unsafe() == "ts") {
                Result<std::optional<Value>> ts = read_value(field.value());
                if (!ts) return ts.error();
                if (!*ts) return wrong_shape("ts is not a number");
                Result<EpochMs> at = read_ts(**ts);
                if (!at) return at.error();
                entry.ts = *at;
                entry.has_ts = true;
            } else if (key.value_unsafe() == "values") {
                auto values = field.value().get_object();
                if (values.error()) return wrong_shape("values is not an object");
                if (Result<> read = read_object(values.value_unsafe(), nulls, entry.values); !read)
                    return read.error();
            }
        }
        return entry;
    }

    static Result<> expect_end(od::document& document) {
        if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
            return not_json("content after the end");
        return {};
    }
};

PayloadParser::PayloadParser(PayloadSettings settings)
    : impl_(std::make_unique<Impl>(Impl{settings})) {}
PayloadParser::~PayloadParser() = default;
PayloadParser::PayloadParser(PayloadParser&&) noexcept = default;
PayloadParser& PayloadParser::operator=(PayloadParser&&) noexcept = default;

Result<std::vector<TelemetryEntry>> PayloadParser::telemetry(std::string_view payload,
                                                             EpochMs now_ms, NullValue nulls) {
    Result<od::document> document = impl_->open(payload);
    if (!document) return document.error();
    auto type = document->type();
    if (type.error()) return not_json(type.error());
    std::vector<TelemetryEntry> entries;
    if (type.value_unsafe() == od::json_type::object) {
        auto object = document->get_object();
        if (object.error()) return not_json(object.error());
        Result<TelemetryEntry> entry = impl_->read_entry(object.value_unsafe(), now_ms, nulls);
        if (!entry) return entry.error();
        entries.push_back(*std::move(entry));
    } else if (type.value_unsafe() == od::json_type::array) {
        auto array = document->get_array();
        if (array.error()) return not_json(array.error());
        for (auto element : array) {
            if (element.error()) return not_json(element.error());
            auto object = element.get_object();
            if (object.error() == simdjson::INCORRECT_TYPE)
                return wrong_shape("an element of the array is not an object");
            if (object.error()) return not_json(object.error());
            Result<TelemetryEntry> entry = impl_->read_entry(object.value_unsafe(), now_ms, nulls);
            if (!entry) return entry.error();
            entries.push_back(*std::move(entry));
        }
    } else {
        return wrong_shape("payload is neither an object nor an array");
    }
    if (Result<> ended = Impl::expect_end(*document); !ended) return ended.error();
    return entries;
}

Result<std::vector<KeyValue>> PayloadParser::attributes(std::string_view payload, NullValue nulls) {
    Result<od::document> document = impl_->open(payload);
    if (!document) return document.error();
    auto type = document->type();
    if (type.error()) return not_json(type.error());
    if (type.value_unsafe() != od::json_type::object)
        return wrong_shape("payload is not an object");
    auto object = document->get_object();
    if (object.error()) return not_json(object.error());
    std::vector<KeyValue> values;
    if (Result<> read = impl_->read_object(object.value_unsafe(), nulls, values); !read)
        return read.error();
    if (Result<> ended = Impl::expect_end(*document); !ended) return ended.error();
    return values;
}

std::string to_json_object(const std::vector<KeyValue>& values) {
    std::string out = "{";
    for (const KeyValue& each : values) {
        if (out.size() > 1) out += ',';
        append_json_string(out, each.key);
        out += ':';
        const auto* const real = std::get_if<double>(&each.value);
        if (real != nullptr && std::isfinite(*real))
            append_plain_double(out, *real);
        else
            append_json(out, each.value);
    }
    out += '}';
    return out;
}

}  // namespace thingstead::model
