#include "protocol/cql/value.h"

#include <arpa/inet.h>

#include <bit>

#include "base/bytes.h"
#include "protocol/cql/wire_reader.h"

namespace thingstead::cql {

std::optional<std::int64_t> read_bigint(Cell cell) {
    if (!cell || cell->size() != 8) return std::nullopt;
    return static_cast<std::int64_t>(load_big<std::uint64_t>(as_bytes(*cell).data()));
}

std::optional<std::int32_t> read_int(Cell cell) {
    if (!cell || cell->size() != 4) return std::nullopt;
    return static_cast<std::int32_t>(load_big<std::uint32_t>(as_bytes(*cell).data()));
}

std::optional<double> read_double(Cell cell) {
    if (!cell || cell->size() != 8) return std::nullopt;
    return std::bit_cast<double>(load_big<std::uint64_t>(as_bytes(*cell).data()));
}

std::optional<bool> read_boolean(Cell cell) {
    if (!cell || cell->size() != 1) return std::nullopt;
    return cell->front() != 0;
}

std::optional<Uuid> read_uuid(Cell cell) {
    if (!cell || cell->size() != 16) return std::nullopt;
    return Uuid::from_bytes(as_bytes(*cell).data());
}

std::optional<std::string> read_inet(Cell cell) {
    if (!cell || (cell->size() != 4 && cell->size() != 16)) return std::nullopt;
    char text[INET6_ADDRSTRLEN] = "";
    ::inet_ntop(cell->size() == 4 ? AF_INET : AF_INET6, cell->data(), text, sizeof text);
    return text;
}

std::optional<std::vector<std::string_view>> read_text_list(Cell cell) {
    if (!cell) return std::nullopt;
    WireReader in(*cell);
    std::vector<std::string_view> out;
    for (std::int32_t left = in.int_number(); left > 0 && !in.failed(); --left)
        if (const auto element = in.bytes()) out.push_back(*element);
    if (in.failed()) return std::nullopt;
    return out;
}

std::optional<std::vector<std::pair<std::string_view, std::string_view>>> read_text_map(Cell cell) {
    if (!cell) return std::nullopt;
    WireReader in(*cell);
    std::vector<std::pair<std::string_view, std::string_view>> out;
    for (std::int32_t left = in.int_number(); left > 0 && !in.failed(); --left) {
        const auto key = in.bytes();
        const auto value = in.bytes();
        if (key && value) out.emplace_back(*key, *value);
    }
    if (in.failed()) return std::nullopt;
    return out;
}

}  // namespace thingstead::cql
