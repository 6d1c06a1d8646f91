// The topics of the device interface: what a publish means, which filters may be subscribed.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/device_identity.h"

namespace thingstead::transport::mqtt {

enum class TopicKind : std::uint8_t {
    telemetry,
    attributes,
    attribute_request,
    call,  ///< Of a method of the server.
    unknown
};

/// How a payload is coded: as the profile says, or by the topic.
enum class Coding : std::uint8_t { profile, json, protobuf };

/// Which family of topics a session speaks: its answers go out in the same.
enum class Family : std::uint8_t { v1, v2, v2_json, v2_protobuf };

struct PublishTopic {
    TopicKind kind = TopicKind::unknown;
    Coding coding = Coding::profile;
    Family family = Family::v1;
    std::optional<std::int32_t> request_id{};  ///< Of a request; nullopt: it is not an int32.
};

PublishTopic classify_publish(std::string_view topic, const core::TransportProfile& profile);

struct SubscribeFilter {
    bool granted = false;
    bool attribute_updates = false;  ///< Shared attributes are to be pushed.
    Family family = Family::v1;
};

SubscribeFilter classify_filter(std::string_view filter, const core::TransportProfile& profile);

std::string attribute_update_topic(Family family);
std::string attribute_response_topic(Family family, std::int32_t request_id);
std::string call_response_topic(Family family, std::int32_t request_id);

}  // namespace thingstead::transport::mqtt
