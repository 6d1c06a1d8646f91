// Values of telemetry and attributes.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace thingstead::model {

/// JSON text kept as it is (an object or an array).
struct JsonText {
    std::string text;
    friend bool operator==(const JsonText&, const JsonText&) = default;
};

/// BOOLEAN, LONG, DOUBLE, STRING or JSON. The order of the alternatives is written to disk.
using Value = std::variant<bool, std::int64_t, double, std::string, JsonText>;

struct KeyValue {
    std::string key;
    Value value;
    friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

struct TimedValue {
    EpochMs ts = 0;
    Value value;
    friend bool operator==(const TimedValue&, const TimedValue&) = default;
};

/// Text of a value as the REST and WebSocket interfaces write it: `true`, `42`, `42.0`, `1.0E10`,
/// the bare string, JSON text.
std::string to_text(const Value& value);
/// The same as a JSON literal: strings are quoted and escaped.
void append_json(std::string& out, const Value& value);
/// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);
/// A double always with a fraction or exponent: 42.0, 1.0E10, 1.0E-5 (the shortest that reads
/// back).
void append_double(std::string& out, double value);
/// A finite double without exponent where the reader of payloads, for whom `1.0E10` is an integer,
/// needs it to give back the same double: 10000000000.0, 0.00001.
void append_plain_double(std::string& out, double value);

enum class AttributeScope : std::uint8_t {
    client = 1,
    server = 2,
    shared = 3
};  ///< Written to disk.

struct Attribute {
    std::string key;
    Value value;
    EpochMs last_update_ms = 0;
};

}  // namespace thingstead::model
