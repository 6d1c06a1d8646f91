// What every role stands on: threads, the queue, the way into the rule engine, the sessions of
// devices, and the other processes.
#pragma once
#include <memory>
#include <string>

#include "app/data_folder.h"
#include "app/drivers.h"
#include "app/roles.h"
#include "app/settings.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/cluster/cached_credentials.h"
#include "core/cluster/cluster.h"
#include "core/device_auth.h"
#include "core/device_sessions.h"
#include "core/entity_events.h"
#include "core/rule_ingress.h"
#include "core/rule_queues.h"
#include "net/io_threads.h"
#include "net/task_group.h"
#include "queue/queue.h"

namespace thingstead::app {

/// How topics of the rule engine's queues are opened, but for the name.
queue::TopicSettings rule_topic(const QueueSettings& settings);

/// Owners, in the order they are built; destroyed in reverse.
struct Foundation {
    Foundation(const Settings& with, const Roles& lit, Log to)
        : settings(with), roles(lit), log(std::move(to)) {}

    /// `shared`: the queue of somebody else, in place of the settings' one; null: none.
    Result<> open(queue::Queue* shared);
    /// Blocks. Idempotent.
    void stop();
    /// `source`, behind the shared cache if there is one. Once.
    core::CredentialsSource& cached(core::CredentialsSource& source);
    core::DeviceAuthSettings device_auth() const;
    /// Name of this process among others; after open().
    const std::string& service_id() const { return service_id_; }
    /// What the queue puts before names of topics, its dot included.
    std::string topic_prefix() const {
        const std::string& prefix = settings.queue.kafka.prefix;
        const bool is_used = settings.queue.driver == QueueDriver::kafka && !prefix.empty();
        return is_used ? prefix + "." : std::string();
    }
    DriverContext drivers() { return {settings, settings.data, log, metrics, clock}; }

    const Settings settings;
    const Roles roles;
    Log log;
    SystemClock clock;
    MetricsRegistry metrics;
    std::unique_ptr<DataFolder> folder;  ///< Null: nothing is kept there.
    std::unique_ptr<net::IoThreads> io;
    std::unique_ptr<queue::Queue> own_queue;
    queue::Queue* queue = nullptr;
    std::unique_ptr<net::TaskGroup> background;
    std::unique_ptr<core::EntityEvents> events;
    std::unique_ptr<store::Cache> cache;  ///< Null: processes share none.
    std::unique_ptr<core::cluster::CachedCredentials> cached_credentials;  ///< Null likewise.
    std::unique_ptr<core::DeviceSessions> sessions;
    std::unique_ptr<core::IngressMetrics> ingress_metrics;
    core::RuleQueues rule_queues;  ///< Which the rule engine of this process runs.
    std::unique_ptr<core::IngressPool> ingress;
    std::unique_ptr<core::cluster::Cluster> cluster;  ///< Null: this process is all there is.

  private:
    std::string service_id_;
};

}  // namespace thingstead::app
