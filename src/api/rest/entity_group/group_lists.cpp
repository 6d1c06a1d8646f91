// Groups: one by one, and lists of them.
#include "api/rest/entity_calls.h"
#include "api/rest/entity_group/handlers.h"

namespace thingstead::api::entity_group {
namespace {

using model::EntityGroup;
using model::EntityId;
using Of = core::GroupList::Of;

/// Most groups of an answer without pages.
constexpr std::int32_t groups_max = 10'000;

Result<core::GroupList> list_request_of(const Call& call, Of of) {
    core::GroupList list;
    list.of = of;
    const auto type = group_type_in_path(call);
    if (!type) return type.error();
    list.type = *type;
    if (of == Of::owner || of == Of::below_owner) {
        const auto owner = owner_in_path(call);
        if (!owner) return owner.error();
        list.owner = *owner;
    }
    return list;
}

/// includeShared adds what roles give to what the owner has.
Result<Of> own_or_shared(const Call& call) {
    const Result<bool> shared = call.flag("includeShared", true);
    if (!shared) return shared.error();
    return *shared ? Of::caller_and_shared : Of::caller;
}

std::string info_text(const EntityGroup& group) {
    return text_of(model::EntityInfo{group.id, group.name});
}

Task<Result<net::Reply>> page_reply(Call call, Of of, bool infos) {
    const Result<core::GroupList> list = list_request_of(call, of);
    if (!list) co_return list.error();
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page =
        co_await core::page_groups(call.services.platform, call.caller, *list, *std::move(link));
    if (!page) co_return page.error();
    if (infos)
        co_return json_reply(page_text(
            *page, [](std::string& out, const EntityGroup& each) { out += info_text(each); }));
    const auto owners = co_await core::owners_of_groups(call.services.platform, page->data);
    if (!owners) co_return owners.error();
    co_return json_reply(page_text(*page, [&](std::string& out, const EntityGroup& each) {
        const auto at = static_cast<std::size_t>(&each - page->data.data());
        out += group_text(each, (*owners)[at]);
    }));
}

Task<Result<net::Reply>> all_reply(Call call, Of of) {
    const Result<core::GroupList> list = list_request_of(call, of);
    if (!list) co_return list.error();
    store::PageLink link;
    link.page_size = groups_max;
    const auto page =
        co_await core::page_groups(call.services.platform, call.caller, *list, std::move(link));
    if (!page) co_return page.error();
    const auto owners = co_await core::owners_of_groups(call.services.platform, page->data);
    if (!owners) co_return owners.error();
    std::string out = "[";
    for (std::size_t i = 0; i < page->data.size(); ++i)
        out += (i == 0 ? "" : ",") + group_text(page->data[i], (*owners)[i]);
    co_return json_reply(out + "]");
}

Task<Result<net::Reply>> own_reply(Call call, bool infos) {
    const Result<Of> of = own_or_shared(call);
    if (!of) co_return of.error();
    co_return co_await page_reply(std::move(call), *of, infos);
}

/// Those of a list of ids that the caller may read.
Task<Result<std::vector<EntityGroup>>> readable_groups(Call call) {
    const Result<std::vector<Uuid>> ids = call.uuids("entityGroupIds");
    if (!ids) co_return ids.error();
    std::vector<EntityGroup> groups;
    for (const Uuid& id : *ids) {
        Result<EntityGroup> group =
            co_await core::get_group(call.services.platform, call.caller, {id});
        if (group)
            groups.push_back(*std::move(group));
        else if (group.error().code != ErrorCode::not_found &&
                 group.error().code != ErrorCode::forbidden)
            co_return group.error();
    }
    co_return groups;
}

}  // namespace

Task<Result<net::Reply>> list_groups(Call call) { return own_reply(std::move(call), false); }
Task<Result<net::Reply>> list_infos(Call call) { return own_reply(std::move(call), true); }
Task<Result<net::Reply>> list_shared(Call call) {
    return page_reply(std::move(call), Of::shared, false);
}
Task<Result<net::Reply>> list_shared_infos(Call call) {
    return page_reply(std::move(call), Of::shared, true);
}
Task<Result<net::Reply>> list_of_owner(Call call) {
    return page_reply(std::move(call), Of::owner, false);
}
Task<Result<net::Reply>> list_infos_of_owner(Call call) {
    return page_reply(std::move(call), Of::owner, true);
}
Task<Result<net::Reply>> list_hierarchy(Call call) {
    return page_reply(std::move(call), Of::below_owner, false);
}
Task<Result<net::Reply>> list_hierarchy_infos(Call call) {
    return page_reply(std::move(call), Of::below_owner, true);
}
Task<Result<net::Reply>> list_all_shared(Call call) {
    return all_reply(std::move(call), Of::shared);
}
Task<Result<net::Reply>> list_all_of_owner(Call call) {
    return all_reply(std::move(call), Of::owner);
}
Task<Result<net::Reply>> list_all_groups(Call call) {
    const Result<Of> of = own_or_shared(call);
    if (!of) co_return of.error();
    co_return co_await all_reply(std::move(call), *of);
}

Task<Result<net::Reply>> get_groups(Call call) {
    const core::Platform platform = call.services.platform;
    const auto groups = co_await readable_groups(std::move(call));
    if (!groups) co_return groups.error();
    const auto owners = co_await core::owners_of_groups(platform, *groups);
    if (!owners) co_return owners.error();
    std::string out = "[";
    for (std::size_t i = 0; i < groups->size(); ++i)
        out += (i == 0 ? "" : ",") + group_text((*groups)[i], (*owners)[i]);
    co_return json_reply(out + "]");
}

Task<Result<net::Reply>> get_group_infos(Call call) {
    const auto groups = co_await readable_groups(std::move(call));
    if (!groups) co_return groups.error();
    std::string out = "[";
    for (const EntityGroup& each : *groups)
        out += (&each == groups->data() ? "" : ",") + info_text(each);
    co_return json_reply(out + "]");
}

Task<Result<net::Reply>> get_group(Call call) {
    const auto id = call.id<model::EntityGroupId>("entityGroupId");
    if (!id) co_return id.error();
    Result<EntityGroup> group = co_await core::get_group(call.services.platform, call.caller, *id);
    if (!group) co_return group.error();
    co_return co_await reply_group(std::move(call), *std::move(group));
}

Task<Result<net::Reply>> get_group_info(Call call) {
    const auto id = call.id<model::EntityGroupId>("entityGroupId");
    if (!id) co_return id.error();
    const Result<EntityGroup> group =
        co_await core::get_group(call.services.platform, call.caller, *id);
    if (!group) co_return group.error();
    co_return json_reply(info_text(*group));
}

static Task<Result<net::Reply>> group_by_name(Call call, std::string name) {
    const auto owner = owner_in_path(call);
    if (!owner) co_return owner.error();
    const auto type = group_type_in_path(call);
    if (!type) co_return type.error();
    Result<EntityGroup> group = co_await core::find_group(call.services.platform, call.caller,
                                                          *owner, *type, std::move(name));
    if (!group) co_return group.error();
    co_return co_await reply_group(std::move(call), *std::move(group));
}

Task<Result<net::Reply>> get_group_all(Call call) {
    return group_by_name(std::move(call), std::string(core::group_all_name));
}
Task<Result<net::Reply>> get_group_by_name(Call call) {
    std::string name = call.variable("groupName");
    return group_by_name(std::move(call), std::move(name));
}

}  // namespace thingstead::api::entity_group
