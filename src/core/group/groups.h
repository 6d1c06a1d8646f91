// Groups of entities of one kind and owner: what may be shared as a whole.
//
// Each owner (a tenant, or a customer) has a group `All` of each kind, made when it is first asked
// for. It has no rows of members: what the owner has is in it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/entity/save.h"
#include "core/platform.h"
#include "model/entity_group.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

inline constexpr std::string_view group_all_name = "All";

/// Owners above one, from itself to the tenant; at most so many.
inline constexpr int owner_levels_max = 64;

/// The group, if the caller may do `operation` with it; its owner_id is set. Errors: not_found -
/// "Entity group with id […] is not found"; forbidden.
Result<model::EntityGroup> load_group(store::Reader& reader, const Caller& caller,
                                      Operation operation, model::EntityGroupId id);
/// The owner's group All of the kind; made if it is not there. No rights are asked for. Errors:
/// invalid_argument - there are no groups of the kind.
Result<model::EntityGroup> ensure_group_all(store::Transaction& transaction, model::TenantId tenant,
                                            model::CustomerId owner, model::EntityType type,
                                            EpochMs now_ms);
/// The owner, then the customers above it, then the tenant.
Result<std::vector<model::EntityId>> owners_of(store::Reader& reader, model::TenantId tenant,
                                               model::CustomerId owner);
/// The customer that `owner` is, no_customer for the caller's tenant. Errors: not_found - there is
/// no such customer in the tenant; forbidden - it is not the caller's own and not below it.
Result<model::CustomerId> load_owner(store::Reader& reader, const Caller& caller,
                                     model::EntityId owner);

/// Creates (null id) or updates: name, configuration and additional information. Errors:
/// invalid_argument, forbidden, not_found, conflict - as core::save().
Task<Result<Saved<model::EntityGroup>>> save_group(const Platform& platform, Caller caller,
                                                   model::EntityGroup group);
/// Its entities stay; what was granted on it goes. Errors: not_found, forbidden; invalid_argument -
/// it is a group All.
Task<Result<model::EntityGroup>> remove_group(const Platform& platform, Caller caller,
                                              model::EntityGroupId id);
Task<Result<model::EntityGroup>> get_group(const Platform& platform, Caller caller,
                                           model::EntityGroupId id);
/// By owner, kind and name. Errors: not_found, forbidden.
Task<Result<model::EntityGroup>> find_group(const Platform& platform, Caller caller,
                                            model::EntityId owner, model::EntityType type,
                                            std::string name);

/// Which groups a list has; those that the caller may read.
struct GroupList {
    enum class Of : std::uint8_t {
        caller,             ///< Of the caller's own owner.
        caller_and_shared,  ///< And those that roles give it beside.
        shared,             ///< Those alone.
        owner,              ///< Of `owner`.
        below_owner,        ///< And of the customers below it.
    };
    Of of = Of::caller;
    model::EntityType type = model::EntityType::device;
    model::EntityId owner{};
};
/// Errors: forbidden; not_found - the owner; invalid_argument - the kind, the page link.
Task<Result<store::Page<model::EntityGroup>>> page_groups(const Platform& platform, Caller caller,
                                                          GroupList list, store::PageLink link);

/// Owners of every group of a page, for answers that show them.
Task<Result<std::vector<std::vector<model::EntityId>>>> owners_of_groups(
    const Platform& platform, std::vector<model::EntityGroup> groups);

}  // namespace thingstead::core
