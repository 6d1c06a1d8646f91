// One process among others: what its roles need of the queue between them, in one piece.
//
//   transport part  asks nodes for credentials and attributes, reports sessions, takes downlinks
//   node part       answers, owns partitions of tb_core, tells changes to the others
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/cluster/settings.h"
#include "core/device_activity.h"
#include "core/device_auth.h"
#include "core/device_services.h"
#include "core/device_sessions.h"
#include "core/entity_events.h"
#include "core/replies.h"
#include "core/subscriptions.h"
#include "core/waiting_calls.h"
#include "net/io_threads.h"
#include "queue/queue.h"

namespace thingstead::core::cluster {

/// "host-mqtt-1883": `role` and `port` tell processes of one host apart; port 0, which the system
/// chooses, gives way to a random number.
std::string default_service_id(const std::string& role, std::uint16_t port);

class Cluster {
  public:
    struct Self {
        std::string id;                  ///< [a-zA-Z0-9._-]{1,150}: part of the names of topics.
        std::vector<std::string> roles;  ///< "node", "mqtt", "http", …
        std::string address;
    };
    /// What the parts work with; all outlive the cluster.
    struct Services {
        queue::Queue& queue;
        net::IoThreads& io;
        EntityEvents& events;
        const Clock& clock;
        Log log;
        MetricsRegistry& metrics;
    };

    /// Opens the topics and this service's way out. Nothing is read or announced yet.
    /// Errors: invalid_argument - the id; unavailable - the queue.
    static Result<std::unique_ptr<Cluster>> open(Settings settings, Self self, Services services);
    /// stop().
    ~Cluster();
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;

    // --- of transports ---
    CredentialsSource& remote_credentials();
    DeviceAttributeReader& remote_attributes();
    /// Reports to the owners of the devices.
    DeviceConnectivity& connectivity();
    /// Begins to take answers and notifications.
    Result<> start_transport(DeviceAuth& auth, DeviceSessions& sessions);

    // --- of nodes ---
    /// The way down to devices, over the owners of their partitions.
    DevicePush& push();
    /// The way to who waits at other servers.
    Replies& replies();
    /// Begins to answer transports, to own partitions and to tell changes. `activity` looks after
    /// the devices of our partitions; it is not of all devices. `subscriptions` has none yet.
    Result<> start_node(CredentialsSource& credentials, DeviceAttributeReader& attributes,
                        DeviceActivity& activity, DeviceAuth& auth, Subscriptions& subscriptions,
                        WaitingCalls& calls);

    /// Announces this service; after the parts have started. A node waits a moment until the others
    /// have told what it must know before it saves anything: what users look at. Blocks.
    Result<> start();
    /// Leaves in good order: partitions, group, announcement. Blocks. Idempotent. Before the queue,
    /// the I/O threads and the services of start_…() end.
    void stop();

    /// Others that are there now.
    std::size_t others() const;

  private:
    struct Impl;
    explicit Cluster(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::core::cluster
