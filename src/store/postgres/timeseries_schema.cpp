#include "store/postgres/timeseries_schema.h"

#include <array>

namespace thingstead::store::postgres {
namespace {

// The order of the columns leaves no padding in a row. A nullable column that is NULL takes no
// room.
constexpr const char* tables = R"sql(
CREATE TABLE "key_dictionary" (
    "key" {text} NOT NULL PRIMARY KEY,
    "key_id" INTEGER GENERATED ALWAYS AS IDENTITY UNIQUE
);

CREATE TABLE "ts_kv" (
    "entity_id" {id} NOT NULL,
    "entity_type" SMALLINT NOT NULL,
    "key" INTEGER NOT NULL,
    "ts" {int} NOT NULL,
    "expires_ms" {int},
    "bool_v" {bool},
    "str_v" {text},
    "long_v" {int},
    "dbl_v" {real},
    "json_v" {json},
    PRIMARY KEY ("entity_id", "entity_type", "key", "ts")
) PARTITION BY RANGE ("ts");
CREATE INDEX "idx_ts_kv_expires_ms" ON "ts_kv" ("expires_ms") WHERE "expires_ms" IS NOT NULL;
CREATE TABLE "ts_kv_indefinite" PARTITION OF "ts_kv" DEFAULT;

CREATE TABLE "ts_kv_latest" (
    "entity_id" {id} NOT NULL,
    "entity_type" SMALLINT NOT NULL,
    "key" INTEGER NOT NULL,
    "ts" {int} NOT NULL,
    "bool_v" {bool},
    "str_v" {text},
    "long_v" {int},
    "dbl_v" {real},
    "json_v" {json},
    PRIMARY KEY ("entity_id", "entity_type", "key")
) WITH (fillfactor = 70);
)sql";

constexpr std::array migrations{
    Migration{1, "timeseries", tables},
};

}  // namespace

std::span<const Migration> timeseries_migrations() { return migrations; }

}  // namespace thingstead::store::postgres
