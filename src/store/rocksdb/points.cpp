#include "store/rocksdb/points.h"

#include <algorithm>
#include <bit>

#include "base/error.h"

namespace thingstead::store::rocks {

CellValue cell_value(const model::Value& value) {
    const auto kind = static_cast<Kind>(value.index());
    switch (kind) {
        case Kind::boolean: return {kind, std::get<bool>(value) ? 1u : 0u, {}};
        case Kind::integer: return {kind, static_cast<std::uint64_t>(std::get<1>(value)), {}};
        case Kind::real:    return {kind, std::bit_cast<std::uint64_t>(std::get<double>(value)), {}};
        case Kind::text:    return {kind, 0, std::get<std::string>(value)};
        case Kind::json:    return {kind, 0, std::get<model::JsonText>(value).text};
    }
    TS_ASSERT(false);
}

model::Value make_value(Kind kind, std::uint64_t bits, std::string_view text) {
    switch (kind) {
        case Kind::boolean: return bits != 0;
        case Kind::integer: return static_cast<std::int64_t>(bits);
        case Kind::real:    return std::bit_cast<double>(bits);
        case Kind::text:    return std::string(text);
        case Kind::json:    return model::JsonText{std::string(text)};
    }
    TS_ASSERT(false);
}

void Points::append(EpochMs ts, const CellValue& value, std::uint32_t expiry_s) {
    Cell cell{ts, value.bits, expiry_s, value.kind};
    if (is_text(value.kind)) {
        TS_ASSERT(text_.size() + value.text.size() <= text_bytes_max);
        cell.bits = static_cast<std::uint64_t>(text_.size()) << 32 | value.text.size();
        text_.append(value.text);
    }
    if (!cells_.empty() && ts <= cells_.back().ts) {
        if (ts == cells_.back().ts) {
            cells_.back() = cell;
            return;
        }
        settled_ = false;  // sorting once costs less than inserting each late point in its place
    }
    cells_.push_back(cell);
}

void Points::append(const Points& newer) {
    cells_.reserve(cells_.size() + newer.size());
    for (const Cell& cell : newer.cells_)
        append(
            cell.ts,
            {cell.kind, cell.bits, is_text(cell.kind) ? newer.text_of(cell) : std::string_view()},
            cell.expiry_s);
}

void Points::settle() {
    if (settled_) return;
    std::stable_sort(cells_.begin(), cells_.end(),
                     [](const Cell& a, const Cell& b) { return a.ts < b.ts; });
    std::size_t kept = 0;
    for (std::size_t i = 1; i < cells_.size(); ++i) {
        if (cells_[i].ts != cells_[kept].ts) ++kept;
        cells_[kept] = cells_[i];
    }
    cells_.resize(kept + 1);
    settled_ = true;
}

}  // namespace thingstead::store::rocks
