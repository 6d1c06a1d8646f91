// What the routes of most entities do, whichever their kind: read one, save one, delete one; with
// the entry in the audit log and the message to the rule engine that belong to it.
#pragma once
#include <optional>
#include <string>
#include <utility>

#include "api/rest/audit_note.h"
#include "api/rest/call.h"
#include "api/rest/joined_groups.h"
#include "api/rest/json_text.h"
#include "api/rest/rule_events.h"
#include "core/audit.h"
#include "core/entity/read.h"
#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "model/msg.h"

namespace thingstead::api {

/// {entity: …} of the audit log; a kind with large or secret members says less.
template <class T>
json::value audited(const T& entity) {
    return to_json(entity);
}

/// A note of `action` with name and owner of the entity at hand.
template <class T>
core::AuditNote entity_note(model::ActionType action, const T& entity) {
    core::AuditNote note = note_of(action, model::EntityId(entity.id));
    note.entity_name = core::EntityKind<T>::name(entity);
    if constexpr (requires { entity.customer_id; }) note.entity_customer = entity.customer_id;
    return note;
}

/// The message of a write of `entity`: `type` is one of model::msg_type.
template <class T>
RuleEvent entity_event(std::string_view type, const T& entity) {
    RuleEvent event{type, model::EntityId(entity.id), text_of(entity)};
    if constexpr (requires { entity.customer_id; }) event.customer = entity.customer_id;
    event.metadata = {
        {"entityName", core::EntityKind<T>::name(entity)                },
        {"entityType", std::string(wire_name(core::EntityKind<T>::type))}
    };
    return event;
}

/// nameConflictPolicy, uniquifySeparator, uniquifyStrategy. Errors: invalid_argument.
Result<core::SaveOptions> save_options(const Call& call);
inline constexpr std::string_view name_policy_parameters =
    "nameConflictPolicy,uniquifySeparator,uniquifyStrategy";

/// Enters the save in the audit log and tells the rule engine of it.
template <class T>
Task<> tell_saved(const Services& services, core::Caller caller, T asked,
                  Result<core::Saved<T>> saved) {
    const bool fresh = saved ? saved->created : asked.id.uuid == Uuid{};
    const T& entity = saved ? saved->entity : asked;
    core::AuditNote note =
        entity_note(fresh ? model::ActionType::added : model::ActionType::updated, entity);
    note.data = json::object{
        {"entity", audited(entity)}
    };
    co_await audit(services, caller, std::move(note), saved);
    if (!saved) co_return;
    RuleEvent event = entity_event(
        fresh ? model::msg_type::entity_created : model::msg_type::entity_updated, entity);
    co_await tell_rules(services, std::move(caller), std::move(event));
}

/// Saves, puts it into the groups that the request names, and answers the entity as it is then.
template <class T>
Task<Result<net::Reply>> save_entity(Call call, T entity, core::SaveOptions options = {}) {
    Result<core::Saved<T>> saved =
        co_await core::save(call.services.platform, call.caller, entity, std::move(options));
    co_await tell_saved(call.services, call.caller, std::move(entity), saved);
    if (!saved) co_return saved.error();
    const Result<> joined = co_await join_asked_groups(call.services, call.caller,
                                                       asked_groups(call), saved->entity.id);
    if (!joined) co_return joined.error();
    co_return json_reply_of(saved->entity);
}

/// POST of the body as T.
template <class T>
Task<Result<net::Reply>> save_body(Call call) {
    Result<core::SaveOptions> options = save_options(call);
    if (!options) co_return options.error();
    Result<T> entity = call.body_as<T>();
    if (!entity) co_return entity.error();
    co_return co_await save_entity<T>(std::move(call), *std::move(entity), *std::move(options));
}

/// GET of the entity whose id is the last variable of the path.
template <class T>
Task<Result<net::Reply>> get_entity(Call call) {
    const Result<Uuid> id = parse_uuid(call.variables.back());
    if (!id) co_return id.error();
    const Result<T> entity =
        co_await core::get<T>(call.services.platform, call.caller, core::IdOf<T>{*id});
    if (!entity) co_return entity.error();
    co_return json_reply_of(*entity);
}

/// DELETE of the entity whose id is the last variable of the path; answers nothing.
template <class T>
Task<Result<net::Reply>> delete_entity(Call call) {
    const Result<Uuid> uuid = parse_uuid(call.variables.back());
    if (!uuid) co_return uuid.error();
    const core::IdOf<T> id{*uuid};
    const Result<T> removed = co_await core::remove<T>(call.services.platform, call.caller, id);
    core::AuditNote note = removed ? entity_note(model::ActionType::deleted, *removed)
                                   : note_of(model::ActionType::deleted, model::EntityId(id));
    co_await audit(call.services, call.caller, std::move(note), removed);
    if (!removed) co_return removed.error();
    RuleEvent event = entity_event(model::msg_type::entity_deleted, *removed);
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return net::Reply{};
}

/// Those of the ids in a query parameter that the caller may read.
template <class T>
Task<Result<net::Reply>> entities_by_ids(Call call, std::string_view parameter) {
    const Result<std::vector<Uuid>> uuids = call.uuids(parameter);
    if (!uuids) co_return uuids.error();
    std::vector<core::IdOf<T>> ids;
    for (const Uuid& id : *uuids) ids.push_back({id});
    const Result<std::vector<T>> found =
        co_await core::get_many<T>(call.services.platform, call.caller, std::move(ids));
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

/// A page of what the caller may read and `filter` says.
template <class T>
Task<Result<net::Reply>> page_of(Call call, store::Filter filter, store::PageLink link,
                                 core::OwnerFields fields = {}) {
    const Result<store::Page<T>> page = co_await core::page<T>(
        call.services.platform, call.caller, std::move(filter), std::move(link), fields);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

}  // namespace thingstead::api
