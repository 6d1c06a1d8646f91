#include "script/tbel/java/tz_file.h"

#include <algorithm>

namespace thingstead::script::java {
namespace {

constexpr std::size_t header_bytes = 44;

Error bad_file() { return {ErrorCode::malformed, "no valid time zone file"}; }

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

/// The six counts of a header.
struct Counts {
    std::size_t utc, standard, leaps, changes, types, letters;

    std::size_t data_bytes(std::size_t time_bytes) const {
        return changes * (time_bytes + 1) + types * 6 + letters + leaps * (time_bytes + 4) +
               standard + utc;
    }
};

std::optional<Counts> read_header(std::string_view bytes) {
    if (bytes.size() < header_bytes || !bytes.starts_with("TZif") || bytes[4] < '2')
        return std::nullopt;
    const auto count = [&](std::size_t i) {
        return static_cast<std::size_t>(big_endian(bytes.substr(20 + 4 * i, 4)));
    };
    return Counts{count(0), count(1), count(2), count(3), count(4), count(5)};
}

/// The 64-bit block behind its header.
std::optional<TzFile> read_block(std::string_view block, const Counts& counts) {
    TzFile file;
    for (std::size_t i = 0; i < counts.changes; ++i)
        file.changes.push_back(static_cast<std::int64_t>(big_endian(block.substr(i * 8, 8))));
    block.remove_prefix(counts.changes * 8);
    for (std::size_t i = 0; i < counts.changes; ++i) {
        file.types_after.push_back(static_cast<std::uint8_t>(block[i]));
        if (file.types_after.back() >= counts.types) return std::nullopt;
    }
    block.remove_prefix(counts.changes);
    const std::string_view letters = block.substr(counts.types * 6, counts.letters);
    for (std::size_t i = 0; i < counts.types; ++i) {
        const std::string_view type = block.substr(i * 6, 6);
        const std::string_view name = letters.substr(
            std::min<std::size_t>(static_cast<unsigned char>(type[5]), letters.size()));
        file.types.push_back(
            {static_cast<std::int32_t>(static_cast<std::uint32_t>(big_endian(type.substr(0, 4)))),
             type[4] != 0, std::string(name.substr(0, name.find('\0')))});
    }
    if (file.types.empty() || !std::is_sorted(file.changes.begin(), file.changes.end()))
        return std::nullopt;
    return file;
}

}  // namespace

Result<TzFile> parse_tz_file(std::string_view bytes) {
    const std::optional<Counts> first = read_header(bytes);
    if (!first || bytes.size() < header_bytes + first->data_bytes(4)) return bad_file();
    bytes.remove_prefix(header_bytes + first->data_bytes(4));
    const std::optional<Counts> second = read_header(bytes);
    if (!second || bytes.size() < header_bytes + second->data_bytes(8)) return bad_file();
    bytes.remove_prefix(header_bytes);
    std::optional<TzFile> file = read_block(bytes, *second);
    if (!file) return bad_file();
    bytes.remove_prefix(second->data_bytes(8));
    if (bytes.size() > 2 && bytes.front() == '\n')
        file->rule = parse_tz_rule(bytes.substr(1, bytes.find('\n', 1) - 1));
    return *std::move(file);
}

}  // namespace thingstead::script::java
