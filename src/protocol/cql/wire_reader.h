// Reads CQL's data types from the body of one frame. The first failure sticks: later reads give
// zeros and empty texts, and the caller asks once, at the end. Views point into the input.
// Source: native_protocol_v4.spec section 3.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace thingstead::cql {

class WireReader {
  public:
    explicit WireReader(std::string_view bytes) : rest_(bytes) {}

    std::string_view rest() const { return rest_; }
    bool failed() const { return failed_; }
    void fail() {
        failed_ = true;
        rest_ = {};
    }

    std::string_view take(std::size_t bytes) {
        if (rest_.size() < bytes) {
            fail();
            return {};
        }
        const std::string_view out = rest_.substr(0, bytes);
        rest_.remove_prefix(bytes);
        return out;
    }
    template <std::unsigned_integral T>
    T number() {
        const std::string_view bytes = take(sizeof(T));
        return bytes.empty() ? T{0} : load_big<T>(as_bytes(bytes).data());
    }
    std::uint8_t byte() { return number<std::uint8_t>(); }
    std::uint16_t short_number() { return number<std::uint16_t>(); }
    std::int32_t int_number() { return static_cast<std::int32_t>(number<std::uint32_t>()); }
    std::int64_t long_number() { return static_cast<std::int64_t>(number<std::uint64_t>()); }
    /// [string], and [short bytes].
    std::string_view text() { return take(short_number()); }
    std::string_view long_text() {
        const std::int32_t size = int_number();
        if (size < 0) fail();
        return take(size < 0 ? 0 : static_cast<std::size_t>(size));
    }
    /// [bytes]: nothing for null.
    std::optional<std::string_view> bytes() {
        const std::int32_t size = int_number();
        if (size < 0) return std::nullopt;
        const std::string_view out = take(static_cast<std::size_t>(size));
        if (failed_) return std::nullopt;
        return out;
    }
    std::vector<std::string_view> text_list() {
        std::vector<std::string_view> out;
        for (std::uint16_t left = short_number(); left > 0 && !failed_; --left)
            out.push_back(text());
        return out;
    }

  private:
    std::string_view rest_;
    bool failed_ = false;
};

}  // namespace thingstead::cql
