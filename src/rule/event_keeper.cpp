#include "rule/event_keeper.h"

#include <algorithm>
#include <utility>

#include "base/uuid.h"

namespace thingstead::rule {
namespace {

/// Tenants whose limits or starts are remembered; beyond that the memory begins anew.
constexpr std::size_t tenants_remembered_max = 100'000;

constexpr const char* over_limit_text = "Reached debug mode rate limit!";

std::string error_text_of(const Error& error) {
    return error.detail.empty() ? error.message : error.message + ": " + error.detail;
}

}  // namespace

EventKeeper::EventKeeper(store::EventStore* store, const Settings& settings, const Clock& clock,
                         std::string service_id, MetricsRegistry& registry)
    : store_(store),
      symbols_max_(settings.debug_symbols_max),
      events_max_(static_cast<double>(settings.debug_events_max)),
      time_ms_(static_cast<double>(std::chrono::milliseconds(settings.debug_events_time).count())),
      clock_(clock),
      service_id_(std::move(service_id)),
      over_limit_(registry, "thingstead_rule_debug_events_over_limit_total",
                  "Debug events that were not kept because their tenant had too many.") {}

EventKeeper::Allowance& EventKeeper::allowance(Allowances& allowances, model::TenantId tenant,
                                               EpochMs now_ms) const {
    if (allowances.size() >= tenants_remembered_max) allowances.clear();
    Allowance& found = allowances.try_emplace(tenant, Allowance{events_max_, now_ms}).first->second;
    const auto passed_ms = static_cast<double>(std::max<EpochMs>(now_ms - found.at_ms, 0));
    found.left = std::min(events_max_, found.left + passed_ms / time_ms_ * events_max_);
    found.at_ms = now_ms;
    return found;
}

EventKeeper::Admitted EventKeeper::take_one(Allowances& allowances, model::TenantId tenant) {
    if (!store_) return Admitted::no;
    if (events_max_ == 0) return Admitted::yes;
    const std::lock_guard lock(mutex_);
    Allowance& of = allowance(allowances, tenant, clock_.now_ms());
    if (of.left >= 1) {
        of.left -= 1;
        of.told = false;
        return Admitted::yes;
    }
    over_limit_.add();
    return std::exchange(of.told, true) ? Admitted::no : Admitted::first_refused;
}

bool EventKeeper::admit(model::TenantId tenant, model::RuleChainId chain) {
    const Admitted admitted = take_one(allowances_, tenant);
    if (admitted == Admitted::first_refused) {
        model::RuleChainDebugEvent note;
        note.message = over_limit_text;
        std::vector<model::Event> events;
        events.push_back(event(tenant, chain.uuid, std::move(note)));
        offer(std::move(events));
    }
    return admitted == Admitted::yes;
}

bool EventKeeper::admit_field(model::TenantId tenant, const Uuid& field) {
    const Admitted admitted = take_one(field_allowances_, tenant);
    if (admitted == Admitted::first_refused) {
        model::CalculatedFieldDebugEvent note;
        note.calculated_field_id = field;
        note.error = over_limit_text;
        std::vector<model::Event> events;
        events.push_back(event(tenant, field, std::move(note)));
        offer(std::move(events));
    }
    return admitted == Admitted::yes;
}

model::Event EventKeeper::event(model::TenantId tenant, const Uuid& entity,
                                model::EventBody body) const {
    model::Event made;
    made.id = new_time_uuid();
    made.created_time = clock_.now_ms();
    made.tenant_id = tenant;
    made.entity_id = entity;
    made.service_id = service_id_;
    made.body = std::move(body);
    return made;
}

void EventKeeper::offer(std::vector<model::Event> events) {
    if (store_ && !events.empty()) store_->offer(std::move(events));
}

void EventKeeper::built(model::TenantId tenant, const std::vector<PartStart>& parts) {
    if (!store_) return;
    std::vector<model::Event> events;
    {
        const std::lock_guard lock(mutex_);
        if (parts_.size() >= tenants_remembered_max) parts_.clear();
        Parts& known = parts_[tenant];
        for (auto& [entity, each] : known) each.seen = false;
        for (const PartStart& part : parts) {
            const auto [at, fresh] = known.try_emplace(part.entity, Known{part.chain, -1});
            at->second.seen = true;
            if (part.elsewhere || at->second.version >= part.version) continue;
            tell(tenant, part, at->second.version >= 0, events);
            at->second.version = part.version;
        }
        std::erase_if(known, [&](const auto& each) {
            if (each.second.seen) return false;
            if (each.second.version >= 0)
                events.push_back(
                    event(tenant, each.first, model::LifecycleEvent{"STOPPED", true, {}}));
            return true;
        });
    }
    offer(std::move(events));
}

void EventKeeper::tell(model::TenantId tenant, const PartStart& part, bool known,
                       std::vector<model::Event>& events) const {
    model::LifecycleEvent lifecycle{known ? "UPDATED" : "STARTED", !part.failure, {}};
    if (part.failure) {
        lifecycle.error = shortened(error_text_of(*part.failure), symbols_max_);
        model::ErrorEvent error{known ? "onLifecycleMsg" : "OnStart", lifecycle.error};
        events.push_back(event(tenant, part.entity, std::move(error)));
    }
    events.push_back(event(tenant, part.entity, std::move(lifecycle)));
}

std::string shortened(std::string text, std::size_t symbols_max) {
    if (symbols_max == 0 || text.size() <= symbols_max) return text;
    std::size_t end = symbols_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    const std::size_t left_out = text.size() - end;
    text.resize(end);
    return text + "...[truncated " + std::to_string(left_out) + " symbols]";
}

}  // namespace thingstead::rule
