#include "core/rule_queues.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

TEST(RuleQueues, SendsEverythingToMainUntilItKnowsMore) {
    const RuleQueues queues;
    EXPECT_TRUE(queues.is_main(""));
    EXPECT_FALSE(queues.is_main("HighPriority"));
    EXPECT_EQ(queues.topic_of(model::TenantId::make(), "HighPriority"), main_topic);
}

TEST(RuleQueues, PrefersTheTenantsOwnQueueThenTheSystemsThenMain) {
    const model::TenantId alone = model::TenantId::make();
    const model::TenantId other = model::TenantId::make();
    RuleQueues queues;
    queues.set({
        {model::system_tenant, "Main",         std::string(main_topic)},
        {model::system_tenant, "HighPriority", "hp"                   },
        {alone,                "Main",         "main.isolated.1"      },
        {alone,                "Slow",         "slow.isolated.1"      }
    });
    EXPECT_FALSE(queues.is_main("Main"));
    EXPECT_EQ(queues.topic_of(alone, ""), "main.isolated.1");
    EXPECT_EQ(queues.topic_of(alone, "Slow"), "slow.isolated.1");
    EXPECT_EQ(queues.topic_of(alone, "HighPriority"), "hp");
    EXPECT_EQ(queues.topic_of(other, "Slow"), main_topic);
    EXPECT_EQ(queues.topic_of(other, "HighPriority"), "hp");
    EXPECT_EQ(queues.topic_of(other, "Main"), main_topic);
}

TEST(RuleQueues, ForgetsAQueueThatIsGone) {
    RuleQueues queues;
    queues.set({
        {model::system_tenant, "HighPriority", "hp"}
    });
    queues.set({});
    EXPECT_EQ(queues.topic_of(model::TenantId::make(), "HighPriority"), main_topic);
}

}  // namespace
}  // namespace thingstead::core
