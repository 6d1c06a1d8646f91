// Settings of the rule engine; YAML section `rule`. The strategies have the reference platform's
// names and meaning.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/describe.h"
#include "rule/external_settings.h"
#include "rule/replay/settings.h"

namespace thingstead::rule {

/// Which messages of a pack run at once.
enum class SubmitStrategy : std::uint8_t {
    burst,                     ///< All.
    batch,                     ///< `batch_size`; the next when all of these succeeded.
    sequential_by_originator,  ///< One of each originator; the next when it succeeded.
    sequential_by_tenant,
    sequential,
};
constexpr auto enum_names(SubmitStrategy) {
    using namespace std::literals;
    return std::array{
        std::pair{SubmitStrategy::burst,                    "BURST"sv                   },
        std::pair{SubmitStrategy::batch,                    "BATCH"sv                   },
        std::pair{SubmitStrategy::sequential_by_originator, "SEQUENTIAL_BY_ORIGINATOR"sv},
        std::pair{SubmitStrategy::sequential_by_tenant,     "SEQUENTIAL_BY_TENANT"sv    },
        std::pair{SubmitStrategy::sequential,               "SEQUENTIAL"sv              }
    };
}

/// What becomes of a pack in which messages failed or ran out of time.
enum class ProcessingStrategy : std::uint8_t {
    skip_all_failures,  ///< Done; those out of time go on running.
    skip_all_failures_and_timed_out,
    retry_failed,
    retry_timed_out,
    retry_failed_and_timed_out,
    retry_all,
};
constexpr auto enum_names(ProcessingStrategy) {
    using namespace std::literals;
    using enum ProcessingStrategy;
    return std::array{
        std::pair{skip_all_failures,               "SKIP_ALL_FAILURES"sv              },
        std::pair{skip_all_failures_and_timed_out, "SKIP_ALL_FAILURES_AND_TIMED_OUT"sv},
        std::pair{retry_failed,                    "RETRY_FAILED"sv                   },
        std::pair{retry_timed_out,                 "RETRY_TIMED_OUT"sv                },
        std::pair{retry_failed_and_timed_out,      "RETRY_FAILED_AND_TIMED_OUT"sv     },
        std::pair{retry_all,                       "RETRY_ALL"sv                      }
    };
}

struct Settings {
    SubmitStrategy submit_strategy = SubmitStrategy::burst;
    std::size_t batch_size = 1000;
    ProcessingStrategy processing_strategy = ProcessingStrategy::skip_all_failures;
    std::int32_t retries = 3;
    double failure_percentage = 0;
    std::chrono::milliseconds pause_between_retries{3000};
    std::chrono::milliseconds pause_between_retries_max{3000};
    std::chrono::milliseconds pack_timeout{2000};
    std::size_t pack_messages_max = 1000;
    std::size_t pack_bytes_max = 4u << 20;
    std::chrono::milliseconds poll_interval{5};
    std::size_t tenants_max = 1000;
    std::int32_t node_executions_max = 1000;
    std::size_t copies_max = 1000;
    std::size_t lingering_messages_max = 1000;
    std::chrono::milliseconds lingering_age_max{60'000};
    std::size_t background_tasks_max = 1000;
    std::size_t held_messages_max = 10'000;
    std::size_t held_bytes_max = 64u << 20;
    std::int32_t script_errors_max = 3;
    std::chrono::milliseconds script_block_time{60'000};
    std::chrono::milliseconds stop_timeout{10'000};
    std::chrono::hours dead_letter_retention{24 * 7};
    ExternalSettings external;
    std::size_t debug_symbols_max = 4096;
    std::size_t debug_events_max = 50'000;
    std::chrono::seconds debug_events_time{3'600};
    std::size_t trace_hops = 16'384;
    std::chrono::seconds statistics_interval{60};
    std::chrono::seconds node_statistics_interval{3'600};
    ReplaySettings replay;
    std::chrono::milliseconds calculation_timeout{5'000};
    friend bool operator==(const Settings&, const Settings&) = default;
};

constexpr auto describe(const Settings*) {
    using S = Settings;
    return fields(
        field("submit_strategy", &S::submit_strategy, "Which messages of a pack run at once.",
              on_restart),
        field("batch_size", &S::batch_size, "Messages that run at once with BATCH.",
              between(1, 100'000), on_restart),
        field("processing_strategy", &S::processing_strategy,
              "What becomes of a pack in which messages failed or ran out of time.", on_restart),
        field("retries", &S::retries, "Attempts after the first, of RETRY strategies; 0: no limit.",
              between(0, 1'000'000), on_restart),
        field("failure_percentage", &S::failure_percentage,
              "A pack with a larger share of failures is not retried: 0.5 is half; 0: no limit.",
              on_restart),
        field("pause_between_retries", &S::pause_between_retries,
              "Before the first retry; doubled before each further one.", between(0, 3'600'000),
              on_restart),
        field("pause_between_retries_max", &S::pause_between_retries_max,
              "Up to which the pause is doubled.", between(0, 3'600'000), on_restart),
        field("pack_timeout", &S::pack_timeout,
              "After which messages of a pack that are not done count as timed out.",
              between(1, 3'600'000), on_restart),
        field("pack_messages_max", &S::pack_messages_max,
              "Messages taken from the queue at a time.", between(1, 100'000), on_restart),
        field("pack_bytes_max", &S::pack_bytes_max, "Bytes taken from the queue at a time.",
              in_bytes, between(1024, 1 << 30), on_restart),
        field("poll_interval", &S::poll_interval,
              "Pause after a pack that was not full: messages are run together rather than one by "
              "one as they come.",
              between(0, 1'000), on_restart),
        field("tenants_max", &S::tenants_max,
              "Tenants whose chains each worker keeps; those used least are loaded again.",
              between(1, 1'000'000), on_restart),
        field("node_executions_max", &S::node_executions_max,
              "Nodes a message may visit, whatever its tenant's profile grants.",
              between(1, 1'000'000), on_restart),
        field("copies_max", &S::copies_max,
              "Copies of one message that several connections of a relation may make.",
              between(1, 1'000'000), on_restart),
        field("lingering_messages_max", &S::lingering_messages_max,
              "Messages that may still run after their pack's time; then nothing new is taken.",
              between(1, 1'000'000), on_restart),
        field("lingering_age_max", &S::lingering_age_max,
              "How long a message that still runs keeps its place in the queue.",
              between(1, 86'400'000), on_restart),
        field("background_tasks_max", &S::background_tasks_max,
              "Calls to devices and the like that go on after their message, per worker.",
              between(1, 1'000'000), on_restart),
        field("held_messages_max", &S::held_messages_max,
              "Messages that nodes may keep for later, per worker; more fail at those nodes.",
              between(1, 10'000'000), on_restart),
        field("held_bytes_max", &S::held_bytes_max, "Bytes that those may have.", in_bytes,
              between(1024, 1LL << 40), on_restart),
        field("script_errors_max", &S::script_errors_max,
              "Failures of a node's script by time, memory or size, after which it is not run for "
              "a while.",
              between(1, 1'000'000), on_restart),
        field("script_block_time", &S::script_block_time,
              "Within which those failures count, and for which the script is not run then.",
              between(1, 86'400'000), on_restart),
        field(
            "stop_timeout", &S::stop_timeout,
            "When the server stops or a partition of the queue goes to another one: how long what "
            "runs is given to end after the time of its pack, and the store to write what is "
            "done; half of it each.",
            between(2, 3'600'000), on_restart),
        field("dead_letter_retention", &S::dead_letter_retention,
              "How long records of the queue that are no messages are kept aside.",
              between(1, 8'760), on_restart),
        field("debug_symbols_max", &S::debug_symbols_max,
              "Bytes of each text that a debug event keeps; 0: all.", between(0, 10'000'000),
              on_restart),
        field("debug_events_max", &S::debug_events_max,
              "Debug events of rule nodes that a tenant may have within debug_events_time; 0: any.",
              between(0, 1'000'000'000), on_restart),
        field("debug_events_time", &S::debug_events_time, "In which so many debug events are kept.",
              between(1, 31'536'000), on_restart),
        field("trace_hops", &S::trace_hops,
              "Visits of rule nodes that each worker remembers for traces, rounded up to a power "
              "of two; 32 bytes each.",
              between(2, 1 << 26), on_restart),
        field("statistics_interval", &S::statistics_interval,
              "Between two records of what became of the messages of each tenant in each queue.",
              between(1, 86'400), on_restart),
        field("node_statistics_interval", &S::node_statistics_interval,
              "Between two events of statistics of each rule node and chain.",
              between(1, 31'536'000), on_restart),
        field("calculation_timeout", &S::calculation_timeout,
              "Longest that the result of a calculated field is waited for; then it fails.",
              between(1, 600'000), on_restart),
        field("external", &S::external, "Nodes that ask systems outside."),
        field("replay", &S::replay, "Stored messages run again, without effects."));
}

}  // namespace thingstead::rule
