// Rows: how a described struct becomes columns. A column's name is the field's in snake case
// (`deviceProfileId` → `device_profile_id`); ids are 16 ordered bytes, enumerations their names,
// JSON its text, everything else the nearest SQL type.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/json.h"
#include "model/entities.h"

namespace thingstead::store {

/// A value in a column; monostate is NULL.
using Cell = std::variant<std::monostate, bool, std::int64_t, double, std::string, Uuid>;
using Row = std::vector<Cell>;
/// Field name (as in describe()) and the value it must equal.
using Filter = std::vector<std::pair<std::string_view, Cell>>;

enum class ColumnKind : std::uint8_t { boolean, integer, real, text, id, json };

struct Column {
    std::string field;  ///< As in describe().
    std::string name;   ///< In SQL.
    ColumnKind kind;
    bool searchable = false;
};

struct Table {
    std::string name;
    std::vector<Column> columns;  ///< The first is the id.

    /// The column of a field of describe(), or null.
    const Column* find(std::string_view field) const;
};

/// Table name and searchable fields of an entity; specialised in store/tables.h.
template <class T>
struct TableName;

std::string snake_case(std::string_view camel_case);

}  // namespace thingstead::store
