// The protobuf wire format, by hand: small enough for the hot path, and readable by every protobuf
// tool. Source: "Encoding" chapter of the Protocol Buffers documentation. Groups are not supported.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/uuid.h"

namespace thingstead::proto {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

constexpr std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

/// Appends fields to a string. Fields of default value are left out by the caller.
class Writer {
  public:
    explicit Writer(std::string& out) : out_(out) {}

    void varint_field(std::uint32_t number, std::uint64_t value) {
        tag(number, WireType::varint);
        varint(value);
    }
    void fixed64_field(std::uint32_t number, std::uint64_t value) {
        tag(number, WireType::fixed64);
        std::byte bytes[8];
        store_little(bytes, value);
        out_.append(reinterpret_cast<const char*>(bytes), sizeof bytes);
    }
    void bytes_field(std::uint32_t number, std::string_view value) {
        tag(number, WireType::bytes);
        varint(value.size());
        out_.append(value);
    }
    void uuid_field(std::uint32_t number, const Uuid& id) {
        const auto sixteen = id.bytes();
        bytes_field(number, as_text(sixteen));
    }
    /// Writes a nested message: `write(Writer&)` appends its fields.
    template <class Write>
    void message_field(std::uint32_t number, Write write) {
        tag(number, WireType::bytes);
        const std::size_t length_at = out_.size();
        out_.push_back('\0');  // most messages are under 128 bytes; grown below if not
        write(*this);
        const std::size_t length = out_.size() - length_at - 1;
        if (length < 0x80) {
            out_[length_at] = static_cast<char>(length);
            return;
        }
        std::string prefix;
        Writer(prefix).varint(length);
        out_.replace(length_at, 1, prefix);
    }

  private:
    void tag(std::uint32_t number, WireType type) {
        varint((number << 3) | static_cast<std::uint32_t>(type));
    }
    void varint(std::uint64_t value) {
        while (value >= 0x80) {
            out_.push_back(static_cast<char>(value | 0x80));
            value >>= 7;
        }
        out_.push_back(static_cast<char>(value));
    }

    std::string& out_;
};

struct Field {
    std::uint32_t number;
    WireType type;
    std::uint64_t integer = 0;  ///< varint, fixed64, fixed32.
    std::string_view bytes{};   ///< Into the input.

    /// The id in a bytes field, if it has 16 bytes.
    std::optional<Uuid> uuid() const {
        if (type != WireType::bytes || bytes.size() != 16) return std::nullopt;
        return Uuid::from_bytes(reinterpret_cast<const std::byte*>(bytes.data()));
    }
};

/// Reads field after field; malformed input ends it with failed().
class Reader {
  public:
    explicit Reader(std::string_view input) : rest_(input) {}

    /// The next field; nullopt at the end or when the input is malformed.
    std::optional<Field> next() {
        if (rest_.empty()) return std::nullopt;
        const std::optional<std::uint64_t> key = varint();
        if (!key || *key >> 3 == 0 || *key >> 3 > 0x1FFFFFFF) return fail();
        Field field{static_cast<std::uint32_t>(*key >> 3), static_cast<WireType>(*key & 7)};
        switch (field.type) {
            case WireType::varint: {
                const std::optional<std::uint64_t> value = varint();
                if (!value) return fail();
                field.integer = *value;
                return field;
            }
            case WireType::bytes: {
                const std::optional<std::uint64_t> length = varint();
                if (!length || *length > rest_.size()) return fail();
                field.bytes = rest_.substr(0, static_cast<std::size_t>(*length));
                rest_.remove_prefix(static_cast<std::size_t>(*length));
                return field;
            }
            case WireType::fixed64: return fixed<std::uint64_t>(field);
            case WireType::fixed32: return fixed<std::uint32_t>(field);
        }
        return fail();
    }
    bool failed() const { return failed_; }

  private:
    std::nullopt_t fail() {
        failed_ = true;
        rest_ = {};
        return std::nullopt;
    }
    std::optional<std::uint64_t> varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
            const auto byte = static_cast<std::uint8_t>(rest_.front());
            rest_.remove_prefix(1);
            if (shift == 63 && byte > 1) return std::nullopt;
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80) return value;
        }
        return std::nullopt;
    }
    template <class Integer>
    std::optional<Field> fixed(Field field) {
        if (rest_.size() < sizeof(Integer)) return fail();
        field.integer = load_little<Integer>(reinterpret_cast<const std::byte*>(rest_.data()));
        rest_.remove_prefix(sizeof(Integer));
        return field;
    }

    std::string_view rest_;
    bool failed_ = false;
};

}  // namespace thingstead::proto
