// Names of the topics and groups between processes, as the reference platform has them, and how
// they are read.
#pragma once
#include <string>

#include "core/cluster/messages.h"
#include "queue/partition_reader.h"
#include "queue/queue.h"

namespace thingstead::core::cluster {

inline constexpr std::string_view requests_topic = "tb_transport.api.requests";
inline constexpr std::string_view requests_group = "tb-core-transport-api-consumer";
inline constexpr std::string_view core_topic = "tb_core";
inline constexpr std::string_view core_group = "tb-core-node";
inline constexpr std::string_view services_topic = "tb_service.info";
/// What could not be read of any of these.
inline constexpr std::string_view letters_topic = "tb_core.dead-letter";

inline std::string responses_topic(const ServiceId& of) {
    return "tb_transport.api.responses." + of;
}
inline std::string transport_notifications_topic(const ServiceId& of) {
    return "tb_transport.notifications." + of;
}
inline std::string core_notifications_topic(const ServiceId& of) {
    return "tb_core.notifications." + of;
}
/// Of responses and notifications.
inline std::string transport_group(const ServiceId& of) { return "transport-node-" + of; }
inline std::string core_notifications_group(const ServiceId& of) {
    return "tb-core-notifications-node-" + of;
}
inline std::string services_group(const ServiceId& of) { return "service-info-" + of; }

inline constexpr queue::ReaderSettings reader_settings{.thread_name = "cluster-in",
                                                       .not_readable = "cluster.not_readable"};

/// Of one reader: kept for an hour, read from the end by every life of its reader.
inline queue::TopicSettings single_topic(std::string name) {
    queue::TopicSettings topic;
    topic.name = std::move(name);
    topic.partitions = 1;
    topic.numbered = false;
    topic.retention = std::chrono::hours(1);
    topic.retention_bytes = 64u << 20;
    return topic;
}
/// Shared among the nodes.
inline queue::TopicSettings shared_topic(std::string_view name, queue::PartitionIndex partitions) {
    queue::TopicSettings topic;
    topic.name = name;
    topic.partitions = partitions;
    topic.retention = std::chrono::hours(1);
    topic.retention_bytes = 64u << 20;
    return topic;
}

}  // namespace thingstead::core::cluster
