// What is in groups, and who owns it.
#include "api/rest/entity_calls.h"
#include "api/rest/entity_group/handlers.h"
#include "api/rest/joined_groups.h"
#include "core/group/members.h"
#include "core/group/owner.h"

namespace thingstead::api::entity_group {
namespace {

using model::ActionType;
using model::EntityGroupId;
using model::EntityInfo;

/// A body that is a list of ids as texts.
Result<std::vector<Uuid>> ids_of_body(const Call& call, bool may_be_absent) {
    if (may_be_absent && call.request.body.empty()) return std::vector<Uuid>();
    const Result<json::value> body = call.body();
    if (!body) return body.error();
    if (may_be_absent && body->is_null()) return std::vector<Uuid>();
    return from_json<std::vector<Uuid>>(*body);
}

Task<Result<net::Reply>> change_entities(Call call, bool add) {
    const auto id = call.id<EntityGroupId>("entityGroupId");
    if (!id) co_return id.error();
    Result<std::vector<Uuid>> ids = ids_of_body(call, false);
    if (!ids) co_return ids.error();
    Task<Result<core::GroupMembers>> change =
        add ? core::add_to_group(call.services.platform, call.caller, *id, *std::move(ids))
            : core::remove_from_group(call.services.platform, call.caller, *id, *std::move(ids));
    Result<core::GroupMembers> done = co_await std::move(change);
    if (!done) {
        core::AuditNote note = note_of(
            add ? ActionType::added_to_entity_group : ActionType::removed_from_entity_group, *id);
        co_await audit(call.services, call.caller, std::move(note), done);
        co_return done.error();
    }
    co_await tell_members(call.services, call.caller, *std::move(done), add);
    co_return net::Reply{};
}

/// A page of T, of which the group says which.
template <class T>
Task<Result<net::Reply>> page_of_group(Call call, core::OwnerFields fields = {}) {
    const auto id = call.id<EntityGroupId>("entityGroupId");
    if (!id) co_return id.error();
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    Result<store::Filter> filter = co_await core::group_filter(call.services.platform, call.caller,
                                                               *id, core::EntityKind<T>::type);
    if (!filter) co_return filter.error();
    co_return co_await page_of<T>(std::move(call), *std::move(filter), *std::move(link), fields);
}

/// An owner as lists of them show it: the whole entity.
Task<Result<std::string>> owner_text(Call call, model::EntityId owner) {
    if (owner.type == model::EntityType::customer) {
        const auto customer = co_await core::get<model::Customer>(
            call.services.platform, call.caller, model::CustomerId{owner.uuid});
        if (!customer) co_return customer.error();
        co_return text_of(*customer);
    }
    const auto tenant = co_await core::get<model::Tenant>(call.services.platform, call.caller,
                                                          model::TenantId{owner.uuid});
    if (!tenant) co_return tenant.error();
    co_return text_of(*tenant);
}

}  // namespace

Task<Result<net::Reply>> add_entities(Call call) { return change_entities(std::move(call), true); }
Task<Result<net::Reply>> remove_entities(Call call) {
    return change_entities(std::move(call), false);
}

Task<Result<net::Reply>> list_entities(Call call) {
    const auto id = call.id<EntityGroupId>("entityGroupId");
    if (!id) co_return id.error();
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page =
        co_await core::page_members(call.services.platform, call.caller, *id, *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

Task<Result<net::Reply>> get_entity_of_group(Call call) {
    const auto id = call.id<EntityGroupId>("entityGroupId");
    if (!id) co_return id.error();
    const Result<Uuid> entity = call.uuid("entityId");
    if (!entity) co_return entity.error();
    const auto found = co_await core::get_member(call.services.platform, call.caller, *id, *entity);
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

Task<Result<net::Reply>> groups_of_entity(Call call) {
    const Result<model::EntityId> entity = call.entity();
    if (!entity) co_return entity.error();
    const auto ids = co_await core::groups_of_entity(call.services.platform, call.caller, *entity);
    if (!ids) co_return ids.error();
    co_return json_reply_of(*ids);
}

Task<Result<net::Reply>> list_group_devices(Call call) {
    return page_of_group<model::Device>(std::move(call));
}
Task<Result<net::Reply>> list_group_customers(Call call) {
    core::OwnerFields fields;
    fields.owner = "id";
    return page_of_group<model::Customer>(std::move(call), fields);
}
Task<Result<net::Reply>> list_group_users(Call call) {
    return page_of_group<model::User>(std::move(call));
}

Task<Result<net::Reply>> owner_info(Call call) {
    const auto owner = owner_in_path(call);
    if (!owner) co_return owner.error();
    const auto info = co_await core::get_owner(call.services.platform, call.caller, *owner);
    if (!info) co_return info.error();
    co_return json_reply_of(*info);
}

Task<Result<net::Reply>> list_owner_infos(Call call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page =
        co_await core::page_owners(call.services.platform, call.caller, *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

Task<Result<net::Reply>> list_owners(Call call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page =
        co_await core::page_owners(call.services.platform, call.caller, *std::move(link));
    if (!page) co_return page.error();
    std::vector<std::string> texts;
    for (const EntityInfo& each : page->data) {
        Result<std::string> text = co_await owner_text(call, each.id);
        if (!text) co_return text.error();
        texts.push_back(*std::move(text));
    }
    co_return json_reply(page_text(*page, [&](std::string& out, const EntityInfo& each) {
        out += texts[static_cast<std::size_t>(&each - page->data.data())];
    }));
}

Task<Result<net::Reply>> change_owner(Call call) {
    const auto owner = call.uuid("ownerId");
    if (!owner) co_return owner.error();
    const bool to_tenant = call.route.pattern.find("/TENANT/") != std::string_view::npos;
    const model::EntityId after(to_tenant ? model::EntityType::tenant : model::EntityType::customer,
                                *owner);
    const Result<model::EntityId> entity = call.entity();
    if (!entity) co_return entity.error();
    const Result<std::vector<Uuid>> ids = ids_of_body(call, true);
    if (!ids) co_return ids.error();
    std::vector<EntityGroupId> groups;
    for (const Uuid& each : *ids) groups.push_back({each});
    const auto done = co_await core::change_owner(call.services.platform, call.caller, after,
                                                  *entity, std::move(groups));
    core::AuditNote note = note_of(ActionType::change_owner, *entity);
    if (done) note.entity_name = done->entity.name;
    add_data(note, "targetOwnerId", to_json(after));
    co_await audit(call.services, call.caller, std::move(note), done);
    if (!done) co_return done.error();
    if (!done->changed) co_return net::Reply{};
    RuleEvent event{model::msg_type::owner_changed, *entity, "{}"};
    event.metadata.emplace_back("entityName", done->entity.name);
    event.metadata.emplace_back("targetOwnerId", after.uuid.to_string());
    event.metadata.emplace_back("targetOwnerType", std::string(wire_name(after.type)));
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return net::Reply{};
}

}  // namespace thingstead::api::entity_group
