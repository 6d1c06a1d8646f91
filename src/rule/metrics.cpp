#include "rule/metrics.h"

namespace thingstead::rule {

Metrics::Metrics(MetricsRegistry& registry)
    : processed(registry, "thingstead_rule_messages_processed_total",
                "Messages that came to the end of their way through the chains."),
      failed(registry, "thingstead_rule_messages_failed_total",
             "Messages that ended in a failure no connection takes."),
      timed_out(registry, "thingstead_rule_messages_timed_out_total",
                "Messages that were not done when the time of their pack was over."),
      retried(registry, "thingstead_rule_messages_retried_total", "Messages that were run again."),
      undecodable(registry, "thingstead_rule_records_undecodable_total",
                  "Records of the queue that are no messages and were put aside."),
      node_errors(registry, "thingstead_rule_node_errors_total",
                  "Times a node answered with an error."),
      copies(registry, "thingstead_rule_message_copies_total",
             "Copies made where a relation has several connections."),
      waits_for_storage(registry, "thingstead_rule_storage_waits_total",
                        "Times a pack was given more time because a store was full."),
      chains_loaded(registry, "thingstead_rule_chains_loaded_total",
                    "Times the chains of a tenant were loaded."),
      lingering(registry, "thingstead_rule_messages_lingering",
                "Messages that still run after the time of their pack."),
      held(registry, "thingstead_rule_messages_held",
           "Messages that nodes keep for later: deduplication, delay."),
      pack_seconds(registry, "thingstead_rule_pack_seconds",
                   "From the poll of a pack to its end, with retries.",
                   {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}),
      external(registry) {}

}  // namespace thingstead::rule
