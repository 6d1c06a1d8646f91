#include "store/postgres/key_ids.h"

#include <algorithm>
#include <set>
#include <vector>

namespace thingstead::store::postgres {
namespace {

const std::string find_key_ids_sql =
    R"(SELECT "key", "key_id" FROM "key_dictionary" WHERE "key" = ANY($1::text[]))";
// A number is used up for a key that another server put there just now, so look first.
const std::string add_sql =
    R"(INSERT INTO "key_dictionary" ("key") SELECT k FROM unnest($1::text[]) AS k WHERE NOT EXISTS (SELECT FROM "key_dictionary" WHERE "key" = k) ORDER BY k COLLATE "C" ON CONFLICT DO NOTHING)";
constexpr std::size_t keys_per_statement = 1'000;

}  // namespace

Result<> KeyIds::resolve(Connection& connection, PendingPoints& points) {
    if (known_.size() >= known_max) known_.clear();
    std::set<std::string, std::less<>> unknown;
    for (PendingPoint& point : points.points()) {
        const std::string_view key = points.text_at(point.key_at);
        const auto found = known_.find(key);
        point.key_id = found == known_.end() ? 0 : found->second;
        if (point.key_id == 0 && !unknown.contains(key)) unknown.emplace(key);
    }
    for (auto next = unknown.begin(); next != unknown.end();) {
        Array keys(Type::text);
        for (; next != unknown.end() && keys.size() < keys_per_statement; ++next)
            keys.add(std::string_view(*next));
        Parameters parameters;
        parameters.add(keys);
        const Result<Rows> added = connection.run(add_sql, parameters);
        if (!added) return added.error();
        const Result<Rows> ids = connection.run(find_key_ids_sql, parameters);
        if (!ids) return ids.error();
        for (std::size_t i = 0; i < ids->size(); ++i)
            known_.emplace(ids->text(i, 0), static_cast<std::int32_t>(ids->integer(i, 1)));
    }
    if (unknown.empty()) return {};
    for (PendingPoint& point : points.points()) {
        if (point.key_id != 0) continue;
        const auto found = known_.find(points.text_at(point.key_at));
        if (found != known_.end()) point.key_id = found->second;
    }
    return {};
}

}  // namespace thingstead::store::postgres
