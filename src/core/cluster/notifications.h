// Notifications of nodes: what is told to the others, and what is made of it here.
#pragma once
#include <string>

#include "base/metrics.h"
#include "core/cluster/directory.h"
#include "core/cluster/outbox.h"
#include "core/cluster/session_reports.h"
#include "core/cluster/subscription_relay.h"
#include "core/device_auth.h"
#include "core/device_sessions.h"
#include "core/entity_events.h"
#include "core/replies.h"
#include "core/waiting_calls.h"

namespace thingstead::core::cluster {

/// Takes notifications to where they belong in this process. Thread-safe.
class NotificationTaker {
  public:
    /// Null: the process has no such part.
    struct Parts {
        EntityEvents* events = nullptr;
        DeviceAuth* auth = nullptr;
        DeviceSessions* sessions = nullptr;
        SessionReports* reports = nullptr;
        SubscriptionRelay* relay = nullptr;
        WaitingCalls* calls = nullptr;
    };
    /// `part`: "node" or "transport", a label of the metrics.
    NotificationTaker(Parts parts, const std::string& part, MetricsRegistry& metrics);
    /// Errors: it cannot be read.
    Result<> on_notification(ByteSpan record);

  private:
    const Parts parts_;
    Counter taken_;
    Counter malformed_;
};

/// A node's word to the others: what changed here, to all that are there; greetings to those that
/// come; pushes to the owners of devices; answers of rule chains. Thread-safe.
class Teller final : public DevicePush, public Replies {
  public:
    Teller(Directory& directory, Outbox& outbox, queue::PartitionIndex partitions);

    void push_shared_attributes(model::DeviceId device,
                                const std::vector<model::KeyValue>& updated) override;
    void push_shared_attributes_removed(model::DeviceId device,
                                        const std::vector<std::string>& keys) override;
    Result<> to_user(const std::string& service, UserReply reply) override;
    Result<> to_device(const std::string& service, DeviceReply reply) override;
    void on_change(const EntityChange& change);
    void on_service(const ServiceInfo& service, Directory::News news);

  private:
    void notify(const ServiceInfo& service, const Notification& what);
    Result<> answer(const ServiceId& service, std::string topic, const Notification& reply);

    Directory& directory_;
    Outbox& outbox_;
    const queue::TopicSettings core_topic_;
};

}  // namespace thingstead::core::cluster
