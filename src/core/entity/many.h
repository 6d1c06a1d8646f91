// Many rows by their ids, in a few queries.
#pragma once
#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/entity_store.h"

namespace thingstead::core {

/// Values of one query: databases limit them.
inline constexpr std::size_t ids_per_query_max = 500;

/// Calls `take` with parts of `ids`, each once, that are small enough for a query.
template <class Take>
Result<> in_parts(std::vector<Uuid> ids, Take take) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    for (std::size_t at = 0; at < ids.size(); at += ids_per_query_max) {
        const std::size_t end = std::min(at + ids_per_query_max, ids.size());
        const std::vector<Uuid> part(ids.begin() + static_cast<std::ptrdiff_t>(at),
                                     ids.begin() + static_cast<std::ptrdiff_t>(end));
        if (Result<> done = take(part); !done) return done;
    }
    return {};
}

/// Those of `ids` that are there. No rights are asked for.
template <class T>
Result<std::unordered_map<Uuid, T>> find_many(store::Reader& reader, std::vector<Uuid> ids) {
    std::unordered_map<Uuid, T> found;
    const Result<> done = in_parts(std::move(ids), [&](const std::vector<Uuid>& part) -> Result<> {
        auto rows = reader.all<T>({store::one_of("id", part)});
        if (!rows) return rows.error();
        for (T& each : *rows) {
            const Uuid id = each.id.uuid;
            found.emplace(id, std::move(each));
        }
        return {};
    });
    if (!done) return done.error();
    return found;
}

}  // namespace thingstead::core
