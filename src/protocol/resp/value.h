// What a Redis or Valkey server says, as a value: one type for all that RESP2 and RESP3 can carry.
// Source: the RESP specification of Redis 7 and Valkey 7.2, "RESP protocol description".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thingstead::resp {

enum class Type : std::uint8_t {
    null,           ///< `_`, and RESP2's `$-1` and `*-1`.
    boolean,        ///< `#`: `number` is 0 or 1.
    number,         ///< `:`
    real,           ///< `,`
    big_number,     ///< `(`: its digits in `text`.
    simple_string,  ///< `+`
    bulk_string,    ///< `$`
    verbatim,       ///< `=`: `text` begins with three characters of format and a colon.
    simple_error,   ///< `-`
    bulk_error,     ///< `!`
    array,          ///< `*`
    set,            ///< `~`
    map,            ///< `%`: keys and values in turn.
    push,           ///< `>`: out of band, not an answer to a command.
};

struct Value {
    Type type = Type::null;
    std::int64_t number = 0;
    double real = 0;
    std::string text{};
    std::vector<Value> items{};
    std::vector<Value> attributes{};  ///< `|` in front of it: keys and values in turn.

    bool is_null() const { return type == Type::null; }
    bool is_error() const { return type == Type::simple_error || type == Type::bulk_error; }
    bool is_text() const {
        return type == Type::simple_string || type == Type::bulk_string || type == Type::verbatim;
    }
    bool is_list() const {
        return type == Type::array || type == Type::set || type == Type::map || type == Type::push;
    }
    /// Text of a string, without the format of a verbatim one; empty for everything else.
    std::string_view as_text() const;
    /// The value of `key` in a map, or in a list of keys and values as RESP2 has it; null: none.
    const Value* find(std::string_view key) const;
};

/// Equal on the wire; a NaN equals a NaN.
bool operator==(const Value& left, const Value& right);

}  // namespace thingstead::resp
