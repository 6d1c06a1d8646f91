#include "rule/node_counts.h"

#include <utility>

namespace thingstead::rule {
namespace {

MetricLabels label_of(const std::string& type) {
    return {
        {"node", type.substr(type.rfind('.') + 1)}
    };
}

}  // namespace

ClassCounts::ClassCounts(MetricsRegistry& registry, const std::string& type)
    : visits(registry, "thingstead_rule_node_visits_total", "Messages that rule nodes worked on.",
             label_of(type)),
      failures(registry, "thingstead_rule_node_failures_total",
               "Messages that rule nodes answered with an error.", label_of(type)),
      microseconds(registry, "thingstead_rule_node_microseconds_total",
                   "Time from a message's arrival at rule nodes to their answers.",
                   label_of(type)) {}

ClassCounts& NodeCounts::of_class(const std::string& type) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<ClassCounts>& found = classes_[type];
    if (!found) found = std::make_unique<ClassCounts>(registry_, type);
    return *found;
}

std::shared_ptr<PartCounts> NodeCounts::of_part(model::TenantId tenant, const Uuid& entity) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<PartCounts>& found = parts_[entity];
    if (!found) {
        found = std::make_shared<PartCounts>();
        found->tenant = tenant;
        found->entity = entity;
    }
    return found;
}

std::vector<NodeCounts::Taken> NodeCounts::take() {
    std::vector<Taken> taken;
    const std::lock_guard lock(mutex_);
    std::erase_if(parts_, [&](const auto& each) {
        PartCounts& part = *each.second;
        const std::int64_t processed = part.processed.exchange(0);
        const std::int64_t errors = part.errors.exchange(0);
        if (processed != 0 || errors != 0)
            taken.push_back({part.tenant, part.entity, processed, errors});
        return each.second.use_count() == 1;
    });
    return taken;
}

}  // namespace thingstead::rule
