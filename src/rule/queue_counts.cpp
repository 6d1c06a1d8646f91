#include "rule/queue_counts.h"

#include <utility>

#include "base/json.h"
#include "rule/event_keeper.h"

namespace thingstead::rule {
namespace {

constexpr std::size_t exception_text_max = 4096;

std::string exception_of(const Delivery& delivery) {
    json::object told;
    if (const ChainNode* node = delivery.failed_at) {
        told["ruleNodeId"] = node->info.rule_node.to_string();
        told["ruleChainId"] = node->info.rule_chain.to_string();
        told["ruleNodeName"] = node->info.name;
        told["ruleChainName"] = node->info.chain_name;
    }
    told["message"] = shortened(delivery.failure->message, exception_text_max);
    return json::serialize(told);
}

void count_delivery(const Delivery& delivery, bool again, TenantCounts& into) {
    ++into.total;
    if (delivery.state == DeliveryState::succeeded) {
        ++into.successful;
        return;
    }
    const bool failed = delivery.state == DeliveryState::failed;
    if (again)
        ++(failed ? into.failed_for_now : into.timed_out_for_now);
    else
        ++(failed ? into.failed : into.timed_out);
    if (failed && delivery.failure && into.exception.empty())
        into.exception = exception_of(delivery);
}

}  // namespace

void QueueCounts::add(const Pack& pack, bool again) {
    const std::lock_guard lock(mutex_);
    TenantCounts* into = nullptr;
    model::TenantId last{};
    for (const Delivery& each : pack.deliveries) {
        const model::TenantId tenant = each.first.visit.tenant;
        if (!into || tenant != last) into = &counts_[tenant];
        last = tenant;
        count_delivery(each, again, *into);
    }
}

QueueCounts::ByTenant QueueCounts::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(counts_, {});
}

}  // namespace thingstead::rule
