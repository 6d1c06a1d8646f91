// What may not be twice in a table: read from the schema, for writes that never reach a database.
#pragma once
#include <string>
#include <vector>

#include "rule/replay/row_overlay.h"

namespace thingstead::rule {

/// A unique index of the schema.
struct UniqueRule {
    std::string name;  ///< As a conflict names it.
    std::string table;
    std::vector<std::string> columns;  ///< By their names in SQL.
    std::string only_with{};           ///< A column that must have a value; empty: any row.
    std::string only_without{};        ///< A column that must be false; empty: any row.
};

/// Of all migrations, in their order.
const std::vector<UniqueRule>& unique_rules();

/// Errors: conflict - another row has what may not be twice; `message` is the rule's name.
Result<> check_unique(MergedRows& rows, const store::Table& table, const store::Row& row);

}  // namespace thingstead::rule
