#include "rule/chain_cache.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "core/entity/limits.h"
#include "model/calculated_field.h"
#include "rule/calculated/calculated_fields.h"

namespace thingstead::rule {
namespace {

/// Whose chains or limits a change may touch.
bool concerns_chains(model::EntityType type) {
    return type == model::EntityType::rule_chain || type == model::EntityType::tenant ||
           type == model::EntityType::tenant_profile ||
           type == model::EntityType::calculated_field ||
           type == model::EntityType::device_profile || type == model::EntityType::asset_profile;
}

/// Whose place calculated fields remember.
bool has_calculated(model::EntityType type) {
    return type == model::EntityType::device || type == model::EntityType::asset ||
           type == model::EntityType::customer;
}

/// What `profileData.configuration` says; what is missing or of another kind is not limited.
TenantLimits limits_of(const json::value& profile_data) {
    TenantLimits limits;
    const json::object* data = profile_data.if_object();
    const json::value* member = data ? data->if_contains("configuration") : nullptr;
    const json::object* configuration = member ? member->if_object() : nullptr;
    if (!configuration) return limits;
    const auto number = [&](std::string_view name, std::int64_t most) {
        const json::value* value = configuration->if_contains(name);
        const Result<std::int64_t> read =
            value ? from_json<std::int64_t>(*value) : Result<std::int64_t>(0);
        return read && *read > 0 ? std::min(*read, most) : 0;
    };
    constexpr std::int64_t days_max = 366 * 1000;
    limits.storage_ttl = std::chrono::hours(24 * number("defaultStorageTtlDays", days_max));
    limits.node_executions_max = static_cast<std::int32_t>(
        number("maxRuleNodeExecsPerMessage", std::numeric_limits<std::int32_t>::max()));
    return limits;
}

struct Stored {
    TenantLimits limits;
    std::vector<model::RuleChain> chains;
    json::object configuration;  ///< Of the tenant's profile.
    std::vector<model::CalculatedField> fields;
};

Result<> read_fields(store::Reader& reader, model::TenantId tenant, Stored& into) {
    auto fields = reader.all<model::CalculatedField>({
        {"tenantId", tenant.uuid}
    });
    if (!fields) return fields.error();
    into.fields = *std::move(fields);
    if (into.fields.empty()) return {};
    auto configuration = core::profile_configuration(reader, tenant);
    if (!configuration) return configuration.error();
    into.configuration = *std::move(configuration);
    return {};
}

Result<> read_tenant(store::Reader& reader, model::TenantId tenant, Stored& into) {
    if (Result<> read = read_fields(reader, tenant, into); !read) return read;
    const auto found = reader.find<model::Tenant>({
        {"id", tenant.uuid}
    });
    if (!found) return found.error();
    if (*found) {
        const auto profile = reader.find<model::TenantProfile>({
            {"id", (*found)->tenant_profile_id.uuid}
        });
        if (!profile) return profile.error();
        if (*profile) into.limits = limits_of((*profile)->profile_data);
    }
    // All at once: they are kept together anyway, and pages of a tenant with thousands of chains
    // would each be sorted out of all of them.
    auto chains = reader.all<model::RuleChain>({
        {"tenantId", tenant.uuid}
    });
    if (!chains) return chains.error();
    into.chains = *std::move(chains);
    return {};
}

}  // namespace

void ChainChanges::add(const core::EntityChange& change) {
    const bool entity = has_calculated(change.entity.type);
    if (!entity && !concerns_chains(change.entity.type)) return;
    const std::lock_guard lock(mutex_);
    if (entity) {
        if (changed_.entities.size() < entities_max)
            changed_.entities.insert(change.entity.uuid);
        else
            changed_.all_entities = true;
        any_.store(true, std::memory_order_release);
        return;
    }
    if (change.entity.type == model::EntityType::tenant_profile ||
        changed_.tenants.size() >= tenants_max)
        changed_.all = true;
    else if (change.entity.type == model::EntityType::tenant)
        changed_.tenants.insert(model::TenantId{change.entity.uuid});
    else
        changed_.tenants.insert(change.tenant);
    any_.store(true, std::memory_order_release);
}

void ChainChanges::add_all() {
    const std::lock_guard lock(mutex_);
    changed_.all = true;
    any_.store(true, std::memory_order_release);
}

std::optional<ChainChanges::Taken> ChainChanges::take() {
    if (!any_.load(std::memory_order_acquire)) return std::nullopt;
    const std::lock_guard lock(mutex_);
    any_.store(false, std::memory_order_relaxed);
    return std::exchange(changed_, {});
}

ChainCache::ChainCache(std::size_t tenants_max, const NodeRegistry& registry,
                       NodeServices& services, std::shared_ptr<ChainChanges> changes)
    : tenants_max_(tenants_max),
      registry_(registry),
      services_(services),
      changes_(std::move(changes)) {}

void ChainCache::refresh() {
    const std::optional<ChainChanges::Taken> changed = changes_->take();
    if (!changed) return;
    const auto is_changed = [&](model::TenantId tenant) {
        return changed->all || changed->tenants.contains(tenant);
    };
    for (Entry& each : order_) each.stale |= is_changed(each.tenant);
    for (Load& each : loads_) each.overtaken |= is_changed(each.tenant);
    if (!services_.calculated) return;
    if (changed->all_entities)
        services_.calculated->forget_all_entities();
    else if (!changed->entities.empty())
        services_.calculated->forget_entities(changed->entities);
}

ChainCache::Chains ChainCache::find(model::TenantId tenant) {
    const auto it = index_.find(tenant);
    if (it == index_.end() || it->second->stale) return nullptr;
    order_.splice(order_.begin(), order_, it->second);
    return it->second->chains;
}

/// Is in the list of loads while it lives.
class ChainCache::Underway {
  public:
    Underway(std::list<Load>& loads, model::TenantId tenant)
        : loads_(loads), self_(loads.insert(loads.end(), Load{tenant})) {}
    ~Underway() { loads_.erase(self_); }
    Underway(const Underway&) = delete;
    Underway& operator=(const Underway&) = delete;

    bool is_overtaken() const { return self_->overtaken; }

  private:
    std::list<Load>& loads_;
    std::list<Load>::iterator self_;
};

Task<Result<ChainCache::Chains>> ChainCache::load(model::TenantId tenant) {
    const Underway underway(loads_, tenant);
    Stored stored;
    const auto work = [&](store::Reader& reader) {
        stored = {};
        return read_tenant(reader, tenant, stored);
    };
    if (Result<> read = co_await services_.entities.read(work); !read) co_return read.error();
    const auto it = index_.find(tenant);
    const TenantChains* before = it == index_.end() ? nullptr : it->second->chains.get();
    Chains chains =
        build_chains(tenant, stored.limits, stored.chains, before, registry_, services_);
    put(chains, underway.is_overtaken());
    if (services_.calculated)
        services_.calculated->set_tenant(tenant, std::move(stored.fields), stored.configuration);
    co_return chains;
}

void ChainCache::put(Chains chains, bool stale) {
    const model::TenantId tenant = chains->tenant;
    if (const auto it = index_.find(tenant); it != index_.end()) {
        it->second->chains = std::move(chains);
        it->second->stale = stale;
        order_.splice(order_.begin(), order_, it->second);
        return;
    }
    order_.push_front({tenant, std::move(chains), stale});
    index_.emplace(tenant, order_.begin());
    if (order_.size() <= tenants_max_) return;
    // Who has nodes that run without messages stays: nobody would load them again.
    const auto last = std::find_if(order_.rbegin(), std::prev(order_.rend()),
                                   [](const Entry& each) { return !each.chains->has_sources; });
    if (services_.calculated) services_.calculated->forget_tenant(last->tenant);
    index_.erase(last->tenant);
    order_.erase(std::next(last).base());
}

std::vector<model::TenantId> ChainCache::changed_sources() const {
    std::vector<model::TenantId> changed;
    for (const Entry& each : order_)
        if (each.stale && each.chains->has_sources) changed.push_back(each.tenant);
    return changed;
}

}  // namespace thingstead::rule
