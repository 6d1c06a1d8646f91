// Relations between entities: saving, removing, listing, and following them from a root.
// Source: the interface's relations; both ends are asked for rights where they are read.
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/entity/read.h"
#include "core/platform.h"
#include "model/relation.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// How deep relations are followed at most, whatever is asked.
inline constexpr int relation_level_max = 50;
/// How many relations a search follows or a list shows at most; more are an error.
inline constexpr std::int32_t relations_max = 100'000;
/// How long a search may take.
inline constexpr std::chrono::seconds relation_search_time_max{20};

// --- within a work of the caller's; no rights are asked for ---

/// Inserts, or replaces what has the same ends, type and group; returns it with its version.
Result<model::EntityRelation> put_relation(store::Transaction& transaction,
                                           model::EntityRelation relation);
/// Whether it was there.
Result<bool> drop_relation(store::Transaction& transaction, const model::EntityRelation& key);
/// Those of an end: FROM it, or TO it; `type` empty: any. Errors: too_large - over relations_max.
Result<std::vector<model::EntityRelation>> relations_of(store::Reader& reader, model::EntityId end,
                                                        model::SearchDirection direction,
                                                        model::RelationTypeGroup group,
                                                        const std::string& type = {});

/// The relations that are met when those of the group are followed from the root, each once, level
/// by level, and that one of `filters` fits (none: all). Every relation is followed, whether it
/// fits or not; cycles end where they close. With last_level_only, those at the deepest level that
/// was asked for or whose far end leads to none that fits. Errors: too_large - over relations_max;
/// timeout - over relation_search_time_max.
Result<std::vector<model::EntityRelation>> related_relations(
    store::Reader& reader, const model::RelationsSearch& search,
    const std::vector<model::RelationFilter>& filters, const Clock& clock);

/// Far ends of a kind, each once, in the order in which they are met; `relation_type` empty: any.
/// Errors: as related_relations(); not_found, forbidden - of the root, which the caller must be
/// able to read. The entities themselves are still to be checked.
Result<std::vector<Uuid>> related_entities(store::Reader& reader, const Caller& caller,
                                           const model::RelationsSearch& search,
                                           const std::string& relation_type, model::EntityType type,
                                           const Clock& clock);

// --- as users ask ---

/// Errors: invalid_argument - the interface's texts; not_found, forbidden - of an end.
Task<Result<model::EntityRelation>> save_relation(const Platform& platform, Caller caller,
                                                  model::EntityRelation relation);
/// Errors: as save_relation(); not_found - "Requested item wasn't found!".
Task<Result<model::EntityRelation>> delete_relation(const Platform& platform, Caller caller,
                                                    model::EntityRelation key);
/// Every relation of group COMMON that the entity has, both ways. Errors: not_found, forbidden.
Task<Result<>> delete_relations(const Platform& platform, Caller caller, model::EntityId entity);
/// Errors: not_found, forbidden.
Task<Result<model::EntityRelation>> get_relation(const Platform& platform, Caller caller,
                                                 model::EntityRelation key);

/// A list of the relations of one entity.
struct RelationList {
    model::EntityId end;
    model::SearchDirection direction = model::SearchDirection::from;
    model::RelationTypeGroup group = model::RelationTypeGroup::common;
    std::string type{};  ///< Empty: any.
};

/// With names; relations whose other end the caller may not read are left out. Errors: not_found,
/// forbidden - of the entity itself.
Task<Result<std::vector<model::EntityRelationInfo>>> list_relations(const Platform& platform,
                                                                    Caller caller,
                                                                    RelationList list);
/// The same for what a query finds.
Task<Result<std::vector<model::EntityRelationInfo>>> query_relations(const Platform& platform,
                                                                     Caller caller,
                                                                     model::RelationsQuery query);

/// A search for entities of one kind: POST /api/devices and the like.
struct RelatedSearch {
    model::RelationsSearch parameters;
    std::string relation_type{};
};

/// Related entities of kind T that the caller may read and `wanted` holds for. `wanted` must be
/// named by the caller before it is passed (a temporary would be destroyed twice).
template <class T>
Task<Result<std::vector<T>>> find_related(const Platform& platform, Caller caller,
                                          RelatedSearch search,
                                          std::function<bool(const T&)> wanted = {}) {
    const std::function<Result<std::vector<T>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::vector<T>> {
        const Result<std::vector<Uuid>> ids =
            related_entities(reader, caller, search.parameters, search.relation_type,
                             EntityKind<T>::type, platform.clock);
        if (!ids) return ids.error();
        std::vector<T> found;
        for (const Uuid& id : *ids) {
            Result<T> one = load<T>(reader, caller, Operation::read, IdOf<T>{id});
            if (one) {
                if (!wanted || wanted(*one)) found.push_back(*std::move(one));
            } else if (one.error().code != ErrorCode::not_found &&
                       one.error().code != ErrorCode::forbidden) {
                return one.error();
            }
        }
        return found;
    };
    co_return co_await read<std::vector<T>>(platform, work);
}

}  // namespace thingstead::core
