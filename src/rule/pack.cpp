#include "rule/pack.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "queue/msg_codec.h"

namespace thingstead::rule {
namespace {

bool waits(const Delivery& delivery) {
    if (delivery.done()) return false;
    if (delivery.first.visit.waits_for_storage) return true;
    return std::any_of(delivery.copies.begin(), delivery.copies.end(),
                       [](const auto& copy) { return copy->visit.waits_for_storage; });
}

}  // namespace

std::shared_ptr<Pack> decode(const queue::Batch& batch, const std::vector<std::size_t>& records,
                             bool again, std::vector<Unusable>& unusable, std::int32_t source) {
    const auto pack = std::make_shared<Pack>();
    pack->deliveries.reserve(records.size());
    for (const std::size_t index : records) {
        const queue::Record& record = batch.records()[index];
        Result<model::QueuedMsg> queued = queue::decode_queued_msg(record.value);
        if (!queued) {
            unusable.push_back({index, queued.error()});
            continue;
        }
        Delivery& delivery = pack->deliveries.emplace_back();
        delivery.pack = pack.get();
        delivery.record = index;
        delivery.offset = record.offset;
        delivery.first.visit.msg = std::move(queued->msg);
        delivery.first.visit.tenant = queued->tenant;
        delivery.first.visit.source = store::SourceOffset{source, record.offset};
        // A message that came from behind a node that failed: the node itself is tried again.
        if (again && !queued->failure.empty()) continue;
        delivery.relations = std::move(queued->relations);
        delivery.failure_text = std::move(queued->failure);
    }
    pack->open = pack->deliveries.size();
    return pack;
}

std::vector<std::size_t> groups_of(SubmitStrategy strategy, const Pack& pack) {
    std::vector<std::size_t> groups;
    if (strategy == SubmitStrategy::burst || strategy == SubmitStrategy::batch) return groups;
    std::unordered_map<Uuid, std::size_t> known;
    for (const Delivery& each : pack.deliveries) {
        Uuid key{};
        if (strategy == SubmitStrategy::sequential_by_originator)
            key = each.first.visit.msg.originator.uuid;
        else if (strategy == SubmitStrategy::sequential_by_tenant)
            key = each.first.visit.tenant.uuid;
        groups.push_back(known.try_emplace(key, known.size()).first->second);
    }
    return groups;
}

bool waits_for_storage(const Pack& pack) {
    return std::any_of(pack.deliveries.begin(), pack.deliveries.end(), waits);
}

AttemptResult result_of(const Pack& pack, bool successes) {
    AttemptResult result;
    for (std::size_t i = 0; i < pack.deliveries.size(); ++i) {
        const DeliveryState state = pack.deliveries[i].state;
        if (state == DeliveryState::failed)
            result.failed.push_back(i);
        else if (state != DeliveryState::succeeded)
            result.timed_out.push_back(i);
        else if (successes)
            result.succeeded.push_back(i);
    }
    return result;
}

const Branch* slowest(const Pack& pack) {
    const Branch* found = nullptr;
    const auto look = [&](const Branch& branch) {
        if (branch.waits_since != std::chrono::steady_clock::time_point() &&
            (!found || branch.waits_since < found->waits_since))
            found = &branch;
    };
    for (const Delivery& each : pack.deliveries) {
        look(each.first);
        for (const auto& copy : each.copies) look(*copy);
    }
    return found;
}

std::optional<queue::Offset> first_unfinished(const Pack& pack, bool retries_failures) {
    for (const Delivery& each : pack.deliveries)
        if (!each.done() || (retries_failures && each.state == DeliveryState::failed))
            return each.offset;
    return std::nullopt;
}

}  // namespace thingstead::rule
