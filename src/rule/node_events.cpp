#include "rule/node_events.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/json.h"

namespace thingstead::rule {
namespace {

/// Debug events of a pack go to the store in parts of so many.
constexpr std::size_t events_at_once = 200;

std::string_view data_type_name(model::DataType type) {
    switch (type) {
        case model::DataType::json:   return "JSON";
        case model::DataType::text:   return "TEXT";
        case model::DataType::binary: return "BINARY";
    }
    return "JSON";
}

std::string debug_metadata(const model::Metadata& metadata) {
    json::object members;
    for (const auto& [key, value] : metadata) members.insert_or_assign(key, value);
    return json::serialize(members);
}

}  // namespace

NodeEvents::NodeEvents(const NodeRecords& records, const Clock& clock)
    : records_(records),
      clock_(clock),
      ring_(records.flights.ring()),
      steady_at_(std::chrono::steady_clock::now()),
      epoch_ms_(clock.now_ms()) {}

void NodeEvents::in(const NodeInfo& node, const model::Msg& msg, std::string_view relation) {
    if (!records_.events.admit(node.tenant, node.rule_chain)) return;
    model::RuleNodeDebugEvent body;
    body.type = model::MsgDirection::in;
    body.relation_type = std::string(relation);
    add(node, std::move(body), msg);
}

void NodeEvents::out(const NodeInfo& node, const model::Msg& msg, std::string_view relation,
                     std::string_view error) {
    if (!records_.events.admit(node.tenant, node.rule_chain)) return;
    model::RuleNodeDebugEvent body;
    body.type = model::MsgDirection::out;
    body.relation_type = std::string(relation);
    if (!error.empty()) body.error = shortened(std::string(error), records_.events.symbols_max());
    add(node, std::move(body), msg);
}

void NodeEvents::add(const NodeInfo& node, model::RuleNodeDebugEvent body, const model::Msg& msg) {
    const std::size_t symbols_max = records_.events.symbols_max();
    body.entity_id = msg.originator.uuid;
    body.entity_type = msg.originator.type;
    body.msg_id = msg.id;
    body.msg_type = msg.type;
    body.data_type = std::string(data_type_name(msg.data_type));
    body.data = shortened(msg.data, symbols_max);
    body.metadata = shortened(debug_metadata(msg.metadata), symbols_max);
    gathered_.push_back(records_.events.event(node.tenant, node.rule_node.uuid, std::move(body)));
    if (gathered_.size() >= events_at_once) records_.events.offer(std::exchange(gathered_, {}));
}

void NodeEvents::calculated(model::TenantId tenant, model::CalculatedFieldDebugEvent body) {
    const Uuid field = body.calculated_field_id;
    if (!records_.events.admit_field(tenant, field)) return;
    for (std::optional<std::string>* text : {&body.arguments, &body.result, &body.error})
        if (*text) **text = shortened(std::move(**text), records_.events.symbols_max());
    gathered_.push_back(records_.events.event(tenant, field, std::move(body)));
    if (gathered_.size() >= events_at_once) records_.events.offer(std::exchange(gathered_, {}));
}

void NodeEvents::watch(model::RuleNodeId node, const DebugMode& mode) {
    if (mode.any())
        watched_.insert_or_assign(node, mode);
    else
        watched_.erase(node);
}

DebugMode NodeEvents::watched(model::RuleNodeId node) const {
    const auto found = watched_.find(node);
    return found == watched_.end() ? DebugMode() : found->second;
}

std::shared_ptr<NodeTally> NodeEvents::tally(const NodeInfo& node, const std::string& type) {
    auto made = std::make_shared<NodeTally>();
    made->number = records_.flights.number_of(node, type);
    made->of_class = &records_.counts.of_class(type);
    made->of_node = records_.counts.of_part(node.tenant, node.rule_node.uuid);
    made->of_chain = records_.counts.of_part(node.tenant, node.rule_chain.uuid);
    return made;
}

NodeEvents::Time NodeEvents::visited(const std::shared_ptr<NodeTally>& of, const model::Msg& msg,
                                     Time began, core::HopOutcome outcome, std::uint16_t relation) {
    NodeTally& tally = *of;
    const Time now = std::chrono::steady_clock::now();
    const auto took_ns = static_cast<std::uint64_t>((now - began).count());
    if (tally.visits++ == 0) counted_.push_back(of);
    tally.nanoseconds += took_ns;
    if (outcome == core::HopOutcome::failed) ++tally.failures;
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now - steady_at_);
    ring_->put({trace_hash(msg.id), trace_hash(msg.originator.uuid), epoch_ms_ + since.count(),
                tally.number,
                static_cast<std::uint32_t>(std::min<std::uint64_t>(
                    took_ns / 1000, std::numeric_limits<std::uint32_t>::max())),
                relation, outcome});
    return now;
}

void NodeEvents::flush() {
    if (!gathered_.empty()) records_.events.offer(std::exchange(gathered_, {}));
    for (const std::shared_ptr<NodeTally>& each : counted_) {
        each->of_class->visits.add(each->visits);
        if (each->failures != 0) each->of_class->failures.add(each->failures);
        each->of_class->microseconds.add(each->nanoseconds / 1000);
        each->nanoseconds %= 1000;
        for (const auto& part : {each->of_node, each->of_chain}) {
            part->processed.fetch_add(static_cast<std::int64_t>(each->visits));
            part->errors.fetch_add(static_cast<std::int64_t>(each->failures));
        }
        each->visits = 0;
        each->failures = 0;
    }
    counted_.clear();
    steady_at_ = std::chrono::steady_clock::now();
    epoch_ms_ = clock_.now_ms();
}

}  // namespace thingstead::rule
