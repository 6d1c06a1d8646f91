// Points of one series in memory, 24 bytes each; texts lie in one string beside them.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/kv.h"

namespace thingstead::store::rocks {

/// The position of the alternative in model::Value; written to disk.
enum class Kind : std::uint8_t { boolean, integer, real, text, json };

inline bool is_text(Kind kind) { return kind >= Kind::text; }

struct Cell {
    EpochMs ts;
    std::uint64_t
        bits;  ///< The number's bits, or offset << 32 | length of a text beside the cells.
    std::uint32_t expiry_s;  ///< Unix time in seconds from which it is gone; 0: never.
    Kind kind;
};

/// Kind and number of a value; `text` lies beside the cells.
struct CellValue {
    Kind kind;
    std::uint64_t bits;
    std::string_view text;
};
CellValue cell_value(const model::Value& value);
model::Value make_value(Kind kind, std::uint64_t bits, std::string_view text);

/// Points in the order of arrival, until settle() puts them in the order of time.
class Points {
  public:
    /// Largest sum of the texts: an offset has 32 bits.
    static constexpr std::size_t text_bytes_max = 0xFFFF'FFFFu;

    /// A point with the ts of an older one replaces it, at the latest in settle().
    void append(EpochMs ts, const CellValue& value, std::uint32_t expiry_s);
    /// All cells of `newer`, which win over those here.
    void append(const Points& newer);
    /// Sorts by ts and keeps the last of equal ones.
    void settle();
    bool settled() const { return settled_; }

    bool empty() const { return cells_.empty(); }
    std::size_t size() const { return cells_.size(); }
    /// Rising by ts once settled.
    const std::vector<Cell>& cells() const { return cells_; }
    std::string_view text_of(const Cell& cell) const {
        return std::string_view(text_).substr(cell.bits >> 32, cell.bits & 0xFFFF'FFFFu);
    }
    model::Value value_of(const Cell& cell) const {
        return make_value(cell.kind, cell.bits, is_text(cell.kind) ? text_of(cell) : "");
    }
    std::size_t text_bytes() const { return text_.size(); }
    /// Memory held beside the object itself.
    std::size_t bytes() const {
        return cells_.capacity() * sizeof(Cell) +
               (text_.capacity() > 15 ? text_.capacity() + 1 : 0);
    }
    void reserve(std::size_t cells) { cells_.reserve(cells); }

  private:
    std::vector<Cell> cells_;
    std::string text_;
    bool settled_ = true;
};

}  // namespace thingstead::store::rocks
