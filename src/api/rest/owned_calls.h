// What the routes of entities that belong to customers do alike, devices, assets and entity views:
// lists with names, assignment, types.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/rest/entity_calls.h"
#include "core/entity/assign.h"
#include "core/entity/shown.h"
#include "core/permission/check.h"

namespace thingstead::api {

/// A kind of such entities; specialised by its resource:
///   /// What the query parameters of a list say; `infos`: of one with names.
///   static Result<store::Filter> filter(const Call& call, bool infos);
///   /// What a list can be sorted by beside the entity's own fields.
///   static std::vector<store::Lookup> lookups(bool infos);
///   /// Behind customerTitle and customerIsPublic.
///   static void append_more(std::string& out, const core::Shown<T>& shown);
template <class T>
struct OwnedLists;

/// customerTitle, searched in lists with names.
store::Lookup customer_title_lookup(bool infos);
/// `type`, if it is given.
void add_type_filter(const Call& call, store::Filter& filter);
/// A UUID of a query parameter, if it is given. Errors: invalid_argument.
Result<> add_id_filter(const Call& call, std::string_view parameter, std::string_view field,
                       store::Filter& filter);
/// {customerId} of the path, whose things the caller may look at. Errors: not_found, forbidden.
Task<Result<model::CustomerId>> listed_customer(Call call);
/// [{"tenantId","entityType","type"}]
std::string types_text(model::TenantId tenant, model::EntityType type,
                       const std::vector<std::string>& types);
/// Routes of edges: there are none.
Task<Result<net::Reply>> edges_unsupported(Call call);

template <class T>
void append_shown(std::string& out, const core::Shown<T>& shown) {
    out += '{';
    append_members(out, shown.entity);
    out += ",\"customerTitle\":";
    append_text(out, shown.customer_title);
    out += ",\"customerIsPublic\":";
    append_text(out, shown.customer_is_public);
    OwnedLists<T>::append_more(out, shown);
    out += '}';
}

template <class T>
Task<Result<net::Reply>> get_owned_info(Call call) {
    const Result<Uuid> id = parse_uuid(call.variables.back());
    if (!id) co_return id.error();
    const Result<core::Shown<T>> shown =
        co_await core::get_shown<T>(call.services.platform, call.caller, core::IdOf<T>{*id});
    if (!shown) co_return shown.error();
    std::string body;
    append_shown(body, *shown);
    co_return json_reply(std::move(body));
}

namespace detail {

struct OwnedList {
    store::Filter filter;
    store::PageLink link;
};

template <class T>
Result<OwnedList> owned_list(const Call& call, bool infos,
                             std::optional<model::CustomerId> customer) {
    Result<store::PageLink> link = call.page_link();
    if (!link) return link.error();
    link->lookups = OwnedLists<T>::lookups(infos);
    Result<store::Filter> filter = OwnedLists<T>::filter(call, infos);
    if (!filter) return filter.error();
    if (customer) filter->emplace_back("customerId", customer->uuid);
    return OwnedList{*std::move(filter), *std::move(link)};
}

template <class T>
Task<Result<net::Reply>> answer_owned(Call call, bool infos,
                                      std::optional<model::CustomerId> customer) {
    Result<OwnedList> list = owned_list<T>(call, infos, customer);
    if (!list) co_return list.error();
    if (!infos)
        co_return co_await page_of<T>(std::move(call), std::move(list->filter),
                                      std::move(list->link));
    const Result<store::Page<core::Shown<T>>> page = co_await core::page_shown<T>(
        call.services.platform, call.caller, std::move(list->filter), std::move(list->link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, append_shown<T>));
}

template <class T>
Task<Result<net::Reply>> answer_owned_of_customer(Call call, bool infos) {
    const Result<model::CustomerId> customer = co_await listed_customer(call);
    if (!customer) co_return customer.error();
    co_return co_await answer_owned<T>(std::move(call), infos, *customer);
}

/// Audit entry and message of an assignment, and the entity as the answer.
template <class T>
Task<Result<net::Reply>> answer_assignment(Call call, core::IdOf<T> id, bool assigned,
                                           Result<core::Assigned<T>> done) {
    const std::string prefix = assigned ? "assigned" : "unassigned";
    const model::ActionType action = assigned ? model::ActionType::assigned_to_customer
                                              : model::ActionType::unassigned_from_customer;
    core::AuditNote note =
        done ? entity_note(action, done->entity) : note_of(action, model::EntityId(id));
    if (done) {
        note.data = json::object{
            {"entityId", id.to_string()}
        };
        add_data(note, prefix + "CustomerId", json::value(done->customer.id.to_string()));
        add_data(note, prefix + "CustomerName", json::value(done->customer.title));
    }
    co_await audit(call.services, call.caller, std::move(note), done);
    if (!done) co_return done.error();
    RuleEvent event = entity_event(
        assigned ? model::msg_type::entity_assigned : model::msg_type::entity_unassigned,
        done->entity);
    event.metadata.emplace_back(prefix + "CustomerId", done->customer.id.to_string());
    event.metadata.emplace_back(prefix + "CustomerName", done->customer.title);
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return json_reply_of(done->entity);
}

}  // namespace detail

template <class T>
Task<Result<net::Reply>> list_of_tenant(Call call) {
    return detail::answer_owned<T>(std::move(call), false, std::nullopt);
}
template <class T>
Task<Result<net::Reply>> infos_of_tenant(Call call) {
    return detail::answer_owned<T>(std::move(call), true, std::nullopt);
}
template <class T>
Task<Result<net::Reply>> list_of_customer(Call call) {
    return detail::answer_owned_of_customer<T>(std::move(call), false);
}
template <class T>
Task<Result<net::Reply>> infos_of_customer(Call call) {
    return detail::answer_owned_of_customer<T>(std::move(call), true);
}

/// GET of the one whose name is the query parameter.
template <class T>
Task<Result<net::Reply>> named_entity(Call call, std::string parameter) {
    Result<std::string> name = call.required(parameter);
    if (!name) co_return name.error();
    if (model::is_blank(*name))
        co_return core::invalid("Parameter '" + parameter + "' can't be empty!");
    const Result<T> entity =
        co_await core::get_by_name<T>(call.services.platform, call.caller, *std::move(name));
    if (!entity) co_return entity.error();
    co_return json_reply_of(*entity);
}

/// {customerId}, and the entity's id as the last variable.
template <class T>
Task<Result<net::Reply>> assign_owned(Call call) {
    const auto customer = call.id<model::CustomerId>("customerId");
    if (!customer) co_return customer.error();
    const Result<Uuid> uuid = parse_uuid(call.variables.back());
    if (!uuid) co_return uuid.error();
    const core::IdOf<T> id{*uuid};
    Result<core::Assigned<T>> done =
        co_await core::assign_to_customer<T>(call.services.platform, call.caller, *customer, id);
    co_return co_await detail::answer_assignment<T>(std::move(call), id, true, std::move(done));
}

template <class T>
Task<Result<net::Reply>> assign_owned_to_public(Call call) {
    const Result<Uuid> uuid = parse_uuid(call.variables.back());
    if (!uuid) co_return uuid.error();
    const core::IdOf<T> id{*uuid};
    Result<core::Assigned<T>> done =
        co_await core::assign_to_public<T>(call.services.platform, call.caller, id);
    co_return co_await detail::answer_assignment<T>(std::move(call), id, true, std::move(done));
}

template <class T>
Task<Result<net::Reply>> unassign_owned(Call call) {
    const Result<Uuid> uuid = parse_uuid(call.variables.back());
    if (!uuid) co_return uuid.error();
    const core::IdOf<T> id{*uuid};
    Result<core::Assigned<T>> done =
        co_await core::unassign_from_customer<T>(call.services.platform, call.caller, id);
    co_return co_await detail::answer_assignment<T>(std::move(call), id, false, std::move(done));
}

template <class T>
Task<Result<net::Reply>> owned_types(Call call) {
    const Result<std::vector<std::string>> types =
        co_await core::types_of<T>(call.services.platform, call.caller);
    if (!types) co_return types.error();
    co_return json_reply(types_text(call.caller.tenant, core::EntityKind<T>::type, *types));
}

}  // namespace thingstead::api
