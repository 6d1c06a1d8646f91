// The message that travels through the house: transport → queue → rule engine.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/uuid.h"
#include "model/ids.h"

namespace thingstead::model {

using CalculatedFieldId = Id<EntityType::calculated_field>;

/// Text keys and values beside the payload; few and small, so a vector in order of arrival.
class Metadata {
  public:
    /// Null if there is no such key.
    const std::string* find(std::string_view key) const;
    /// Value of `key`, or an empty text.
    std::string_view get(std::string_view key) const;
    void put(std::string_view key, std::string_view value);
    void erase(std::string_view key);

    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }
    std::size_t size() const { return entries_.size(); }
    bool empty() const { return entries_.empty(); }
    friend bool operator==(const Metadata&, const Metadata&) = default;

  private:
    std::vector<std::pair<std::string, std::string>> entries_;
};

enum class DataType : std::uint8_t {
    json,
    text,
    binary
};  ///< The position is written to the queue.

/// Where a nested chain returns to.
struct ChainReturn {
    RuleChainId rule_chain;
    RuleNodeId rule_node;
    friend bool operator==(const ChainReturn&, const ChainReturn&) = default;
};

struct Msg {
    Uuid id{};
    EpochMs ts = 0;
    std::string type;  ///< Free text; the well-known ones are in msg_type.
    EntityId originator;
    std::optional<CustomerId> customer;
    Metadata metadata;
    DataType data_type = DataType::json;
    std::string data;
    std::optional<RuleChainId> rule_chain;  ///< Where processing must start or resume.
    std::optional<RuleNodeId> rule_node;
    std::optional<Uuid> correlation;
    std::int32_t node_executions = 0;
    std::vector<ChainReturn> stack;
    /// Calculated fields that it comes from, one through the other: none of them runs for it again.
    std::vector<CalculatedFieldId> calculated_by{};
    friend bool operator==(const Msg&, const Msg&) = default;

    /// Metadata key `ts` as an integer, else the message's own time.
    EpochMs metadata_ts() const;
};

/// What stands in a rule-engine queue: a message of a tenant, with relations to follow if it
/// resumes behind a node ("tell next").
struct QueuedMsg {
    TenantId tenant;
    Msg msg;
    std::vector<std::string> relations;
    std::string failure;
    friend bool operator==(const QueuedMsg&, const QueuedMsg&) = default;
};

namespace msg_type {
inline constexpr std::string_view post_telemetry = "POST_TELEMETRY_REQUEST";
inline constexpr std::string_view post_attributes = "POST_ATTRIBUTES_REQUEST";
inline constexpr std::string_view to_server_rpc = "TO_SERVER_RPC_REQUEST";
inline constexpr std::string_view rpc_to_device = "RPC_CALL_FROM_SERVER_TO_DEVICE";
inline constexpr std::string_view connect_event = "CONNECT_EVENT";
inline constexpr std::string_view disconnect_event = "DISCONNECT_EVENT";
inline constexpr std::string_view entity_created = "ENTITY_CREATED";
inline constexpr std::string_view entity_updated = "ENTITY_UPDATED";
inline constexpr std::string_view entity_deleted = "ENTITY_DELETED";
inline constexpr std::string_view entity_assigned = "ENTITY_ASSIGNED";
inline constexpr std::string_view entity_unassigned = "ENTITY_UNASSIGNED";
inline constexpr std::string_view entity_assigned_from_tenant = "ENTITY_ASSIGNED_FROM_TENANT";
inline constexpr std::string_view entity_assigned_to_tenant = "ENTITY_ASSIGNED_TO_TENANT";
inline constexpr std::string_view relation_add_or_update = "RELATION_ADD_OR_UPDATE";
inline constexpr std::string_view relation_deleted = "RELATION_DELETED";
inline constexpr std::string_view relations_deleted = "RELATIONS_DELETED";
inline constexpr std::string_view owner_changed = "OWNER_CHANGED";
inline constexpr std::string_view added_to_entity_group = "ADDED_TO_ENTITY_GROUP";
inline constexpr std::string_view removed_from_entity_group = "REMOVED_FROM_ENTITY_GROUP";
inline constexpr std::string_view attributes_updated = "ATTRIBUTES_UPDATED";
inline constexpr std::string_view attributes_deleted = "ATTRIBUTES_DELETED";
inline constexpr std::string_view timeseries_updated = "TIMESERIES_UPDATED";
inline constexpr std::string_view timeseries_deleted = "TIMESERIES_DELETED";
}  // namespace msg_type

/// Relation that the message type switch follows for `type`: "Post telemetry", …, or "Other".
std::string_view connection_of(std::string_view type);

}  // namespace thingstead::model
