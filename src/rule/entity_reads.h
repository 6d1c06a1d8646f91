// What nodes read of entities. No user asks here: everything is confined to the tenant of the
// message, and an entity of another tenant is one that is not there.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/entity/kind.h"
#include "model/relation.h"
#include "net/timer.h"
#include "rule/node.h"

namespace thingstead::rule {

/// Longest that a node waits for one answer of a store or queue.
inline constexpr std::chrono::milliseconds answer_time_max{20'000};

/// Runs a read and returns what it made; `work` is named by the caller, whose locals it may look
/// at. Errors: those of `work`; unavailable; timeout.
template <class T>
Task<Result<T>> read_entities(NodeServices& services,
                              std::function<Result<T>(store::Reader&)> work) {
    const auto made = std::make_shared<std::optional<T>>();
    const std::function<Result<>(store::Reader&)> whole =
        [made, asked = std::move(work)](store::Reader& reader) -> Result<> {
        Result<T> done = asked(reader);
        if (!done) return done.error();
        *made = *std::move(done);
        return {};
    };
    const Result<> done =
        co_await net::with_deadline(services.entities.read(whole), answer_time_max);
    if (!done) co_return done.error();
    co_return **std::move(made);
}

// --- within a read ---

/// The entity of the tenant with this id. Errors: those of the reader.
template <class T>
Result<std::optional<T>> find_own(store::Reader& reader, model::TenantId tenant, const Uuid& id) {
    Result<std::optional<T>> found = reader.find<T>({
        {"id", id}
    });
    if (found && *found && core::EntityKind<T>::tenant(**found) != tenant) *found = std::nullopt;
    return found;
}

/// Whose an entity is.
enum class Belongs : std::uint8_t { to_tenant, to_another, to_nobody };

/// to_nobody: it is not there, or none of its kind is stored.
Result<Belongs> owner_of(store::Reader& reader, model::TenantId tenant, model::EntityId entity);

/// The entity as the interface shows it, with each id as its UUID alone; nullopt: it is not there,
/// or none of its kind is stored.
Result<std::optional<json::object>> document_of(store::Reader& reader, model::TenantId tenant,
                                                model::EntityId entity);

/// The customer of an entity; a customer is its own. Errors: not_found - "Originator not found",
/// "Originator is not assigned to any customer"; unsupported - a kind that has no customer.
Result<model::CustomerId> customer_of(store::Reader& reader, model::TenantId tenant,
                                      model::EntityId entity);

/// `relationsQuery` of nodes.
struct RelationFilterConfig {
    std::string type;
    std::vector<model::EntityType> entity_types;
};
constexpr auto describe(const RelationFilterConfig*) {
    return fields(
        field("relationType", &RelationFilterConfig::type, "Type of the relation; empty: any."),
        field("entityTypes", &RelationFilterConfig::entity_types,
              "Kinds of the related entity; none: any."));
}
struct RelationsConfig {
    model::SearchDirection direction = model::SearchDirection::from;
    std::int32_t level_max = 1;
    std::vector<RelationFilterConfig> filters{
        {std::string(model::contains_type), {}}
    };
    bool last_level_only = false;
};
constexpr auto describe(const RelationsConfig*) {
    return fields(
        field("direction", &RelationsConfig::direction, "FROM the originator, or TO it."),
        field("maxLevel", &RelationsConfig::level_max, "How deep relations are followed; 0: all."),
        field("filters", &RelationsConfig::filters, "Which relations are meant; none: all."),
        field("fetchLastLevelOnly", &RelationsConfig::last_level_only,
              "Only what is found at the deepest level."));
}

/// What the query finds from `root`, each entity once, in the order in which they are met. Whose
/// they are is still to be checked. Errors: too_large, timeout - as core::related_relations().
Result<std::vector<model::EntityId>> related_to(store::Reader& reader, model::EntityId root,
                                                const RelationsConfig& query, const Clock& clock);
/// The first of them that is the tenant's; nullopt: none.
Result<std::optional<model::EntityId>> first_related(store::Reader& reader, model::TenantId tenant,
                                                     model::EntityId root,
                                                     const RelationsConfig& query,
                                                     const Clock& clock);

}  // namespace thingstead::rule
