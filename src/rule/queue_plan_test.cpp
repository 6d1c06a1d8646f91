#include "rule/queue_plan.h"

#include <gtest/gtest.h>

namespace thingstead::rule {
namespace {

using namespace std::chrono_literals;

model::Queue some_queue(model::TenantId tenant, std::string name) {
    model::Queue queue;
    queue.tenant_id = tenant;
    queue.name = std::move(name);
    queue.topic = "tb_rule_engine.sq";
    queue.poll_interval_ms = 25;
    queue.partitions = 3;
    queue.pack_processing_timeout_ms = 700;
    queue.submit_strategy =
        model::SubmitStrategy{model::SubmitStrategyType::sequential_by_originator, 0};
    queue.processing_strategy = model::ProcessingStrategy{
        model::ProcessingStrategyType::retry_failed_and_timed_out, 2, 0.5, 5, 7};
    return queue;
}

TEST(QueuePlan, RunsAQueueAsItsEntitySays) {
    const QueuePlan plan = plan_of(some_queue(model::system_tenant, "Sequential"), Settings{});
    EXPECT_EQ(plan.topic, "tb_rule_engine.sq");
    EXPECT_EQ(plan.group(), "re-Sequential-consumer");
    EXPECT_EQ(plan.partitions, 3);
    EXPECT_FALSE(plan.is_main());
    EXPECT_EQ(plan.settings.submit_strategy, SubmitStrategy::sequential_by_originator);
    EXPECT_EQ(plan.settings.batch_size, Settings{}.batch_size);
    EXPECT_EQ(plan.settings.processing_strategy, ProcessingStrategy::retry_failed_and_timed_out);
    EXPECT_EQ(plan.settings.retries, 2);
    EXPECT_EQ(plan.settings.failure_percentage, 0.5);
    EXPECT_EQ(plan.settings.pause_between_retries, 5s);
    EXPECT_EQ(plan.settings.pause_between_retries_max, 7s);
    EXPECT_EQ(plan.settings.pack_timeout, 700ms);
    EXPECT_EQ(plan.settings.poll_interval, Settings{}.poll_interval);
}

TEST(QueuePlan, KeepsTheTopicOfMain) {
    const QueuePlan plan = plan_of(some_queue(model::system_tenant, "Main"), Settings{});
    EXPECT_EQ(plan.topic, core::main_topic);
    EXPECT_EQ(plan.group(), "re-Main-consumer");
    EXPECT_TRUE(plan.is_main());
}

TEST(QueuePlan, GivesATenantOfItsOwnATopicOfItsOwn) {
    const model::TenantId tenant = model::TenantId::make();
    const QueuePlan plan = plan_of(some_queue(tenant, "Main"), Settings{});
    EXPECT_EQ(plan.topic, "tb_rule_engine.sq.isolated." + tenant.to_string());
    EXPECT_EQ(plan.group(), "re-Main-isolated-" + tenant.to_string() + "-consumer");
    EXPECT_FALSE(plan.is_main());
}

TEST(QueuePlan, TellsPartitionsOfTopicsApart) {
    QueuePlan main, other;
    other.slot = 1;
    EXPECT_EQ(main.source(1023), 1023);
    EXPECT_EQ(other.source(0), 1024);
    other.slot = slots_max - 1;
    EXPECT_GT(other.source(1023), 0);
}

}  // namespace
}  // namespace thingstead::rule
