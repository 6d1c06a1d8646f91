// Rows: how a described struct becomes columns. A column's name is the field's in snake case
// (`deviceProfileId` → `device_profile_id`); ids are 16 ordered bytes, enumerations their names,
// JSON its text, everything else the nearest SQL type. The name of a table stands beside the
// describe() of its entity: `constexpr std::string_view table_name(const Device*)`.
// table_of, to_row and from_row are compiled once for each entity (rows/*.cpp), not wherever they
// are called; a struct of one's own is mapped with store/row_mapping.h.
#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::store {

/// A value in a column; monostate is NULL.
using Cell = std::variant<std::monostate, bool, std::int64_t, double, std::string, Uuid, Binary>;
using Row = std::vector<Cell>;

enum class ColumnKind : std::uint8_t { boolean, integer, real, text, id, json, binary };

struct Column {
    std::string field;  ///< As in describe().
    std::string name;   ///< In SQL.
    ColumnKind kind;
    bool searchable = false;
};

struct Table {
    std::string name;
    std::vector<Column> columns;
    std::vector<std::size_t> key{};  ///< Columns that tell rows apart: the id, or several.

    /// The column of a field of describe(), or null.
    const Column* find(std::string_view field) const;
};

std::string snake_case(std::string_view camel_case);
/// Text without NUL characters: no SQL database but SQLite takes them.
std::string without_nul(std::string_view text);

/// How a member is kept in a column; specialised for what is neither of the cases below.
///   static constexpr ColumnKind kind;
///   static Cell write(const T&);
///   static Result<T> read(const Cell&);   Errors: internal - the column holds something else.
template <class T>
struct ColumnCodec;

/// The table of an entity; built once.
template <Described T>
const Table& table_of();

Error wrong_cell(const Cell& cell, std::string_view expected);
Cell json_cell(const json::value& value);
Result<json::value> json_of_cell(const Cell& cell);

template <>
struct ColumnCodec<bool> {
    static constexpr ColumnKind kind = ColumnKind::boolean;
    static Cell write(bool value) { return value; }
    static Result<bool> read(const Cell& cell) {
        if (const bool* value = std::get_if<bool>(&cell)) return *value;
        return wrong_cell(cell, "a boolean");
    }
};

template <std::integral T>
    requires(!std::same_as<T, bool>)
struct ColumnCodec<T> {
    static constexpr ColumnKind kind = ColumnKind::integer;
    static Cell write(T value) { return static_cast<std::int64_t>(value); }
    static Result<T> read(const Cell& cell) {
        const std::int64_t* value = std::get_if<std::int64_t>(&cell);
        if (value && std::in_range<T>(*value)) return static_cast<T>(*value);
        return wrong_cell(cell, "an integer in range");
    }
};

template <>
struct ColumnCodec<double> {
    static constexpr ColumnKind kind = ColumnKind::real;
    static Cell write(double value) { return value; }
    static Result<double> read(const Cell& cell) {
        if (const double* value = std::get_if<double>(&cell)) return *value;
        return wrong_cell(cell, "a number");
    }
};

template <>
struct ColumnCodec<std::string> {
    static constexpr ColumnKind kind = ColumnKind::text;
    static Cell write(const std::string& value) { return without_nul(value); }
    static Result<std::string> read(const Cell& cell) {
        if (const std::string* value = std::get_if<std::string>(&cell)) return *value;
        return wrong_cell(cell, "a text");
    }
};

template <>
struct ColumnCodec<Uuid> {
    static constexpr ColumnKind kind = ColumnKind::id;
    static Cell write(const Uuid& value) { return value; }
    static Result<Uuid> read(const Cell& cell) {
        if (const Uuid* value = std::get_if<Uuid>(&cell)) return *value;
        return wrong_cell(cell, "an id");
    }
};

template <>
struct ColumnCodec<Binary> {
    static constexpr ColumnKind kind = ColumnKind::binary;
    static Cell write(const Binary& value) { return value; }
    static Result<Binary> read(const Cell& cell) {
        if (const Binary* value = std::get_if<Binary>(&cell)) return *value;
        return wrong_cell(cell, "bytes");
    }
};

template <model::EntityType Kind>
struct ColumnCodec<model::Id<Kind>> {
    static constexpr ColumnKind kind = ColumnKind::id;
    static Cell write(const model::Id<Kind>& value) { return value.uuid; }
    static Result<model::Id<Kind>> read(const Cell& cell) {
        const Result<Uuid> uuid = ColumnCodec<Uuid>::read(cell);
        if (!uuid) return uuid.error();
        return model::Id<Kind>{*uuid};
    }
};

template <>
struct ColumnCodec<model::PlainId> {
    static constexpr ColumnKind kind = ColumnKind::id;
    static Cell write(const model::PlainId& value) { return value.id; }
    static Result<model::PlainId> read(const Cell& cell) {
        const Result<Uuid> uuid = ColumnCodec<Uuid>::read(cell);
        if (!uuid) return uuid.error();
        return model::PlainId{*uuid};
    }
};

template <NamedEnum E>
struct ColumnCodec<E> {
    static constexpr ColumnKind kind = ColumnKind::text;
    static Cell write(E value) { return std::string(enum_name(value)); }
    static Result<E> read(const Cell& cell) {
        if (const std::string* name = std::get_if<std::string>(&cell))
            if (const std::optional<E> value = enum_value<E>(*name)) return *value;
        return wrong_cell(cell, "a name of the enumeration");
    }
};

template <>
struct ColumnCodec<model::EntityType> {
    static constexpr ColumnKind kind = ColumnKind::text;
    static Cell write(model::EntityType value) { return std::string(model::wire_name(value)); }
    static Result<model::EntityType> read(const Cell& cell) {
        if (const std::string* name = std::get_if<std::string>(&cell))
            if (const auto value = model::entity_type_of(*name)) return *value;
        return wrong_cell(cell, "an entity type");
    }
};

/// The id of an entity of any kind is "DEVICE:<uuid>".
template <>
struct ColumnCodec<model::EntityId> {
    static constexpr ColumnKind kind = ColumnKind::text;
    static Cell write(const model::EntityId& value) {
        return std::string(model::wire_name(value.type)) + ':' + value.uuid.to_string();
    }
    static Result<model::EntityId> read(const Cell& cell);
};

/// JSON null and SQL NULL are one.
template <>
struct ColumnCodec<json::value> {
    static constexpr ColumnKind kind = ColumnKind::json;
    static Cell write(const json::value& value) { return json_cell(value); }
    static Result<json::value> read(const Cell& cell) { return json_of_cell(cell); }
};

/// Lists and structs in a column are JSON; an empty list is none.
template <class T>
struct ColumnCodec<std::vector<T>> {
    static constexpr ColumnKind kind = ColumnKind::json;
    static Cell write(const std::vector<T>& values) {
        return values.empty() ? Cell() : json_cell(to_json(values));
    }
    static Result<std::vector<T>> read(const Cell& cell) {
        if (std::holds_alternative<std::monostate>(cell)) return std::vector<T>();
        const Result<json::value> value = json_of_cell(cell);
        if (!value) return value.error();
        return from_json<std::vector<T>>(*value, Binding::stored);
    }
};

template <Described T>
struct ColumnCodec<T> {
    static constexpr ColumnKind kind = ColumnKind::json;
    static Cell write(const T& value) { return json_cell(to_json(value)); }
    static Result<T> read(const Cell& cell) {
        if (std::holds_alternative<std::monostate>(cell)) return T{};
        const Result<json::value> value = json_of_cell(cell);
        if (!value) return value.error();
        return from_json<T>(*value, Binding::stored);
    }
};

template <class T>
struct ColumnCodec<std::optional<T>> {
    static constexpr ColumnKind kind = ColumnCodec<T>::kind;
    static Cell write(const std::optional<T>& value) {
        return value ? ColumnCodec<T>::write(*value) : Cell();
    }
    static Result<std::optional<T>> read(const Cell& cell) {
        if (std::holds_alternative<std::monostate>(cell)) return std::optional<T>();
        Result<T> value = ColumnCodec<T>::read(cell);
        if (!value) return value.error();
        return std::optional<T>(*std::move(value));
    }
};

/// The cells of an entity, in the order of table_of<T>().columns.
template <Described T>
Row to_row(const T& entity);

/// Errors: internal - the row does not fit; `detail` names table and column.
template <Described T>
Result<T> from_row(const Row& row);

}  // namespace thingstead::store
