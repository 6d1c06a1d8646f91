// Shapes of queues.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr Member processing_strategy_members[] = {
    {.name = "failurePercentage", .kind = Kind::number},
    {.name = "maxPauseBetweenRetries", .kind = Kind::long_integer},
    {.name = "pauseBetweenRetries", .kind = Kind::long_integer},
    {.name = "retries", .kind = Kind::integer},
    {.name = "type", .kind = Kind::text, .shape = "ProcessingStrategyType"},
};

constexpr std::string_view processing_strategy_type_names[] = {
    "SKIP_ALL_FAILURES", "SKIP_ALL_FAILURES_AND_TIMED_OUT", "RETRY_ALL", "RETRY_FAILED",
    "RETRY_TIMED_OUT",   "RETRY_FAILED_AND_TIMED_OUT"};

constexpr Member submit_strategy_members[] = {
    {.name = "batchSize", .kind = Kind::integer},
    {.name = "type", .kind = Kind::text, .shape = "SubmitStrategyType"},
};

constexpr std::string_view submit_strategy_type_names[] = {
    "BURST", "BATCH", "SEQUENTIAL_BY_ORIGINATOR", "SEQUENTIAL_BY_TENANT", "SEQUENTIAL"};

constexpr std::string_view tenant_name_strategy_type_names[] = {"DOMAIN", "EMAIL", "CUSTOM"};

constexpr std::string_view uniquify_strategy_names[] = {"RANDOM", "INCREMENTAL"};

constexpr Shape queue_table[] = {
    {.name = "ProcessingStrategy",     .members = processing_strategy_members  },
    {.name = "ProcessingStrategyType", .names = processing_strategy_type_names },
    {.name = "SubmitStrategy",         .members = submit_strategy_members      },
    {.name = "SubmitStrategyType",     .names = submit_strategy_type_names     },
    {.name = "TenantNameStrategyType", .names = tenant_name_strategy_type_names},
    {.name = "UniquifyStrategy",       .names = uniquify_strategy_names        },
};

}  // namespace

std::span<const Shape> queue_shapes() { return queue_table; }

}  // namespace thingstead::model
