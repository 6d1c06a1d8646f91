#include "store/rocksdb/layout.h"

#include <charconv>

#include "base/bytes.h"

namespace thingstead::store::rocks {
namespace {

constexpr std::uint8_t latest_version = 1;
constexpr std::uint64_t sign = std::uint64_t{1} << 63;

template <class T>
void append_big(std::string& out, T value) {
    std::byte bytes[sizeof value];
    store_big(bytes, value);
    out.append(as_text(bytes));
}

template <class T>
T big_at(std::string_view text, std::size_t at) {
    return load_big<T>(as_bytes(text).data() + at);
}

/// Negative times sort before positive ones.
std::uint64_t ordered(EpochMs ts) { return static_cast<std::uint64_t>(ts) ^ sign; }

Error damaged() { return {ErrorCode::malformed, "time-series row is damaged"}; }

}  // namespace

std::string entity_prefix(model::EntityId entity) {
    std::string out(1, static_cast<char>(entity.type));
    out.reserve(chunk_key_bytes);
    out.append(as_text(entity.uuid.ordered_bytes()));
    return out;
}

std::string series_prefix(model::EntityId entity, KeyId key) {
    std::string out = entity_prefix(entity);
    append_big(out, key);
    return out;
}

std::string chunk_key(std::string_view series, ChunkKey key) {
    std::string out;
    out.reserve(chunk_key_bytes);
    out.append(series);
    out.push_back(static_cast<char>(key.span_class));
    append_big(out, ordered(key.first_ts));
    append_big(out, key.sequence);
    return out;
}

std::optional<ChunkKey> parse_chunk_key(std::string_view row) {
    if (row.size() != chunk_key_bytes) return std::nullopt;
    const auto span_class = static_cast<std::uint8_t>(row[series_prefix_bytes]);
    if (span_class >= span_classes) return std::nullopt;
    return ChunkKey{.first_ts = static_cast<EpochMs>(
                        big_at<std::uint64_t>(row, series_prefix_bytes + 1) ^ sign),
                    .sequence = big_at<std::uint64_t>(row, series_prefix_bytes + 9),
                    .span_class = span_class};
}

std::string prefix_end(std::string prefix) {
    while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
    if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
    return prefix;
}

std::string number_row(std::uint64_t value) {
    std::string out;
    append_big(out, value);
    return out;
}

std::optional<std::uint64_t> parse_number_row(std::string_view row) {
    if (row.size() != 8) return std::nullopt;
    return big_at<std::uint64_t>(row, 0);
}

std::string offset_row(std::int32_t partition) {
    return std::string(offset_rows) + std::to_string(partition);
}

std::optional<std::int32_t> parse_offset_row(std::string_view row) {
    if (!row.starts_with(offset_rows)) return std::nullopt;
    row.remove_prefix(offset_rows.size());
    std::int32_t partition = 0;
    const auto [end, error] = std::from_chars(row.data(), row.data() + row.size(), partition);
    if (error != std::errc() || end != row.data() + row.size()) return std::nullopt;
    return partition;
}

std::string seal(std::string_view key, std::string body) {
    append_big(body, crc32c(as_bytes(body), crc32c(as_bytes(key))));
    return body;
}

Result<std::string_view> unseal(std::string_view key, std::string_view row) {
    if (row.size() < 4) return damaged();
    const std::string_view body = row.substr(0, row.size() - 4);
    if (big_at<std::uint32_t>(row, body.size()) != crc32c(as_bytes(body), crc32c(as_bytes(key))))
        return damaged();
    return body;
}

std::string latest_key(model::EntityId entity, std::string_view key) {
    return entity_prefix(entity).append(key);
}

std::string encode_latest(std::string_view row_key, const Latest& latest) {
    const CellValue value = cell_value(latest.value);
    std::string out;
    out.push_back(static_cast<char>(latest_version));
    out.push_back(static_cast<char>(value.kind));
    append_big(out, static_cast<std::uint64_t>(latest.ts));
    if (is_text(value.kind))
        out.append(value.text);
    else
        append_big(out, value.bits);
    return seal(row_key, std::move(out));
}

Result<Latest> decode_latest(std::string_view row_key, std::string_view row) {
    const Result<std::string_view> body = unseal(row_key, row);
    if (!body) return body.error();
    if (body->size() < 10 || body->front() != static_cast<char>(latest_version)) return damaged();
    const auto kind = static_cast<Kind>((*body)[1]);
    const std::string_view rest = body->substr(10);
    if (kind > Kind::json || (!is_text(kind) && rest.size() != 8)) return damaged();
    const std::uint64_t bits = is_text(kind) ? 0 : big_at<std::uint64_t>(rest, 0);
    return Latest{static_cast<EpochMs>(big_at<std::uint64_t>(*body, 2)),
                  make_value(kind, bits, is_text(kind) ? rest : "")};
}

}  // namespace thingstead::store::rocks
