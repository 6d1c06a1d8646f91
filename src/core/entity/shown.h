// What lists show beside entities that belong to customers: the customer's title, the profile's
// name, whether a device is active.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/entity/many.h"
#include "core/entity/read.h"
#include "core/public_customer.h"
#include "model/asset.h"

namespace thingstead::core {

template <class T>
struct Shown {
    T entity;
    std::optional<std::string> customer_title{};
    bool customer_is_public = false;
    std::string profile_name{};  ///< Of devices and assets.
    bool active = false;         ///< Of devices.
};

/// Devices of `ids` whose server attribute `active` is true.
Result<std::unordered_set<Uuid>> active_among(store::Reader& reader, std::vector<Uuid> ids);
/// Devices that are active, or that are not.
store::Condition is_active(bool active);

namespace detail {

template <class P, class T>
Result<> show_profiles(store::Reader& reader, std::vector<Shown<T>>& shown,
                       model::Id<IdOf<P>::kind> T::* profile_id) {
    std::vector<Uuid> ids;
    for (const Shown<T>& each : shown) ids.push_back((each.entity.*profile_id).uuid);
    const auto profiles = find_many<P>(reader, std::move(ids));
    if (!profiles) return profiles.error();
    for (Shown<T>& each : shown)
        if (const auto found = profiles->find((each.entity.*profile_id).uuid);
            found != profiles->end())
            each.profile_name = found->second.name;
    return {};
}

template <class T>
Result<> show_customers(store::Reader& reader, std::vector<Shown<T>>& shown) {
    std::vector<Uuid> ids;
    for (const Shown<T>& each : shown)
        if (each.entity.customer_id != model::no_customer)
            ids.push_back(each.entity.customer_id.uuid);
    const auto customers = find_many<model::Customer>(reader, std::move(ids));
    if (!customers) return customers.error();
    for (Shown<T>& each : shown)
        if (const auto found = customers->find(each.entity.customer_id.uuid);
            found != customers->end()) {
            each.customer_title = found->second.title;
            each.customer_is_public = is_public(found->second);
        }
    return {};
}

}  // namespace detail

template <class T>
Result<std::vector<Shown<T>>> show(store::Reader& reader, std::vector<T> entities) {
    std::vector<Shown<T>> shown;
    shown.reserve(entities.size());
    for (T& each : entities) shown.push_back({std::move(each)});
    if (Result<> done = detail::show_customers(reader, shown); !done) return done.error();
    if constexpr (std::is_same_v<T, model::Device>) {
        if (Result<> done = detail::show_profiles<model::DeviceProfile>(
                reader, shown, &model::Device::device_profile_id);
            !done)
            return done.error();
        std::vector<Uuid> ids;
        for (const Shown<T>& each : shown) ids.push_back(each.entity.id.uuid);
        const auto active = active_among(reader, std::move(ids));
        if (!active) return active.error();
        for (Shown<T>& each : shown) each.active = active->contains(each.entity.id.uuid);
    }
    if constexpr (std::is_same_v<T, model::Asset>)
        if (Result<> done = detail::show_profiles<model::AssetProfile>(
                reader, shown, &model::Asset::asset_profile_id);
            !done)
            return done.error();
    return shown;
}

/// Errors: as get().
template <class T>
Task<Result<Shown<T>>> get_shown(const Platform& platform, Caller caller, IdOf<T> id) {
    const std::function<Result<Shown<T>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Shown<T>> {
        Result<T> entity = load<T>(reader, caller, Operation::read, id);
        if (!entity) return entity.error();
        std::vector<T> one;
        one.push_back(*std::move(entity));
        auto shown = show<T>(reader, std::move(one));
        if (!shown) return shown.error();
        return std::move(shown->front());
    };
    co_return co_await read<Shown<T>>(platform, work);
}

/// Errors: as page().
template <class T>
Task<Result<store::Page<Shown<T>>>> page_shown(const Platform& platform, Caller caller,
                                               store::Filter filter, store::PageLink link) {
    Result<store::Filter> whole = readable(caller, EntityKind<T>::resource(), EntityKind<T>::type);
    if (!whole) co_return whole.error();
    whole->insert(whole->end(), filter.begin(), filter.end());
    const std::function<Result<store::Page<Shown<T>>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<store::Page<Shown<T>>> {
        auto page = reader.page<T>(*whole, link);
        if (!page) return page.error();
        auto shown = show<T>(reader, std::move(page->data));
        if (!shown) return shown.error();
        return store::Page<Shown<T>>{*std::move(shown), page->total_elements, page->total_pages,
                                     page->has_next};
    };
    co_return co_await read<store::Page<Shown<T>>>(platform, work);
}

/// The entity of the caller's tenant that has the name. Errors: not_found - "Requested item wasn't
/// found!"; forbidden.
template <class T>
Result<T> load_by_name(store::Reader& reader, const Caller& caller, Operation operation,
                       const std::string& name) {
    auto found = reader.find<T>({
        {"tenantId", caller.tenant.uuid},
        {"name",     name              }
    });
    if (!found) return found.error();
    if (!*found) return item_not_found();
    if (Result<> allowed = check(reader, caller, operation, subject_of(**found)); !allowed)
        return allowed.error();
    return **std::move(found);
}

template <class T>
Task<Result<T>> get_by_name(const Platform& platform, Caller caller, std::string name) {
    const std::function<Result<T>(store::Reader&)> work = [&](store::Reader& reader) {
        return load_by_name<T>(reader, caller, Operation::read, name);
    };
    co_return co_await read<T>(platform, work);
}

/// Whether the caller may look at what the customer has. Errors: not_found, forbidden.
Task<Result<>> check_customer_list(const Platform& platform, Caller caller,
                                   model::CustomerId customer);

/// The types of what the caller may read, sorted.
template <class T>
Task<Result<std::vector<std::string>>> types_of(const Platform& platform, Caller caller) {
    const Result<store::Filter> filter =
        readable(caller, EntityKind<T>::resource(), EntityKind<T>::type);
    if (!filter) co_return filter.error();
    const std::function<Result<std::vector<std::string>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::vector<std::string>> {
        const auto cells = reader.distinct<T>("type", *filter);
        if (!cells) return cells.error();
        std::vector<std::string> types;
        for (const store::Cell& each : *cells) types.push_back(std::get<std::string>(each));
        return types;
    };
    co_return co_await read<std::vector<std::string>>(platform, work);
}

}  // namespace thingstead::core
