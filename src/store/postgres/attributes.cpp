// The part of PostgresTransaction that keeps attributes.
#include <algorithm>
#include <map>

#include "store/postgres/postgres_transaction.h"
#include "store/postgres/values.h"
#include "store/sql/attribute_values.h"

namespace thingstead::store::postgres {
namespace {

const std::string select_all =
    R"(SELECT "attribute_key", "last_update_ts", "bool_v", "str_v", "long_v", "dbl_v", "json_v" FROM "attribute_kv" WHERE "entity_id" = $1 AND "attribute_type" = $2 ORDER BY "attribute_key")";
const std::string select_some =
    R"(SELECT "attribute_key", "last_update_ts", "bool_v", "str_v", "long_v", "dbl_v", "json_v" FROM "attribute_kv" WHERE "entity_id" = $1 AND "attribute_type" = $2 AND "attribute_key" = ANY($3::text[]) ORDER BY "attribute_key")";
// A value of another type replaces all five columns, so that exactly one stays set.
const std::string upsert =
    R"(INSERT INTO "attribute_kv" ("entity_id", "attribute_type", "last_update_ts", "attribute_key", "bool_v", "str_v", "long_v", "dbl_v", "json_v")
SELECT $1::uuid, $2::bigint, $3::bigint, * FROM unnest($4::text[], $5::boolean[], $6::text[], $7::bigint[], $8::float8[], $9::text[])
ON CONFLICT ("entity_id", "attribute_type", "attribute_key") DO UPDATE SET
"bool_v" = excluded."bool_v", "str_v" = excluded."str_v", "long_v" = excluded."long_v",
"dbl_v" = excluded."dbl_v", "json_v" = excluded."json_v", "last_update_ts" = excluded."last_update_ts")";
const std::string delete_some =
    R"(DELETE FROM "attribute_kv" WHERE "entity_id" = $1 AND "attribute_type" = $2 AND "attribute_key" = ANY($3::text[]) RETURNING "attribute_key")";
const std::string delete_all = R"(DELETE FROM "attribute_kv" WHERE "entity_id" = $1)";

Parameters parameters_of(const Uuid& entity, model::AttributeScope scope,
                         const std::vector<std::string>& keys) {
    Array names(Type::text);
    for (const std::string& key : sql::sorted_keys(keys)) names.add(std::string_view(key));
    Parameters parameters;
    parameters.add(entity).add(sql::number_of(scope)).add(names);
    return parameters;
}

}  // namespace

Result<std::vector<model::Attribute>> PostgresTransaction::attributes(
    model::EntityId entity, model::AttributeScope scope, const std::vector<std::string>& keys) {
    Parameters all;
    all.add(entity.uuid).add(sql::number_of(scope));
    const Result<Rows> rows = keys.empty()
                                  ? run(select_all, all)
                                  : run(select_some, parameters_of(entity.uuid, scope, keys));
    if (!rows) return rows.error();
    std::vector<model::Attribute> found;
    found.reserve(rows->size());
    for (std::size_t i = 0; i < rows->size(); ++i)
        found.push_back(
            {std::string(rows->text(i, 0)), value_of(*rows, i, 2), rows->integer(i, 1)});
    return found;
}

Result<> PostgresTransaction::save_attributes(const AttributesWrite& write) {
    // One statement cannot change a row twice, and locks in one order never wait in a circle.
    std::map<std::string, const model::Value*> last;
    for (const model::KeyValue& each : write.values) {
        if (const Result<> finite = sql::require_finite(each); !finite) return finite;
        last[without_nul(each.key)] = &each.value;
    }
    if (last.empty()) return {};
    Array keys(Type::text);
    ValueArrays values;
    for (const auto& [key, value] : last) {
        keys.add(std::string_view(key));
        values.add(*value);
    }
    Parameters parameters;
    parameters.add(write.entity.uuid)
        .add(sql::number_of(write.scope))
        .add(std::int64_t{write.last_update_ms})
        .add(keys);
    values.to(parameters);
    const Result<Rows> done = run(upsert, parameters);
    if (!done) return done.error();
    return {};
}

Result<std::vector<std::string>> PostgresTransaction::remove_attributes(
    model::EntityId entity, model::AttributeScope scope, const std::vector<std::string>& keys) {
    if (keys.empty()) return std::vector<std::string>();
    const Result<Rows> rows = run(delete_some, parameters_of(entity.uuid, scope, keys));
    if (!rows) return rows.error();
    std::vector<std::string> removed;
    for (std::size_t i = 0; i < rows->size(); ++i) removed.emplace_back(rows->text(i, 0));
    std::sort(removed.begin(), removed.end());
    return removed;
}

Result<> PostgresTransaction::remove_entity_attributes(model::EntityId entity) {
    Parameters parameters;
    parameters.add(entity.uuid);
    const Result<Rows> done = run(delete_all, parameters);
    if (!done) return done.error();
    return {};
}

}  // namespace thingstead::store::postgres
