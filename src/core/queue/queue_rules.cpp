#include "core/queue/queue_rules.h"

#include <algorithm>
#include <functional>

namespace thingstead::core {
namespace {

using model::Queue;
using model::SubmitStrategyType;

constexpr std::string_view reserved_names[] = {"CalculatedFields", "CalculatedFieldStates"};

bool is_topic_name(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

Result<> check_word(std::string_view noun, const std::string& word) {
    const std::string what = "Queue " + std::string(noun);
    if (model::is_blank(word)) return invalid(what + " should be specified!");
    if (!is_topic_name(word))
        return invalid(what +
                       " contains a character other than ASCII alphanumerics, '.', '_' and '-'!");
    return {};
}

Result<> check_submit(const std::optional<model::SubmitStrategy>& strategy) {
    if (!strategy) return invalid("Queue submit strategy can't be null!");
    if (!strategy->type) return invalid("Queue submit strategy type can't be null!");
    if (*strategy->type == SubmitStrategyType::batch && strategy->batch_size < 1)
        return invalid("Queue submit strategy batch size should be more than 0!");
    return {};
}

Result<> check_processing(const std::optional<model::ProcessingStrategy>& strategy) {
    if (!strategy) return invalid("Queue processing strategy can't be null!");
    if (!strategy->type) return invalid("Queue processing strategy type can't be null!");
    if (strategy->retries < 0)
        return invalid("Queue processing strategy retries can't be less than 0!");
    // Written so that no number is outside too.
    if (!(strategy->failure_percentage >= 0 && strategy->failure_percentage <= 100))
        return invalid(
            "Queue processing strategy failure percentage should be in a range from 0 to 100!");
    if (strategy->pause_between_retries_s < 0)
        return invalid("Queue processing strategy pause between retries can't be less than 0!");
    if (strategy->pause_between_retries_s_max < strategy->pause_between_retries_s)
        return invalid(
            "Queue processing strategy max pause between retries can't be less than pause between "
            "retries!");
    return {};
}

Result<> check_unique(store::Reader& reader, const Queue& queue) {
    const auto same_name = reader.find<Queue>({
        {"tenantId", queue.tenant_id.uuid},
        {"name",     queue.name          }
    });
    if (!same_name) return same_name.error();
    if (*same_name) return invalid("Queue with name: " + queue.name + " already exists!");
    const auto same_topic = reader.find<Queue>({
        {"tenantId", queue.tenant_id.uuid},
        {"topic",    queue.topic         }
    });
    if (!same_topic) return same_topic.error();
    if (*same_topic) return invalid("Queue with topic: " + queue.topic + " already exists!");
    return {};
}

}  // namespace

Result<> check_queue(const Queue& queue) {
    if (Result<> valid = check_word("name", queue.name); !valid) return valid;
    if (Result<> valid = check_word("topic", queue.topic); !valid) return valid;
    for (const std::string_view reserved : reserved_names)
        if (queue.name == reserved)
            return invalid("The queue name '" + queue.name + "' is reserved for internal use!");
    if (queue.poll_interval_ms < 1) return invalid("Queue poll interval should be more than 0!");
    if (queue.partitions < 1) return invalid("Queue partitions should be more than 0!");
    if (queue.pack_processing_timeout_ms < 1)
        return invalid("Queue pack processing timeout should be more than 0!");
    if (Result<> valid = check_submit(queue.submit_strategy); !valid) return valid;
    return check_processing(queue.processing_strategy);
}

Result<> EntityRules<Queue>::prepare(Save<Queue>& save) {
    Queue& queue = save.entity;
    if (queue.tenant_id != model::system_tenant) {
        const Result<model::TenantId> owner = queue_owner(save.transaction, queue.tenant_id);
        if (!owner) return owner.error();
        if (*owner != queue.tenant_id) return invalid("Tenant should be isolated!");
    }
    if (Result<> valid = check_queue(queue); !valid) return valid;
    if (save.creates()) return check_unique(save.transaction, queue);
    if (queue.name != save.before->name) return invalid("Queue name can't be changed!");
    if (queue.topic != save.before->topic) return invalid("Queue topic can't be changed!");
    return {};
}

Result<> EntityRules<Queue>::removing(Removal<Queue>& removal) {
    store::Filter users{
        {"defaultQueueName", removal.entity.name}
    };
    if (removal.entity.tenant_id != model::system_tenant)
        users.emplace_back("tenantId", removal.entity.tenant_id.uuid);
    const auto used = removal.transaction.find<model::DeviceProfile>(users);
    if (!used) return used.error();
    if (*used) return invalid("The queue referenced by the device profiles cannot be deleted!");
    return {};
}

Result<model::TenantId> queue_owner(store::Reader& reader, model::TenantId tenant) {
    const auto found = reader.find<model::Tenant>({
        {"id", tenant.uuid}
    });
    if (!found) return found.error();
    if (!*found) return model::system_tenant;
    const auto profile = reader.find<model::TenantProfile>({
        {"id", (*found)->tenant_profile_id.uuid}
    });
    if (!profile) return profile.error();
    return *profile && (*profile)->isolated_rule_engine ? tenant : model::system_tenant;
}

Task<Result<model::QueueStats>> queue_stats_of(const Platform& platform, model::TenantId tenant,
                                               std::string queue_name, std::string service_id) {
    const std::function<Result<model::QueueStats>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<model::QueueStats> {
        const auto found = transaction.find<model::QueueStats>({
            {"tenantId",  tenant.uuid},
            {"queueName", queue_name },
            {"serviceId", service_id }
        });
        if (!found) return found.error();
        if (*found) return **found;
        model::QueueStats stats;
        stats.id = model::QueueStatsId::make();
        stats.created_time = platform.clock.now_ms();
        stats.tenant_id = tenant;
        stats.queue_name = queue_name;
        stats.service_id = service_id;
        if (Result<> made = transaction.insert(stats); !made) return made.error();
        return stats;
    };
    co_return co_await write<model::QueueStats>(platform, work);
}

}  // namespace thingstead::core
