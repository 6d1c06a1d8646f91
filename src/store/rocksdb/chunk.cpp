#include "store/rocksdb/chunk.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include "store/rocksdb/bits.h"

namespace thingstead::store::rocks {
namespace {

constexpr std::uint8_t version = 1;

/// How the values of a chunk are packed. Written to disk.
enum class Packing : std::uint8_t { booleans, integers, decimals, reals, texts, jsons, mixed };

constexpr std::size_t block_numbers = 16;
constexpr unsigned width_bits = 7;

using Numbers = std::vector<std::uint64_t>;

/// Blocks of 16 numbers: the width of the widest, then each in that width. One outlier costs its
/// block, a constant costs 7 bits for 16 points.
void pack_numbers(std::string& out, std::span<const std::uint64_t> numbers) {
    BitWriter bits(out);
    while (!numbers.empty()) {
        const auto block = numbers.first(std::min(block_numbers, numbers.size()));
        std::uint64_t all = 0;
        for (const std::uint64_t number : block) all |= number;
        const auto width = static_cast<unsigned>(std::bit_width(all));
        bits.put(width, width_bits);
        for (const std::uint64_t number : block) bits.put(number, width);
        numbers = numbers.subspan(block.size());
    }
    bits.finish();
}

bool unpack_numbers(ByteSpan& in, std::span<std::uint64_t> numbers) {
    BitReader bits(in);
    for (std::size_t i = 0; i < numbers.size(); i += block_numbers) {
        const auto width = static_cast<unsigned>(bits.get(width_bits));
        if (width > 64) return false;
        const std::size_t end = std::min(i + block_numbers, numbers.size());
        for (std::size_t j = i; j < end; ++j) numbers[j] = bits.get(width);
    }
    in = bits.rest();
    return !bits.failed();
}

// Times: the greatest common divisor of the distances, then the change of distance in that unit.

void pack_times(std::string& out, std::span<const Cell> cells) {
    std::uint64_t unit = 0;
    for (std::size_t i = 1; i < cells.size(); ++i)
        unit = std::gcd(unit, static_cast<std::uint64_t>(cells[i].ts - cells[i - 1].ts));
    if (unit == 0) return;  // a single point
    append_varint(out, unit);
    Numbers changes;
    changes.reserve(cells.size());
    std::int64_t before = 0;
    for (std::size_t i = 1; i < cells.size(); ++i) {
        const std::int64_t distance =
            (cells[i].ts - cells[i - 1].ts) / static_cast<std::int64_t>(unit);
        changes.push_back(zigzag(distance - before));
        before = distance;
    }
    pack_numbers(out, changes);
}

bool unpack_times(ByteSpan& in, EpochMs first, std::int64_t span_ms, std::span<EpochMs> times) {
    times[0] = first;
    if (times.size() == 1) return span_ms == 0;
    std::uint64_t unit = 0;
    if (!take_varint(in, unit) || unit == 0 || unit >= chunk_span_ms_max) return false;
    std::array<std::uint64_t, chunk_points_max> changes;
    if (!unpack_numbers(in, std::span(changes).first(times.size() - 1))) return false;
    std::int64_t distance = 0;
    std::int64_t since_first = 0;
    for (std::size_t i = 1; i < times.size(); ++i) {
        const std::int64_t change = unzigzag(changes[i - 1]);
        if (change <= -chunk_span_ms_max || change >= chunk_span_ms_max) return false;
        distance += change;
        if (distance <= 0 || distance >= chunk_span_ms_max) return false;
        since_first += distance * static_cast<std::int64_t>(unit);
        if (since_first > span_ms) return false;
        times[i] = first + since_first;
    }
    return since_first == span_ms;
}

// Integers: the first, then the distances; all arithmetic is modulo 2^64.

void pack_integers(std::string& out, std::span<const std::uint64_t> values) {
    append_varint(out, zigzag(static_cast<std::int64_t>(values[0])));
    Numbers changes;
    changes.reserve(values.size());
    for (std::size_t i = 1; i < values.size(); ++i)
        changes.push_back(zigzag(static_cast<std::int64_t>(values[i] - values[i - 1])));
    pack_numbers(out, changes);
}

bool unpack_integers(ByteSpan& in, std::span<std::uint64_t> values) {
    std::uint64_t first = 0;
    if (!take_varint(in, first)) return false;
    values[0] = static_cast<std::uint64_t>(unzigzag(first));
    const auto changes = values.subspan(1);
    if (!unpack_numbers(in, changes)) return false;
    for (std::size_t i = 1; i < values.size(); ++i)
        values[i] = values[i - 1] + static_cast<std::uint64_t>(unzigzag(values[i]));
    return true;
}

// Doubles of few decimal places, which is what sensors send, are integers and a power of ten.

constexpr std::array<double, 10> powers_of_ten = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
constexpr double exact_integer_max = 9007199254740992.0;  // 2^53

std::optional<std::int64_t> scaled(double value, std::size_t places) {
    const double product = value * powers_of_ten[places];
    if (!(std::fabs(product) < exact_integer_max)) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(std::nearbyint(product));
    const double back = static_cast<double>(whole) / powers_of_ten[places];
    if (std::bit_cast<std::uint64_t>(back) != std::bit_cast<std::uint64_t>(value))
        return std::nullopt;
    return whole;
}

/// The fewest decimal places that give every value exactly, with the values in it.
std::optional<std::size_t> scale_all(std::span<const Cell> cells, Numbers& out) {
    std::size_t places = 0;
    for (std::size_t i = 0; i < cells.size();) {
        const auto whole = scaled(std::bit_cast<double>(cells[i].bits), places);
        if (whole) {
            out.push_back(static_cast<std::uint64_t>(*whole));
            ++i;
        } else {
            if (++places == powers_of_ten.size()) return std::nullopt;
            const double value = std::bit_cast<double>(cells[i].bits);
            while (!scaled(value, places))
                if (++places == powers_of_ten.size()) return std::nullopt;
            out.clear();
            i = 0;
        }
    }
    return places;
}

// Other doubles: XOR with the one before, its significant bits only.
// Source: Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series Database",
// 2015, 4.1.3.

void pack_reals(std::string& out, std::span<const Cell> cells) {
    BitWriter bits(out);
    std::uint64_t before = cells[0].bits;
    bits.put(before, 64);
    unsigned leading = 64, width = 0;  // the window in use; none yet
    for (const Cell& cell : cells.subspan(1)) {
        const std::uint64_t change = cell.bits ^ before;
        before = cell.bits;
        if (change == 0) {
            bits.put(0, 1);
            continue;
        }
        const auto zeros_before = std::min(31u, static_cast<unsigned>(std::countl_zero(change)));
        const auto zeros_after = static_cast<unsigned>(std::countr_zero(change));
        if (zeros_before >= leading && zeros_after >= 64 - leading - width) {
            bits.put(0b10, 2);
        } else {
            leading = zeros_before;
            width = 64 - leading - zeros_after;
            bits.put(0b11, 2);
            bits.put(leading, 5);
            bits.put(width - 1, 6);
        }
        bits.put(change >> (64 - leading - width), width);
    }
    bits.finish();
}

bool unpack_reals(ByteSpan& in, std::span<std::uint64_t> values) {
    BitReader bits(in);
    values[0] = bits.get(64);
    unsigned leading = 0, width = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
        values[i] = values[i - 1];
        if (bits.get(1) == 0) continue;
        if (bits.get(1) == 1) {
            leading = static_cast<unsigned>(bits.get(5));
            width = static_cast<unsigned>(bits.get(6)) + 1;
        }
        if (bits.failed() || width == 0 || leading + width > 64) return false;
        values[i] ^= bits.get(width) << (64 - leading - width);
    }
    in = bits.rest();
    return !bits.failed();
}

// Texts: length + 1 and the bytes, or 0 for "the same again".

void append_text(std::string& out, std::string_view text) {
    append_varint(out, text.size() + 1);
    out.append(text);
}

void pack_texts(std::string& out, const Points& run, std::span<const Cell> cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string_view text = run.text_of(cells[i]);
        if (i > 0 && text == run.text_of(cells[i - 1]))
            append_varint(out, 0);
        else
            append_text(out, text);
    }
}

bool take_text(ByteSpan& in, std::string_view& text) {
    std::uint64_t length = 0;
    if (!take_varint(in, length)) return false;
    if (length == 0) return true;  // the same again
    if (length - 1 > in.size()) return false;
    text = as_text(in.first(length - 1));
    in = in.subspan(length - 1);
    return true;
}

// Values of several kinds: a byte for the kind, then the value.

void pack_mixed(std::string& out, const Points& run, std::span<const Cell> cells) {
    for (const Cell& cell : cells) {
        out.push_back(static_cast<char>(cell.kind));
        if (is_text(cell.kind)) {
            append_text(out, run.text_of(cell));
        } else if (cell.kind == Kind::real) {
            std::byte eight[8];
            store_big(eight, cell.bits);
            out.append(as_text(eight));
        } else {
            append_varint(out, zigzag(static_cast<std::int64_t>(cell.bits)));
        }
    }
}

bool take_mixed(ByteSpan& in, CellValue& value) {
    if (in.empty() || in.front() > std::byte{static_cast<std::uint8_t>(Kind::json)}) return false;
    value = {static_cast<Kind>(in.front()), 0, {}};
    in = in.subspan(1);
    if (is_text(value.kind)) return take_text(in, value.text);
    if (value.kind == Kind::real) {
        if (in.size() < 8) return false;
        value.bits = load_big<std::uint64_t>(in.data());
        in = in.subspan(8);
        return true;
    }
    std::uint64_t packed = 0;
    if (!take_varint(in, packed)) return false;
    value.bits = static_cast<std::uint64_t>(unzigzag(packed));
    return value.kind == Kind::integer || value.bits <= 1;
}

void pack_numbers_of_cells(std::string& out, Packing packing, std::span<const Cell> cells) {
    Numbers values;
    values.reserve(cells.size());
    for (const Cell& cell : cells) values.push_back(cell.bits);
    if (packing == Packing::integers) {
        pack_integers(out, values);
        return;
    }
    BitWriter bits(out);
    for (const std::uint64_t value : values) bits.put(value, 1);
    bits.finish();
}

bool unpack_values(ByteSpan& in, Packing packing, std::span<std::uint64_t> values) {
    if (packing == Packing::integers) return unpack_integers(in, values);
    if (packing == Packing::reals) return unpack_reals(in, values);
    if (packing == Packing::booleans) {
        BitReader bits(in);
        for (std::uint64_t& value : values) value = bits.get(1);
        in = bits.rest();
        return !bits.failed();
    }
    if (in.empty() || in.front() >= std::byte{powers_of_ten.size()}) return false;
    const double power = powers_of_ten[static_cast<std::size_t>(in.front())];
    in = in.subspan(1);
    if (!unpack_integers(in, values)) return false;
    for (std::uint64_t& value : values)
        value = std::bit_cast<std::uint64_t>(static_cast<double>(static_cast<std::int64_t>(value)) /
                                             power);
    return true;
}

Packing packing_of(std::span<const Cell> cells) {
    const Kind kind = cells[0].kind;
    for (const Cell& cell : cells)
        if (cell.kind != kind) return Packing::mixed;
    switch (kind) {
        case Kind::boolean: return Packing::booleans;
        case Kind::integer: return Packing::integers;
        case Kind::real:    return Packing::reals;
        case Kind::text:    return Packing::texts;
        case Kind::json:    return Packing::jsons;
    }
    return Packing::mixed;
}

Error malformed() { return {ErrorCode::malformed, "time-series chunk is damaged"}; }

/// The header and how the values are packed; `in` is left at the times.
Result<ChunkHeader> take_header(ByteSpan& in, Packing& packing) {
    if (in.size() < 2 || in[0] != std::byte{version}) return malformed();
    if (in[1] > std::byte{static_cast<std::uint8_t>(Packing::mixed)}) return malformed();
    packing = static_cast<Packing>(in[1]);
    in = in.subspan(2);
    std::uint64_t points = 0, span_ms = 0, expiry_s = 0;
    if (!take_varint(in, points) || !take_varint(in, span_ms) || !take_varint(in, expiry_s))
        return malformed();
    if (points == 0 || points > chunk_points_max || span_ms >= chunk_span_ms_max ||
        expiry_s > 0xFFFF'FFFFu)
        return malformed();
    return ChunkHeader{points, static_cast<std::int64_t>(span_ms),
                       static_cast<std::uint32_t>(expiry_s)};
}

}  // namespace

Result<ChunkHeader> read_chunk_header(ByteSpan body) {
    Packing packing;
    return take_header(body, packing);
}

std::size_t chunk_cut(std::span<const Cell> cells) {
    std::size_t text_bytes = 0;
    const std::size_t most = std::min(cells.size(), chunk_points_max);
    for (std::size_t i = 0; i < most; ++i) {
        const Cell& cell = cells[i];
        // In unsigned arithmetic: the distance of two times may exceed the signed range.
        const auto span =
            static_cast<std::uint64_t>(cell.ts) - static_cast<std::uint64_t>(cells[0].ts);
        if (i > 0 && (span >= chunk_span_ms_max || text_bytes >= chunk_text_bytes ||
                      cell.expiry_s != cells[0].expiry_s))
            return i;
        if (is_text(cell.kind)) text_bytes += cell.bits & 0xFFFF'FFFFu;
    }
    return most;
}

std::string encode_chunk(const Points& run, std::span<const Cell> cells) {
    Packing packing = packing_of(cells);
    Numbers decimals;
    std::optional<std::size_t> places;
    if (packing == Packing::reals) places = scale_all(cells, decimals);
    if (places) packing = Packing::decimals;

    std::string out;
    out.reserve(64 + cells.size() * 4);
    out.push_back(static_cast<char>(version));
    out.push_back(static_cast<char>(packing));
    append_varint(out, cells.size());
    append_varint(out, static_cast<std::uint64_t>(cells.back().ts - cells.front().ts));
    append_varint(out, cells[0].expiry_s);
    pack_times(out, cells);
    switch (packing) {
        case Packing::booleans:
        case Packing::integers: pack_numbers_of_cells(out, packing, cells); break;
        case Packing::decimals:
            out.push_back(static_cast<char>(*places));
            pack_integers(out, decimals);
            break;
        case Packing::reals: pack_reals(out, cells); break;
        case Packing::texts:
        case Packing::jsons: pack_texts(out, run, cells); break;
        case Packing::mixed: pack_mixed(out, run, cells); break;
    }
    return out;
}

Result<> decode_chunk(EpochMs first_ts, ByteSpan body, Points& out) {
    Packing packing;
    const Result<ChunkHeader> header = take_header(body, packing);
    if (!header) return header.error();
    std::array<EpochMs, chunk_points_max> time_space;
    const auto times = std::span(time_space).first(header->points);
    if (first_ts > std::numeric_limits<EpochMs>::max() - header->span_ms ||
        !unpack_times(body, first_ts, header->span_ms, times))
        return malformed();

    const bool texts = packing == Packing::texts || packing == Packing::jsons;
    const std::size_t text_before = out.text_bytes();
    CellValue value{packing == Packing::texts ? Kind::text : Kind::json, 0, {}};
    if (texts || packing == Packing::mixed) {
        for (const EpochMs ts : times) {
            if (!(texts ? take_text(body, value.text) : take_mixed(body, value)))
                return malformed();
            // "The same again" must not blow a small chunk up beyond what chunk_cut() allows.
            if (out.text_bytes() - text_before >= chunk_text_bytes && ts != times[0])
                return malformed();
            if (value.text.size() > Points::text_bytes_max - out.text_bytes()) return malformed();
            out.append(ts, value, header->expiry_s);
        }
    } else {
        std::array<std::uint64_t, chunk_points_max> value_space;
        const auto values = std::span(value_space).first(header->points);
        if (!unpack_values(body, packing, values)) return malformed();
        value.kind = packing == Packing::booleans   ? Kind::boolean
                     : packing == Packing::integers ? Kind::integer
                                                    : Kind::real;
        for (std::size_t i = 0; i < times.size(); ++i) {
            value.bits = values[i];
            out.append(times[i], value, header->expiry_s);
        }
    }
    if (!body.empty()) return malformed();
    return {};
}

}  // namespace thingstead::store::rocks
