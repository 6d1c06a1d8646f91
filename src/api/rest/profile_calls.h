// What the routes of device and asset profiles do alike: the short form, the default one, names.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "api/rest/entity_calls.h"
#include "core/image/embedded.h"
#include "core/profile/profile_rules.h"

namespace thingstead::api {

/// The short form of a profile, as lists to choose from show it; specialised by its resource.
template <class P>
struct ProfileInfo {
    static void append(std::string& out, const P& profile);
};

/// Of a list of profiles: `isDefault` is another name of the field `default`. Errors:
/// invalid_argument.
inline Result<store::PageLink> profile_page_link(const Call& call) {
    Result<store::PageLink> link = call.page_link();
    if (link && link->sort_property == "isDefault") link->sort_property = "default";
    return link;
}

/// Profiles have no owner but their tenant.
inline core::OwnerFields profile_owner_fields() {
    core::OwnerFields fields;
    fields.owner = {};
    return fields;
}

/// POST of a profile; an image that it brings becomes a resource.
template <class P>
Task<Result<net::Reply>> save_profile(Call call) {
    Result<P> profile = call.body_as<P>();
    if (!profile) co_return profile.error();
    Result<std::optional<std::string>> image = co_await core::link_image(
        call.services.platform, call.caller, profile->name + " image", profile->image);
    if (!image) co_return image.error();
    profile->image = *std::move(image);
    co_return co_await save_entity<P>(std::move(call), *std::move(profile));
}

template <class P>
std::string profile_info_text(const P& profile) {
    std::string out;
    ProfileInfo<P>::append(out, profile);
    return out;
}

template <class P>
Task<Result<net::Reply>> get_profile_info(Call call) {
    const Result<Uuid> id = parse_uuid(call.variables.back());
    if (!id) co_return id.error();
    const Result<P> profile =
        co_await core::get<P>(call.services.platform, call.caller, core::IdOf<P>{*id});
    if (!profile) co_return profile.error();
    co_return json_reply(profile_info_text(*profile));
}

template <class P>
Task<Result<net::Reply>> get_default_profile_info(Call call) {
    const Result<P> profile =
        co_await core::default_profile<P>(call.services.platform, call.caller);
    if (!profile) co_return profile.error();
    co_return json_reply(profile_info_text(*profile));
}

template <class P>
Task<Result<net::Reply>> list_profiles(Call call) {
    Result<store::PageLink> link = profile_page_link(call);
    if (!link) co_return link.error();
    co_return co_await page_of<P>(std::move(call), {}, *std::move(link), profile_owner_fields());
}

template <class P>
Task<Result<net::Reply>> list_profile_infos(Call call, store::Filter filter) {
    Result<store::PageLink> link = profile_page_link(call);
    if (!link) co_return link.error();
    const Result<store::Page<P>> page =
        co_await core::page<P>(call.services.platform, call.caller, std::move(filter),
                               *std::move(link), profile_owner_fields());
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, ProfileInfo<P>::append));
}

template <class P>
Task<Result<net::Reply>> profile_infos_by_ids(Call call, std::string parameter) {
    const Result<std::vector<Uuid>> uuids = call.uuids(parameter);
    if (!uuids) co_return uuids.error();
    std::vector<core::IdOf<P>> ids;
    for (const Uuid& id : *uuids) ids.push_back({id});
    const Result<std::vector<P>> found =
        co_await core::get_many<P>(call.services.platform, call.caller, std::move(ids));
    if (!found) co_return found.error();
    std::string out = "[";
    for (const P& each : *found) {
        if (&each != found->data()) out += ',';
        ProfileInfo<P>::append(out, each);
    }
    out += ']';
    co_return json_reply(std::move(out));
}

/// [{"id","name"}]
template <class P>
Task<Result<net::Reply>> list_profile_names(Call call) {
    const Result<bool> active_only = call.flag("activeOnly", false);
    if (!active_only) co_return active_only.error();
    const Result<std::vector<P>> found =
        co_await core::profile_names<P>(call.services.platform, call.caller, *active_only);
    if (!found) co_return found.error();
    std::string out = "[";
    for (const P& each : *found) {
        if (&each != found->data()) out += ',';
        out += "{\"id\":";
        append_text(out, each.id);
        out += ",\"name\":";
        append_text(out, each.name);
        out += '}';
    }
    out += ']';
    co_return json_reply(std::move(out));
}

/// Answers the new default profile; both that changed are entered and told.
template <class P>
Task<Result<net::Reply>> make_profile_default(Call call) {
    const Result<Uuid> uuid = parse_uuid(call.variables.front());
    if (!uuid) co_return uuid.error();
    const core::IdOf<P> id{*uuid};
    Result<std::vector<P>> changed =
        co_await core::set_default_profile<P>(call.services.platform, call.caller, id);
    if (!changed) {
        core::AuditNote note = note_of(model::ActionType::updated, model::EntityId(id));
        co_await audit(call.services, call.caller, std::move(note), changed);
        co_return changed.error();
    }
    for (const P& each : *changed) {
        Result<core::Saved<P>> saved(core::Saved<P>{each});
        co_await tell_saved(call.services, call.caller, each, std::move(saved));
    }
    co_return json_reply_of(changed->front());
}

}  // namespace thingstead::api
