#include "core/queue/queue_rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace thingstead::core {
namespace {

using model::ProcessingStrategyType;
using model::Queue;
using model::SubmitStrategyType;

Queue good_queue() {
    Queue queue;
    queue.name = "Fast_1.x-y";
    queue.topic = "tb_rule_engine.fast";
    queue.poll_interval_ms = 25;
    queue.partitions = 1;
    queue.pack_processing_timeout_ms = 2000;
    queue.submit_strategy = model::SubmitStrategy{SubmitStrategyType::burst, 0};
    queue.processing_strategy =
        model::ProcessingStrategy{ProcessingStrategyType::retry_all, 0, 50, 3, 3};
    return queue;
}

TEST(QueueRules, TakeAQueueThatIsRight) { EXPECT_TRUE(check_queue(good_queue())); }

TEST(QueueRules, RefuseWhatIsWrong) {
    const std::function<void(Queue&)> spoilers[] = {
        [](Queue& queue) { queue.name = ""; },
        [](Queue& queue) { queue.name = "two words"; },
        [](Queue& queue) { queue.name = "CalculatedFields"; },
        [](Queue& queue) { queue.topic = " "; },
        [](Queue& queue) { queue.topic = "a/b"; },
        [](Queue& queue) { queue.poll_interval_ms = 0; },
        [](Queue& queue) { queue.partitions = 0; },
        [](Queue& queue) { queue.pack_processing_timeout_ms = -1; },
        [](Queue& queue) { queue.submit_strategy.reset(); },
        [](Queue& queue) { queue.submit_strategy->type.reset(); },
        [](Queue& queue) { queue.submit_strategy->type = SubmitStrategyType::batch; },
        [](Queue& queue) { queue.processing_strategy.reset(); },
        [](Queue& queue) { queue.processing_strategy->type.reset(); },
        [](Queue& queue) { queue.processing_strategy->retries = -1; },
        [](Queue& queue) { queue.processing_strategy->failure_percentage = 100.5; },
        [](Queue& queue) { queue.processing_strategy->failure_percentage = std::nan(""); },
        [](Queue& queue) { queue.processing_strategy->pause_between_retries_s = -1; },
        [](Queue& queue) { queue.processing_strategy->pause_between_retries_s = 4; },
    };
    for (const auto& spoil : spoilers) {
        Queue queue = good_queue();
        spoil(queue);
        EXPECT_FALSE(check_queue(queue)) << (&spoil - spoilers);
    }
}

}  // namespace
}  // namespace thingstead::core
