#include "core/cluster/notifications.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/cluster/topics.h"

namespace thingstead::core::cluster {
namespace {

struct Take {
    const NotificationTaker::Parts& parts;

    void operator()(const Greeting& greeting) const {
        if (parts.auth) parts.auth->forget();
        if (parts.events) parts.events->publish_missed();
        if (parts.relay) parts.relay->on_greeting(greeting.node);
    }
    void operator()(const EntityChange& change) const {
        if (parts.events) parts.events->publish(change);
    }
    void operator()(const SharedAttributes& shared) const {
        if (parts.sessions) parts.sessions->push_shared_attributes(shared.device, shared.updated);
    }
    void operator()(const SharedAttributesRemoved& removed) const {
        if (parts.sessions)
            parts.sessions->push_shared_attributes_removed(removed.device, removed.keys);
    }
    void operator()(const ReportSessions& wish) const {
        if (parts.reports) parts.reports->repeat(wish.partition);
    }
    void operator()(const Interests& interests) const {
        if (parts.relay) parts.relay->on_interests(interests);
    }
    void operator()(const InterestsTaken& taken) const {
        if (parts.relay) parts.relay->on_taken(taken);
    }
    void operator()(const EntityUpdates& updates) const {
        if (parts.relay) parts.relay->on_updates(updates);
    }
    void operator()(const UserReply& reply) const {
        if (parts.calls) parts.calls->answer(reply);
    }
    void operator()(const DeviceReply& reply) const {
        if (parts.sessions) parts.sessions->reply(reply);
    }
};

}  // namespace

NotificationTaker::NotificationTaker(Parts parts, const std::string& part, MetricsRegistry& metrics)
    : parts_(parts),
      taken_(metrics, "thingstead_cluster_notifications_total", "Notifications of nodes.",
             MetricLabels{
                 {"part", part}
}),
      malformed_(metrics, "thingstead_cluster_notifications_malformed_total",
                 "Notifications of nodes that could not be read.", MetricLabels{{"part", part}}) {}

Result<> NotificationTaker::on_notification(ByteSpan record) {
    const Result<Notification> notification = decode_notification(record);
    if (!notification) {
        malformed_.add();
        return notification.error();
    }
    taken_.add();
    std::visit(Take{parts_}, *notification);
    return {};
}

Teller::Teller(Directory& directory, Outbox& outbox, queue::PartitionIndex partitions)
    : directory_(directory), outbox_(outbox), core_topic_(shared_topic(core_topic, partitions)) {}

void Teller::push_shared_attributes(model::DeviceId device,
                                    const std::vector<model::KeyValue>& updated) {
    outbox_.send(core_topic_, device.uuid, encode(ToCore(SharedAttributes{device, updated})));
}

void Teller::push_shared_attributes_removed(model::DeviceId device,
                                            const std::vector<std::string>& keys) {
    outbox_.send(core_topic_, device.uuid, encode(ToCore(SharedAttributesRemoved{device, keys})));
}

Result<> Teller::to_user(const std::string& service, UserReply reply) {
    return answer(service, core_notifications_topic(service), std::move(reply));
}

Result<> Teller::to_device(const std::string& service, DeviceReply reply) {
    return answer(service, transport_notifications_topic(service), std::move(reply));
}

Result<> Teller::answer(const ServiceId& service, std::string topic, const Notification& reply) {
    const std::vector<ServiceInfo> others = directory_.others();
    const bool there = std::any_of(others.begin(), others.end(),
                                   [&](const ServiceInfo& each) { return each.id == service; });
    if (!there) return no_such_service(service);
    if (!outbox_.send(single_topic(std::move(topic)), Uuid{}, encode(reply)))
        return Error{ErrorCode::unavailable, "Too much waits to be told to other servers!"};
    return {};
}

/// One record is enough for a service with both kinds of roles: it has one set of caches.
void Teller::notify(const ServiceInfo& service, const Notification& what) {
    const std::string topic = service.is_node() ? core_notifications_topic(service.id)
                                                : transport_notifications_topic(service.id);
    // What it was not told, it must not rely on: it is greeted once more.
    if (!outbox_.send(single_topic(topic), Uuid{}, encode(what))) directory_.forget(service.id);
}

void Teller::on_change(const EntityChange& change) {
    if (change.from_afar) return;
    for (const ServiceInfo& each : directory_.others()) notify(each, change);
}

void Teller::on_service(const ServiceInfo& service, Directory::News news) {
    if (news == Directory::News::came) notify(service, Greeting{directory_.self().id});
}

}  // namespace thingstead::core::cluster
