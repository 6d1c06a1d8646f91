// Bits on disk: most significant bit first, padded to a whole byte with zeros.
#pragma once
#include <bit>
#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"

namespace thingstead::store::rocks {

inline std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
inline std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

/// Unsigned LEB128.
inline void append_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
    out.push_back(static_cast<char>(value));
}

/// Takes a varint off the front of `in`; false: cut short, or over 64 bits.
inline bool take_varint(ByteSpan& in, std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
        const auto byte = static_cast<std::uint64_t>(in.front());
        in = in.subspan(1);
        if (shift == 63 && byte > 1) return false;
        value |= (byte & 0x7F) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

class BitWriter {
  public:
    explicit BitWriter(std::string& out) : out_(out) {}

    /// The low `width` bits of `value`, 0..64; the others must be zero.
    void put(std::uint64_t value, unsigned width) {
        if (width > 32) {
            put(value >> 32, width - 32);
            value &= 0xFFFF'FFFFu;
            width = 32;
        }
        pending_ = (pending_ << width) | value;
        for (held_ += width; held_ >= 8; held_ -= 8)
            out_.push_back(static_cast<char>(pending_ >> (held_ - 8)));
    }
    /// Pads the last byte. Must be called once, at the end.
    void finish() {
        if (held_ > 0) out_.push_back(static_cast<char>(pending_ << (8 - held_)));
        held_ = 0;
    }

  private:
    std::string& out_;
    std::uint64_t pending_ =
        0;  // the lowest `held_` bits are not written yet; under 8 between puts
    unsigned held_ = 0;
};

class BitReader {
  public:
    explicit BitReader(ByteSpan in) : in_(in) {}

    /// The next `width` bits, 0..64. After a read beyond the end failed() stays true.
    std::uint64_t get(unsigned width) {
        if (width > 32) {
            const std::uint64_t high = get(width - 32);
            return high << 32 | get(32);
        }
        while (held_ < width) {
            if (at_ == in_.size()) {
                failed_ = true;
                return 0;
            }
            pending_ = (pending_ << 8) | static_cast<std::uint64_t>(in_[at_++]);
            held_ += 8;
        }
        held_ -= width;
        return (pending_ >> held_) & ((std::uint64_t{1} << width) - 1);
    }
    bool failed() const { return failed_; }
    /// What stands behind the byte that was read last.
    ByteSpan rest() const { return in_.subspan(at_); }

  private:
    ByteSpan in_;
    std::size_t at_ = 0;
    std::uint64_t pending_ = 0;
    unsigned held_ = 0;
    bool failed_ = false;
};

}  // namespace thingstead::store::rocks
