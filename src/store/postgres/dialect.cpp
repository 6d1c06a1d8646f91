#include "store/postgres/dialect.h"

#include "store/sql/fold.h"

namespace thingstead::store::postgres {

std::string text_search_sql() {
    const sql::Alphabet letters = sql::folded_alphabet();
    // Of ASCII text alone, which most is, no letter has to be looked up in the long list.
    const std::string folded =
        R"(CASE WHEN octet_length($1) = length($1) THEN lower($1 COLLATE "C") ELSE translate(lower($1 COLLATE "C"), ')" +
        letters.upper + "', '" + letters.lower + "') END";
    return R"(CREATE OR REPLACE FUNCTION "contains_folded"(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$ SELECT COALESCE(strpos()" +
           folded + R"(, $2) > 0, false) $body$)";
}

std::string id_functions_sql() {
    // Of 32 digits: time_low 8, time_mid 4, version 1, time_hi 3, the rest 16.
    return R"(CREATE OR REPLACE FUNCTION "stored_id"(uuid) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT AS $body$
SELECT (substr(h, 14, 3) || substr(h, 9, 4) || substr(h, 1, 8) || substr(h, 13, 1) || substr(h, 17))::uuid FROM replace($1::text, '-', '') AS h $body$;
CREATE OR REPLACE FUNCTION "real_id"(uuid) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT AS $body$
SELECT (substr(h, 8, 8) || substr(h, 4, 4) || substr(h, 16, 1) || substr(h, 1, 3) || substr(h, 17))::uuid FROM replace($1::text, '-', '') AS h $body$;
)";
}

Result<std::size_t> migrate_alone(Connection& connection, const Dialect& words,
                                  std::span<const Migration> migrations, const std::string& after) {
    // The number means nothing; it only has to be ours. It goes with the session.
    if (const Result<> locked = connection.execute(
            "SET statement_timeout=0; SET lock_timeout=60000; SELECT pg_advisory_lock(7455021)");
        !locked)
        return locked.error();
    const Result<std::size_t> applied = migrate(connection, words, migrations);
    if (!applied) return applied.error();
    if (!after.empty())
        if (const Result<> done = connection.execute(after); !done) return done.error();
    if (const Result<> unlocked = connection.execute("SELECT pg_advisory_unlock(7455021)");
        !unlocked)
        return unlocked.error();
    return applied;
}

}  // namespace thingstead::store::postgres
