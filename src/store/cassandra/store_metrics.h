// Metrics of the Cassandra time-series store and its client.
#pragma once
#include <map>

#include "base/metrics.h"
#include "protocol/cql/server_error.h"

namespace thingstead::store::cassandra {

struct ClientMetrics {
    explicit ClientMetrics(MetricsRegistry& r) : registry(r) {}

    MetricsRegistry& registry;
    Counter requests{registry, "thingstead_cassandra_requests_total",
                     "Requests sent to nodes, with retries."};
    Counter retries{registry, "thingstead_cassandra_retries_total",
                    "Requests sent to another node after a failure."};
    Counter timeouts{registry, "thingstead_cassandra_timeouts_total",
                     "Requests that no node answered in time, or whose connection broke."};
    Counter prepares{registry, "thingstead_cassandra_prepares_total",
                     "Statements prepared on a node."};
    Gauge in_flight{registry, "thingstead_cassandra_requests_in_flight",
                    "Requests sent and not answered."};
    Gauge hosts_up{registry, "thingstead_cassandra_hosts_up", "Nodes with a connection."};
    Gauge hosts{registry, "thingstead_cassandra_hosts", "Nodes known."};

    /// Errors that nodes answered, by code. Of the client's thread.
    void count_error(cql::ServerErrorCode code) {
        auto at = errors_.find(code);
        if (at == errors_.end())
            at = errors_
                     .emplace(code, Counter(registry, "thingstead_cassandra_errors_total",
                                            "Errors that nodes answered, by code.",
                                            MetricLabels{
                                                {"code", std::string(cql::to_string(code))}
            }))
                     .first;
        at->second.add();
    }

  private:
    std::map<cql::ServerErrorCode, Counter> errors_;
};

struct StoreMetrics {
    explicit StoreMetrics(MetricsRegistry& r) : registry(r) {}

    MetricsRegistry& registry;
    Counter points_written{registry, "thingstead_timeseries_points_written_total",
                           "Points taken into memory."};
    Counter writes_refused{registry, "thingstead_timeseries_writes_refused_total",
                           "Writes refused because memory was full."};
    Counter rows_written{registry, "thingstead_timeseries_rows_written_total",
                         "Rows acknowledged by Cassandra: history, latest values and directory."};
    Counter batches{registry, "thingstead_timeseries_batches_total",
                    "Requests with rows that were acknowledged."};
    Counter latest_folded{registry, "thingstead_timeseries_latest_folded_total",
                          "Latest values replaced by newer ones before they were sent."};
    Counter writes_retried{registry, "thingstead_timeseries_writes_retried_total",
                           "Rows that are sent again because they were not acknowledged."};
    Counter points_rejected{registry, "thingstead_timeseries_points_rejected_total",
                            "Points dropped because Cassandra could never take them."};
    Gauge pending_bytes{registry, "thingstead_timeseries_pending_bytes",
                        "Memory of points that wait to be acknowledged."};
    Gauge pending_bytes_max{registry, "thingstead_timeseries_pending_bytes_max",
                            "Limit of thingstead_timeseries_pending_bytes."};
    Counter reads_refused{registry, "thingstead_timeseries_reads_refused_total",
                          "Reads refused because too many were running."};
};

}  // namespace thingstead::store::cassandra
