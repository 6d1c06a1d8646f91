// Bytes of a server to values, however they are cut. RESP3 and RESP2 answers; the streamed types of
// RESP3, which no server sends, are refused.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "protocol/resp/value.h"

namespace thingstead::resp {

/// Of one value with all that is in it.
struct Limits {
    std::size_t line_bytes_max = 64 << 10;   ///< A line: simple strings, errors, numbers.
    std::size_t bulk_bytes_max = 16 << 20;   ///< One string.
    std::size_t value_bytes_max = 64 << 20;  ///< All strings together.
    std::size_t items_max = 1'000'000;       ///< Values, at all depths together.
    std::size_t depth_max = 16;              ///< Lists in lists; attributes count as one.
};

/// Memory grows with the bytes that came, never with a length that was only announced.
class Parser {
  public:
    explicit Parser(Limits limits = {}) : limits_(limits) {}

    /// Takes bytes from the front of `input` until a value is complete and returns it; nullopt: all
    /// of `input` was taken, and the value goes on in the next one.
    /// Errors: malformed - not RESP; too_large - over a limit. Every later call fails likewise: the
    /// place where the next value begins is lost.
    Result<std::optional<Value>> next(std::string_view& input);
    /// Whether a value has begun and not ended.
    bool in_value() const {
        return !stack_.empty() || reading_bulk_ || !line_.empty() || !attributes_.empty();
    }

  private:
    /// A list that is being filled.
    struct Open {
        Value value;
        std::size_t left;           ///< Items still to come.
        bool is_attribute = false;  ///< Its items belong to the value that follows.
    };

    Result<std::optional<Value>> step(std::string_view& input);
    std::optional<std::string_view> take_line(std::string_view& input);
    Result<std::optional<Value>> on_line(std::string_view line);
    Result<std::optional<Value>> begin_bulk(Type type, std::string_view length);
    Result<std::optional<Value>> begin_list(char mark, std::string_view length);
    Result<std::optional<Value>> take_bulk(std::string_view& input);
    std::optional<Value> close(Value value);
    std::optional<Value> close_list();
    Error fail(ErrorCode code, const char* what);

    Limits limits_;
    std::vector<Open> stack_;
    std::vector<Value> attributes_;  ///< Of the value that comes next.
    std::string line_;               ///< Begin of a line that goes on in the next input.
    Value bulk_;
    std::size_t bulk_bytes_ = 0;  ///< Announced; the string is followed by two bytes more.
    bool reading_bulk_ = false;
    std::size_t items_ = 0, bytes_ = 0;  ///< Of the value so far.
    std::optional<Error> failed_;
};

}  // namespace thingstead::resp
