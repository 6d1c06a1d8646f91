// What processes of one installation tell each other over the queue; schema: queue/cluster.proto.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "core/device_services.h"
#include "core/entity_events.h"
#include "core/replies.h"
#include "core/subscriptions.h"
#include "queue/queue.h"

namespace thingstead::core::cluster {

/// Which one of the processes, e.g. "host-mqtt-1883"; part of the names of its topics.
using ServiceId = std::string;

// --- requests of transports ---

struct FindCredentials {
    std::string id;
};
struct FindDevice {
    model::DeviceId device;
};
struct ReadAttributes {
    model::DeviceId device;
    std::optional<std::vector<std::string>> client_keys;
    std::optional<std::vector<std::string>> shared_keys;
};
using Ask = std::variant<FindCredentials, FindDevice, ReadAttributes>;

struct TransportRequest {
    Uuid id;
    ServiceId reply_to;
    EpochMs expires_ms = 0;  ///< Nobody waits any more.
    Ask ask;
};

struct NotFound {};
struct Failure {
    std::string why;
};
using Answer = std::variant<NotFound, Failure, CredentialsEntryPtr, DeviceIdentityPtr, DeviceView>;

struct TransportResponse {
    Uuid request;
    Answer answer;
};

// --- notifications ---

/// A node has come to know the service: what it cached before may be out of date.
struct Greeting {
    ServiceId node;
};
struct SharedAttributes {
    model::DeviceId device;
    std::vector<model::KeyValue> updated;
};
struct SharedAttributesRemoved {
    model::DeviceId device;
    std::vector<std::string> keys;
};
/// The partition of tb_core has a new owner, who wants to know the sessions.
struct ReportSessions {
    queue::PartitionIndex partition = 0;
};
/// What users look at over a node: what is saved of it shall be told to the node.
struct Interests {
    ServiceId node;
    std::uint64_t number = 0;  ///< Grows with each message of one life of the node.
    bool all = false;          ///< What was told before holds no more.
    std::vector<model::EntityId> begun;
    std::vector<model::EntityId> ended;
    bool more = false;  ///< The next message goes on with what `all` began.
};
/// From now on all that `node` saves of them is told.
struct InterestsTaken {
    ServiceId node;
    std::uint64_t number = 0;
};
/// What was saved of an entity that somebody looks at.
struct EntityUpdates {
    model::EntityId entity;
    SubscriptionKind kind = SubscriptionKind::telemetry;
    std::optional<model::AttributeScope> scope;  ///< Of attributes.
    std::vector<Update> updates;
};
using Notification =
    std::variant<Greeting, EntityChange, SharedAttributes, SharedAttributesRemoved, ReportSessions,
                 Interests, InterestsTaken, EntityUpdates, UserReply, DeviceReply>;

// --- to the owner of a device ---

/// How things stand with one device at one service; the newest report holds.
struct DeviceReport {
    DeviceIdentityPtr device;
    std::uint32_t sessions = 0;
    EpochMs connect_ms = 0;  ///< 0: of these three, nothing to tell.
    EpochMs disconnect_ms = 0;
    EpochMs activity_ms = 0;
};
struct DeviceReports {
    ServiceId service;
    std::vector<DeviceReport> devices;
};
using ToCore = std::variant<DeviceReports, SharedAttributes, SharedAttributesRemoved>;

// --- announcements ---

struct ServiceInfo {
    ServiceId id;
    std::vector<std::string> roles;
    std::string address;
    EpochMs started_ms = 0;  ///< Tells its lives apart.
    bool leaving = false;

    bool has_role(std::string_view role) const;
    bool is_node() const { return has_role("node"); }
    bool is_transport() const;
};

// --- bytes; errors of reading: malformed; unsupported - a kind that this version does not know ---

std::string encode(const TransportRequest& request);
std::string encode(const TransportResponse& response);
std::string encode(const Notification& notification);
std::string encode(const ToCore& message);
std::string encode(const ServiceInfo& info);

Result<TransportRequest> decode_request(ByteSpan record);
Result<TransportResponse> decode_response(ByteSpan record);
Result<Notification> decode_notification(ByteSpan record);
Result<ToCore> decode_to_core(ByteSpan record);
Result<ServiceInfo> decode_service_info(ByteSpan record);

}  // namespace thingstead::core::cluster
