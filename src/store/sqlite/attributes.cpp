// The part of SqliteTransaction that keeps attributes.
#include <type_traits>

#include "store/sql/attribute_values.h"
#include "store/sqlite/sqlite_transaction.h"

namespace thingstead::store::sqlite {
namespace {

constexpr const char* select_one =
    R"(SELECT "attribute_key", "bool_v", "str_v", "long_v", "dbl_v", "json_v", "last_update_ts" FROM "attribute_kv" WHERE "entity_id" = ?1 AND "attribute_type" = ?2 AND "attribute_key" = ?3)";
constexpr const char* select_all =
    R"(SELECT "attribute_key", "bool_v", "str_v", "long_v", "dbl_v", "json_v", "last_update_ts" FROM "attribute_kv" WHERE "entity_id" = ?1 AND "attribute_type" = ?2 ORDER BY "attribute_key")";
// A value of another type replaces all five columns, so that exactly one stays set.
constexpr const char* upsert =
    R"(INSERT INTO "attribute_kv" ("entity_id", "attribute_type", "attribute_key", "bool_v", "str_v", "long_v", "dbl_v", "json_v", "last_update_ts")
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT ("entity_id", "attribute_type", "attribute_key") DO UPDATE SET
"bool_v" = excluded."bool_v", "str_v" = excluded."str_v", "long_v" = excluded."long_v",
"dbl_v" = excluded."dbl_v", "json_v" = excluded."json_v", "last_update_ts" = excluded."last_update_ts")";
constexpr const char* delete_one =
    R"(DELETE FROM "attribute_kv" WHERE "entity_id" = ?1 AND "attribute_type" = ?2 AND "attribute_key" = ?3)";
constexpr const char* delete_all = R"(DELETE FROM "attribute_kv" WHERE "entity_id" = ?1)";

model::Attribute attribute_of(const Statement& row) {
    model::Attribute attribute{row.text(0), false, row.integer(6)};
    if (!row.is_null(1))
        attribute.value = row.integer(1) != 0;
    else if (!row.is_null(2))
        attribute.value = row.text(2);
    else if (!row.is_null(3))
        attribute.value = row.integer(3);
    else if (!row.is_null(4))
        attribute.value = row.real(4);
    else
        attribute.value = model::JsonText{row.text(5)};
    return attribute;
}

void bind_value(Statement& statement, const model::Value& value) {
    std::visit(
        [&](const auto& held) {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, bool>)
                statement.bind(4, std::int64_t{held});
            else if constexpr (std::is_same_v<Held, std::string>)
                statement.bind(5, std::string_view(without_nul(held)));
            else if constexpr (std::is_same_v<Held, std::int64_t>)
                statement.bind(6, held);
            else if constexpr (std::is_same_v<Held, double>)
                statement.bind(7, Cell(held));
            else
                statement.bind(8, std::string_view(without_nul(held.text)));
        },
        value);
}

}  // namespace

Result<std::vector<model::Attribute>> SqliteTransaction::all_attributes(const Uuid& entity,
                                                                        std::int64_t scope) {
    Result<Statement> statement = prepare(select_all);
    if (!statement) return statement.error();
    statement->bind(1, entity).bind(2, scope);
    std::vector<model::Attribute> found;
    while (true) {
        const Result<bool> row = statement->step();
        if (!row) return row.error();
        if (!*row) return found;
        found.push_back(attribute_of(*statement));
    }
}

Result<std::vector<model::Attribute>> SqliteTransaction::attributes(
    model::EntityId entity, model::AttributeScope scope, const std::vector<std::string>& keys) {
    if (keys.empty()) return all_attributes(entity.uuid, sql::number_of(scope));
    std::vector<model::Attribute> found;
    // One look-up per key: a list of any length in one statement would be a statement per length.
    for (const std::string& key : sql::sorted_keys(keys)) {
        Result<Statement> statement = prepare(select_one);
        if (!statement) return statement.error();
        statement->bind(1, entity.uuid)
            .bind(2, sql::number_of(scope))
            .bind(3, std::string_view(key));
        const Result<bool> row = statement->step();
        if (!row) return row.error();
        if (*row) found.push_back(attribute_of(*statement));
    }
    return found;
}

Result<> SqliteTransaction::save_attributes(const AttributesWrite& write) {
    for (const model::KeyValue& each : write.values) {
        if (const Result<> finite = sql::require_finite(each); !finite) return finite;
        Result<Statement> statement = prepare(upsert);
        if (!statement) return statement.error();
        statement->bind(1, write.entity.uuid)
            .bind(2, sql::number_of(write.scope))
            .bind(3, std::string_view(without_nul(each.key)))
            .bind(9, write.last_update_ms);
        bind_value(*statement, each.value);
        if (Result<> done = statement->run(); !done) return done;
    }
    return {};
}

Result<std::vector<std::string>> SqliteTransaction::remove_attributes(
    model::EntityId entity, model::AttributeScope scope, const std::vector<std::string>& keys) {
    std::vector<std::string> removed;
    for (const std::string& key : sql::sorted_keys(keys)) {
        Result<Statement> statement = prepare(delete_one);
        if (!statement) return statement.error();
        statement->bind(1, entity.uuid)
            .bind(2, sql::number_of(scope))
            .bind(3, std::string_view(key));
        if (Result<> done = statement->run(); !done) return done.error();
        if (connection_.changes() > 0) removed.push_back(key);
    }
    return removed;
}

Result<> SqliteTransaction::remove_entity_attributes(model::EntityId entity) {
    Result<Statement> statement = prepare(delete_all);
    if (!statement) return statement.error();
    statement->bind(1, entity.uuid);
    return statement->run();
}

}  // namespace thingstead::store::sqlite
