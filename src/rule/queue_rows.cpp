#include "rule/queue_rows.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "core/entity/limits.h"
#include "core/queue/queue_rules.h"
#include "model/entities.h"

namespace thingstead::rule {
namespace {

/// Of the document that has the numbers of topics, among the settings of the installation.
constexpr const char* slots_key = "ruleQueueSlots";

Result<std::optional<model::AdminSettings>> stored_slots(store::Reader& reader) {
    return reader.find<model::AdminSettings>({
        {"tenantId", model::system_tenant.uuid},
        {"key",      std::string(slots_key)   }
    });
}

/// Numbers the plans; true: new numbers were given.
Result<bool> give_slots(std::vector<QueuePlan>& plans, json::object& slots) {
    std::int64_t last = 0;
    for (const auto& [topic, slot] : slots)
        if (slot.is_int64()) last = std::max(last, slot.get_int64());
    bool fresh = false;
    for (QueuePlan& each : plans) {
        if (each.is_main()) continue;
        const json::value* known = slots.if_contains(each.topic);
        if (!known || !known->is_int64()) {
            if (++last >= slots_max)
                return Error{ErrorCode::limit_reached, "There were too many queues!"};
            slots[each.topic] = last;
            fresh = true;
            known = slots.if_contains(each.topic);
        }
        each.slot = static_cast<std::int32_t>(known->get_int64());
    }
    return fresh;
}

Result<std::vector<QueuePlan>> read_plans(store::Reader& reader, const Settings& base) {
    std::vector<QueuePlan> plans;
    std::set<std::string> topics;
    store::PageLink link;
    link.page_size = 100;
    for (;; ++link.page) {
        auto page = reader.page<model::Queue>({}, link);
        if (!page) return page.error();
        for (const model::Queue& each : page->data)
            if (QueuePlan plan = plan_of(each, base); topics.insert(plan.topic).second)
                plans.push_back(std::move(plan));
        if (!page->has_next) return plans;
    }
}

Result<> number_plans(store::Reader& reader, std::vector<QueuePlan>& plans, bool& fresh,
                      std::optional<model::AdminSettings>& stored) {
    auto found = stored_slots(reader);
    if (!found) return found.error();
    stored = *std::move(found);
    json::object slots;
    if (stored && stored->json_value.is_object()) slots = stored->json_value.get_object();
    const Result<bool> given = give_slots(plans, slots);
    if (!given) return given.error();
    fresh = *given;
    if (!stored) stored.emplace();
    stored->json_value = std::move(slots);
    return {};
}

Result<> store_slots(store::Transaction& transaction, model::AdminSettings slots, EpochMs now_ms) {
    if (slots.key == slots_key) return transaction.update(slots);
    slots.id = model::AdminSettingsId::make();
    slots.created_time = now_ms;
    slots.key = slots_key;
    return transaction.insert(slots);
}

constexpr std::int64_t statistics_days_max = 366 * 1000;

struct StatisticsTtl {
    std::chrono::seconds counts{0};
    std::chrono::seconds exceptions{0};
};

Task<Result<StatisticsTtl>> ttl_of(store::EntityStore& store, model::TenantId tenant) {
    StatisticsTtl ttl;
    const auto work = [&](store::Reader& reader) -> Result<> {
        for (auto [name, into] : {
                 std::pair{"queueStatsTtlDays",           &ttl.counts    },
                 std::pair{"ruleEngineExceptionsTtlDays", &ttl.exceptions}
        }) {
            const Result<std::int64_t> days = core::profile_limit(reader, tenant, name);
            if (!days) return days.error();
            *into =
                std::chrono::hours(24 * std::clamp<std::int64_t>(*days, 0, statistics_days_max));
        }
        return {};
    };
    if (Result<> read = co_await store.read(work); !read) co_return read.error();
    co_return ttl;
}

std::vector<model::KeyValue> values_of(const TenantCounts& counts) {
    return {
        {"totalMsgs",      counts.total            },
        {"successfulMsgs", counts.successful       },
        {"timeoutMsgs",    counts.timed_out        },
        {"failedMsgs",     counts.failed           },
        {"tmpTimeout",     counts.timed_out_for_now},
        {"tmpFailed",      counts.failed_for_now   }
    };
}

}  // namespace

Task<Result<std::vector<QueuePlan>>> read_queue_plans(store::EntityStore& store, Settings base,
                                                      EpochMs now_ms) {
    std::vector<QueuePlan> plans;
    std::optional<model::AdminSettings> slots;
    bool fresh = false;
    const auto look = [&](store::Reader& reader) -> Result<> {
        Result<std::vector<QueuePlan>> read = read_plans(reader, base);
        if (!read) return read.error();
        plans = *std::move(read);
        return number_plans(reader, plans, fresh, slots);
    };
    if (Result<> read = co_await store.read(look); !read) co_return read.error();
    if (!fresh) co_return plans;
    // Another process may number at the same time: the transaction reads once more.
    const auto number = [&](store::Transaction& transaction) -> Result<> {
        if (Result<> numbered = number_plans(transaction, plans, fresh, slots); !numbered)
            return numbered;
        return fresh ? store_slots(transaction, *slots, now_ms) : Result<>();
    };
    if (Result<> stored = co_await store.write(number); !stored) co_return stored.error();
    co_return plans;
}

Task<Result<bool>> save_queue_counts(core::Platform platform, model::TenantId tenant,
                                     std::string queue, std::string service_id,
                                     TenantCounts counts) {
    const auto stats = co_await core::queue_stats_of(platform, tenant, queue, service_id);
    if (!stats) co_return stats.error();
    const auto ttl = co_await ttl_of(platform.store, tenant);
    if (!ttl) co_return ttl.error();
    core::RuleSave save;
    save.entity = model::EntityId(stats->id);
    save.ts = platform.clock.now_ms();
    save.values = values_of(counts);
    save.ttl = ttl->counts;
    if (counts.total > 0) co_await platform.telemetry.save(save);
    if (counts.exception.empty()) co_return true;
    save.values.clear();
    save.values.push_back({"ruleEngineException", model::JsonText{counts.exception}});
    save.ttl = ttl->exceptions;
    co_await platform.telemetry.save(std::move(save));
    co_return true;
}

}  // namespace thingstead::rule
