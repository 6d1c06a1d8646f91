#include "core/rule_queues.h"

namespace thingstead::core {

void RuleQueues::set(std::vector<Entry> queues) {
    std::map<Key, std::string> topics;
    bool own_main = false;
    for (Entry& each : queues) {
        own_main = own_main || (each.name == main_queue && each.topic != main_topic);
        topics.insert_or_assign({each.tenant, std::move(each.name)}, std::move(each.topic));
    }
    const std::lock_guard lock(mutex_);
    topics_ = std::move(topics);
    main_is_everyones_ = !own_main;
}

std::string RuleQueues::topic_of(model::TenantId tenant, std::string_view name) const {
    if (is_main(name)) return std::string(main_topic);
    const std::string wanted(name.empty() ? main_queue : name);
    const std::lock_guard lock(mutex_);
    for (const model::TenantId& owner : {tenant, model::system_tenant})
        if (const auto found = topics_.find({owner, wanted}); found != topics_.end())
            return found->second;
    return std::string(main_topic);
}

}  // namespace thingstead::core
