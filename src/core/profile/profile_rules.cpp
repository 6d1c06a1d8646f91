#include "core/profile/profile_rules.h"

#include <algorithm>
#include <functional>

#include "core/profile/device_profile_data.h"
#include "core/profile/references.h"

namespace thingstead::core {
namespace {

using model::AssetProfile;
using model::DeviceProfile;

/// Who follows a profile.
template <class P>
struct Followers;
template <>
struct Followers<DeviceProfile> {
    using Entity = model::Device;
    static constexpr std::string_view field = "deviceProfileId";
    static constexpr std::string_view title = "Device Profile";
    static constexpr std::string_view profile = "device profile", entities = "devices";
    static DeviceProfile fresh(model::TenantId tenant, std::string name, EpochMs now_ms) {
        return new_device_profile(tenant, std::move(name), now_ms);
    }
};
template <>
struct Followers<AssetProfile> {
    using Entity = model::Asset;
    static constexpr std::string_view field = "assetProfileId";
    static constexpr std::string_view title = "Asset Profile";
    static constexpr std::string_view profile = "asset profile", entities = "assets";
    static AssetProfile fresh(model::TenantId tenant, std::string name, EpochMs now_ms) {
        return new_asset_profile(tenant, std::move(name), now_ms);
    }
};

template <class P>
Result<bool> has_followers(store::Reader& reader, const P& profile) {
    const auto one = reader.find<typename Followers<P>::Entity>({
        {"tenantId",          profile.tenant_id.uuid},
        {Followers<P>::field, profile.id.uuid       }
    });
    if (!one) return one.error();
    return one->has_value();
}

template <class P>
Result<std::optional<P>> find_default(store::Reader& reader, model::TenantId tenant) {
    return reader.find<P>({
        {"tenantId", tenant.uuid},
        {"default",  true       }
    });
}

/// A save never takes the flag away, nor moves it: that has its own operation.
template <class P>
Result<> settle_default(Save<P>& save) {
    P& profile = save.entity;
    if (save.before && save.before->is_default) {
        profile.is_default = true;
        return {};
    }
    const bool wanted =
        profile.is_default || (save.creates() && profile.name == default_profile_name);
    if (!wanted) return {};
    const auto other = find_default<P>(save.transaction, profile.tenant_id);
    if (!other) return other.error();
    if (*other && profile.is_default)
        return invalid("Another default " + std::string(Followers<P>::profile) +
                       " is present in scope of current tenant!");
    profile.is_default = !*other;
    return {};
}

template <class P>
Result<> check_references(Save<P>& save) {
    const P& profile = save.entity;
    const Referrer from{EntityKind<P>::noun(), profile.tenant_id};
    store::Reader& reader = save.transaction;
    if (Result<> valid = check_rule_chain(reader, from, profile.default_rule_chain_id, "CORE");
        !valid)
        return valid;
    if (Result<> valid = check_rule_chain(reader, from, profile.default_edge_rule_chain_id, "EDGE");
        !valid)
        return valid;
    if (Result<> valid = check_dashboard(reader, from, profile.default_dashboard_id); !valid)
        return valid;
    return check_queue(reader, from, profile.default_queue_name);
}

/// The followers' type is the profile's name.
template <class P>
Result<> rename_followers(Save<P>& save) {
    if (save.creates() || save.before->name == save.entity.name) return {};
    const auto renamed = save.transaction.template change<typename Followers<P>::Entity>(
        {
            {"type", store::Cell(save.entity.name)}
    },
        {{"tenantId", save.entity.tenant_id.uuid}, {Followers<P>::field, save.entity.id.uuid}});
    return renamed ? Result<>() : Result<>(renamed.error());
}

template <class P>
Result<> check_removal(Removal<P>& removal) {
    if (removal.entity.is_default)
        return invalid("Deletion of Default " + std::string(Followers<P>::title) +
                       " is prohibited!");
    const Result<bool> followed = has_followers(removal.transaction, removal.entity);
    if (!followed) return followed.error();
    if (*followed)
        return invalid("The " + std::string(Followers<P>::profile) + " referenced by the " +
                       std::string(Followers<P>::entities) + " cannot be deleted!");
    return {};
}

/// What devices that are there depend on.
Result<> check_change(const Save<DeviceProfile>& save) {
    if (save.creates()) return {};
    const DeviceProfile &before = *save.before, &after = save.entity;
    const bool transport = before.transport_type != after.transport_type;
    if (!transport && before.type == after.type) return {};
    const Result<bool> followed = has_followers(save.transaction, before);
    if (!followed) return followed.error();
    if (!*followed) return {};
    return invalid(transport ? "Can't change device profile transport type because devices "
                               "referenced it!"
                             : "Can't change device profile type because devices referenced it!");
}

Result<> check_certificate_is_new(Save<DeviceProfile>& save) {
    const DeviceProfile& profile = save.entity;
    if (profile.provision_type != model::ProvisionType::x509_certificate_chain) return {};
    const auto other = save.transaction.find<DeviceProfile>({
        {"provisionDeviceKey", *profile.provision_device_key}
    });
    if (!other) return other.error();
    if (*other && (*other)->id != profile.id)
        return invalid("Device profile with such certificate already exists!");
    return {};
}

Result<> check_packages(Save<DeviceProfile>& save) {
    const DeviceProfile& profile = save.entity;
    if (Result<> valid = check_package(save.transaction, profile.tenant_id, profile.id,
                                       PackageKind::firmware, profile.firmware_id);
        !valid)
        return valid;
    return check_package(save.transaction, profile.tenant_id, profile.id, PackageKind::software,
                         profile.software_id);
}

}  // namespace

Result<> EntityRules<DeviceProfile>::prepare(Save<DeviceProfile>& save) {
    if (Result<> done = settle_default(save); !done) return done;
    if (Result<> done = complete_profile_data(save.entity); !done) return done;
    if (Result<> valid = check_certificate_is_new(save); !valid) return valid;
    if (Result<> valid = check_change(save); !valid) return valid;
    if (Result<> valid = check_references(save); !valid) return valid;
    return check_packages(save);
}

Result<> EntityRules<DeviceProfile>::written(Save<DeviceProfile>& save) {
    return rename_followers(save);
}

Result<> EntityRules<DeviceProfile>::removing(Removal<DeviceProfile>& removal) {
    return check_removal(removal);
}

Result<> EntityRules<AssetProfile>::prepare(Save<AssetProfile>& save) {
    if (Result<> done = settle_default(save); !done) return done;
    return check_references(save);
}

Result<> EntityRules<AssetProfile>::written(Save<AssetProfile>& save) {
    return rename_followers(save);
}

Result<> EntityRules<AssetProfile>::removing(Removal<AssetProfile>& removal) {
    return check_removal(removal);
}

template <class P>
Result<P> find_or_create_profile(store::Transaction& transaction, model::TenantId tenant,
                                 const std::string& name, EpochMs now_ms) {
    auto found = transaction.find<P>({
        {"tenantId", tenant.uuid},
        {"name",     name       }
    });
    if (!found) return found.error();
    if (*found) return **std::move(found);
    P fresh = Followers<P>::fresh(tenant, name, now_ms);
    if (name == default_profile_name) {
        const auto other = find_default<P>(transaction, tenant);
        if (!other) return other.error();
        fresh.is_default = !*other;
    }
    if (Result<> made = transaction.insert(fresh); !made) return made.error();
    return fresh;
}

template <class P>
Result<P> find_or_create_default_profile(store::Transaction& transaction, model::TenantId tenant,
                                         EpochMs now_ms) {
    auto found = find_default<P>(transaction, tenant);
    if (!found) return found.error();
    if (*found) return **std::move(found);
    Result<P> profile =
        find_or_create_profile<P>(transaction, tenant, std::string(default_profile_name), now_ms);
    if (!profile || profile->is_default) return profile;
    profile->is_default = true;
    if (Result<> done = transaction.update(*profile); !done) return done.error();
    return profile;
}

template <class P>
Task<Result<P>> default_profile(const Platform& platform, Caller caller) {
    if (Result<> allowed = check(caller, Operation::read, EntityKind<P>::resource()); !allowed)
        co_return allowed.error();
    const std::function<Result<std::optional<P>>(store::Reader&)> look =
        [&](store::Reader& reader) { return find_default<P>(reader, caller.tenant); };
    Result<std::optional<P>> found = co_await read<std::optional<P>>(platform, look);
    if (!found) co_return found.error();
    if (*found) co_return **std::move(found);
    const std::function<Result<P>(store::Transaction&)> make =
        [&](store::Transaction& transaction) {
            return find_or_create_default_profile<P>(transaction, caller.tenant,
                                                     platform.clock.now_ms());
        };
    co_return co_await write<P>(platform, make);
}

template <class P>
Task<Result<std::vector<P>>> set_default_profile(const Platform& platform, Caller caller,
                                                 IdOf<P> id) {
    const std::function<Result<std::vector<P>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<std::vector<P>> {
        Result<P> next = load<P>(transaction, caller, Operation::write, id);
        if (!next) return next.error();
        std::vector<P> changed;
        if (next->is_default) {
            changed.push_back(*std::move(next));
            return changed;
        }
        auto previous = find_default<P>(transaction, next->tenant_id);
        if (!previous) return previous.error();
        next->is_default = true;
        changed.push_back(*std::move(next));
        if (*previous) {
            (*previous)->is_default = false;
            changed.push_back(**std::move(previous));
        }
        for (P& each : changed) {
            each.version = each.version.value_or(0) + 1;
            if (Result<> done = transaction.update(each); !done) return done.error();
        }
        return changed;
    };
    Result<std::vector<P>> changed = co_await write<std::vector<P>>(platform, work);
    if (changed)
        for (const P& each : *changed)
            platform.events.publish({ChangeKind::updated, each.tenant_id, each.id});
    co_return changed;
}

template <class P>
Task<Result<std::vector<P>>> profile_names(const Platform& platform, Caller caller, bool in_use) {
    OwnerFields fields;
    fields.owner = {};
    Result<store::Filter> filter =
        readable(caller, EntityKind<P>::resource(), EntityKind<P>::type, fields);
    if (!filter) co_return filter.error();
    if (in_use)
        filter->push_back(
            store::has_row<typename Followers<P>::Entity>("id", Followers<P>::field,
                                                          {
                                                              {"tenantId", caller.tenant.uuid}
        }));
    const std::function<Result<std::vector<P>>(store::Reader&)> work = [&](store::Reader& reader) {
        return reader.all<P>(*filter);
    };
    Result<std::vector<P>> found = co_await read<std::vector<P>>(platform, work);
    if (found)
        std::sort(found->begin(), found->end(),
                  [](const P& a, const P& b) { return a.name < b.name; });
    co_return found;
}

template Result<DeviceProfile> find_or_create_profile(store::Transaction&, model::TenantId,
                                                      const std::string&, EpochMs);
template Result<AssetProfile> find_or_create_profile(store::Transaction&, model::TenantId,
                                                     const std::string&, EpochMs);
template Result<DeviceProfile> find_or_create_default_profile(store::Transaction&, model::TenantId,
                                                              EpochMs);
template Result<AssetProfile> find_or_create_default_profile(store::Transaction&, model::TenantId,
                                                             EpochMs);
template Task<Result<DeviceProfile>> default_profile(const Platform&, Caller);
template Task<Result<AssetProfile>> default_profile(const Platform&, Caller);
template Task<Result<std::vector<DeviceProfile>>> set_default_profile(const Platform&, Caller,
                                                                      IdOf<DeviceProfile>);
template Task<Result<std::vector<AssetProfile>>> set_default_profile(const Platform&, Caller,
                                                                     IdOf<AssetProfile>);
template Task<Result<std::vector<DeviceProfile>>> profile_names(const Platform&, Caller, bool);
template Task<Result<std::vector<AssetProfile>>> profile_names(const Platform&, Caller, bool);

}  // namespace thingstead::core
