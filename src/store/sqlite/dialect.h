// What the SQL files of our schemas mean in SQLite.
#pragma once
#include "store/migrations.h"

namespace thingstead::store::sqlite {

inline constexpr Dialect dialect{.id = "BLOB",
                                 .integer = "INTEGER",
                                 .text = "TEXT",
                                 .boolean = "INTEGER",
                                 .real = "REAL",
                                 .json = "TEXT",
                                 .bytes = "BLOB",
                                 .table = " STRICT",
                                 .clustered = " STRICT, WITHOUT ROWID",
                                 .by_time = " STRICT",
                                 .begin = "BEGIN IMMEDIATE"};

}  // namespace thingstead::store::sqlite
