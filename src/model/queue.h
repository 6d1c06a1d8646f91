// Queues of the rule engine as administrators see them, and whose statistics there are.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

/// What of a pack runs at a time.
enum class SubmitStrategyType : std::uint8_t {
    burst,
    batch,
    sequential_by_originator,
    sequential_by_tenant,
    sequential
};
constexpr auto enum_names(SubmitStrategyType) {
    using namespace std::literals;
    using enum SubmitStrategyType;
    return std::array{
        std::pair{burst,                    "BURST"sv                   },
        std::pair{batch,                    "BATCH"sv                   },
        std::pair{sequential_by_originator, "SEQUENTIAL_BY_ORIGINATOR"sv},
        std::pair{sequential_by_tenant,     "SEQUENTIAL_BY_TENANT"sv    },
        std::pair{sequential,               "SEQUENTIAL"sv              }
    };
}

/// What becomes of a pack in which messages failed or took too long.
enum class ProcessingStrategyType : std::uint8_t {
    skip_all_failures,
    skip_all_failures_and_timed_out,
    retry_all,
    retry_failed,
    retry_timed_out,
    retry_failed_and_timed_out
};
constexpr auto enum_names(ProcessingStrategyType) {
    using namespace std::literals;
    using enum ProcessingStrategyType;
    return std::array{
        std::pair{skip_all_failures,               "SKIP_ALL_FAILURES"sv              },
        std::pair{skip_all_failures_and_timed_out, "SKIP_ALL_FAILURES_AND_TIMED_OUT"sv},
        std::pair{retry_all,                       "RETRY_ALL"sv                      },
        std::pair{retry_failed,                    "RETRY_FAILED"sv                   },
        std::pair{retry_timed_out,                 "RETRY_TIMED_OUT"sv                },
        std::pair{retry_failed_and_timed_out,      "RETRY_FAILED_AND_TIMED_OUT"sv     }
    };
}

struct SubmitStrategy {
    std::optional<SubmitStrategyType> type;
    std::int32_t batch_size = 0;
};
constexpr auto describe(const SubmitStrategy*) {
    return fields(field("type", &SubmitStrategy::type, "", of_schema("SubmitStrategyType")),
                  field("batchSize", &SubmitStrategy::batch_size));
}

struct ProcessingStrategy {
    std::optional<ProcessingStrategyType> type;
    std::int32_t retries = 0;  ///< 0: without end.
    double failure_percentage = 0;
    std::int64_t pause_between_retries_s = 0;
    std::int64_t pause_between_retries_s_max = 0;
};
constexpr auto describe(const ProcessingStrategy*) {
    return fields(
        field("type", &ProcessingStrategy::type, "", of_schema("ProcessingStrategyType")),
        field("retries", &ProcessingStrategy::retries),
        field("failurePercentage", &ProcessingStrategy::failure_percentage),
        field("pauseBetweenRetries", &ProcessingStrategy::pause_between_retries_s),
        field("maxPauseBetweenRetries", &ProcessingStrategy::pause_between_retries_s_max));
}

struct Queue {
    QueueId id;
    EpochMs created_time = 0;
    TenantId tenant_id = system_tenant;
    std::string name;  ///< Unique of its tenant, as the topic is; neither changes.
    std::string topic;
    std::int32_t poll_interval_ms = 0;
    std::int32_t partitions = 0;
    bool consumer_per_partition = false;
    std::int64_t pack_processing_timeout_ms = 0;
    std::optional<SubmitStrategy> submit_strategy;
    std::optional<ProcessingStrategy> processing_strategy;
    json::value additional_info;  ///< description, customProperties, duplicateMsgToAllPartitions.
};
constexpr auto describe(const Queue*) {
    return fields(
        field("id", &Queue::id), field("createdTime", &Queue::created_time, "", server_owned),
        field("tenantId", &Queue::tenant_id),
        field("name", &Queue::name, "", searchable, short_text),
        field("topic", &Queue::topic, "", short_text),
        field("pollInterval", &Queue::poll_interval_ms), field("partitions", &Queue::partitions),
        field("consumerPerPartition", &Queue::consumer_per_partition),
        field("packProcessingTimeout", &Queue::pack_processing_timeout_ms),
        field("submitStrategy", &Queue::submit_strategy, "", of_schema("SubmitStrategy")),
        field("processingStrategy", &Queue::processing_strategy, "",
              of_schema("ProcessingStrategy")),
        field("additionalInfo", &Queue::additional_info));
}
constexpr std::string_view table_name(const Queue*) { return "queue"; }

/// A server's statistics of a tenant's messages in a queue are time series under this id.
struct QueueStats {
    QueueStatsId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string queue_name;
    std::string service_id;
};
constexpr auto describe(const QueueStats*) {
    return fields(field("id", &QueueStats::id),
                  field("createdTime", &QueueStats::created_time, "", server_owned),
                  field("tenantId", &QueueStats::tenant_id),
                  field("queueName", &QueueStats::queue_name, "", searchable),
                  field("serviceId", &QueueStats::service_id, "", searchable));
}
constexpr std::string_view table_name(const QueueStats*) { return "queue_stats"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::SubmitStrategy)
TS_JSON_ELSEWHERE(model::ProcessingStrategy)
TS_JSON_ELSEWHERE(model::Queue)
TS_JSON_ELSEWHERE(model::QueueStats)
}  // namespace thingstead
