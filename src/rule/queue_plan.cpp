#include "rule/queue_plan.h"

#include <algorithm>
#include <chrono>

namespace thingstead::rule {
namespace {

SubmitStrategy submit_of(model::SubmitStrategyType type) {
    switch (type) {
        case model::SubmitStrategyType::burst: return SubmitStrategy::burst;
        case model::SubmitStrategyType::batch: return SubmitStrategy::batch;
        case model::SubmitStrategyType::sequential_by_originator:
            return SubmitStrategy::sequential_by_originator;
        case model::SubmitStrategyType::sequential_by_tenant:
            return SubmitStrategy::sequential_by_tenant;
        case model::SubmitStrategyType::sequential: return SubmitStrategy::sequential;
    }
    return SubmitStrategy::burst;
}

ProcessingStrategy processing_of(model::ProcessingStrategyType type) {
    using From = model::ProcessingStrategyType;
    switch (type) {
        case From::skip_all_failures: return ProcessingStrategy::skip_all_failures;
        case From::skip_all_failures_and_timed_out:
            return ProcessingStrategy::skip_all_failures_and_timed_out;
        case From::retry_all:       return ProcessingStrategy::retry_all;
        case From::retry_failed:    return ProcessingStrategy::retry_failed;
        case From::retry_timed_out: return ProcessingStrategy::retry_timed_out;
        case From::retry_failed_and_timed_out:
            return ProcessingStrategy::retry_failed_and_timed_out;
    }
    return ProcessingStrategy::skip_all_failures;
}

}  // namespace

std::string QueuePlan::group() const {
    const bool own = tenant != model::system_tenant;
    return "re-" + name + (own ? "-isolated-" + tenant.to_string() : "") + "-consumer";
}

QueuePlan plan_of(const model::Queue& queue, const Settings& base) {
    QueuePlan plan;
    plan.tenant = queue.tenant_id;
    plan.name = queue.name;
    plan.topic = queue.topic;
    plan.partitions = queue.partitions;
    if (queue.tenant_id != model::system_tenant)
        plan.topic += ".isolated." + queue.tenant_id.to_string();
    else if (queue.name == core::main_queue)
        plan.topic = core::main_topic;
    Settings& settings = plan.settings;
    settings = base;
    settings.poll_interval =
        std::min(base.poll_interval, std::chrono::milliseconds(queue.poll_interval_ms));
    settings.pack_timeout = std::chrono::milliseconds(queue.pack_processing_timeout_ms);
    if (queue.submit_strategy && queue.submit_strategy->type) {
        settings.submit_strategy = submit_of(*queue.submit_strategy->type);
        if (queue.submit_strategy->batch_size > 0)
            settings.batch_size = static_cast<std::size_t>(queue.submit_strategy->batch_size);
    }
    if (queue.processing_strategy && queue.processing_strategy->type) {
        const model::ProcessingStrategy& asked = *queue.processing_strategy;
        settings.processing_strategy = processing_of(*asked.type);
        settings.retries = asked.retries;
        settings.failure_percentage = asked.failure_percentage;
        settings.pause_between_retries = std::chrono::seconds(asked.pause_between_retries_s);
        settings.pause_between_retries_max =
            std::chrono::seconds(asked.pause_between_retries_s_max);
    }
    return plan;
}

}  // namespace thingstead::rule
