#include "transport/session/uplink.h"

#include "base/json.h"
#include "base/uuid.h"

namespace thingstead::transport {
namespace {

model::QueuedMsg device_message(const core::DeviceIdentity& device, std::string_view type,
                                EpochMs now_ms) {
    model::QueuedMsg queued;
    queued.tenant = device.tenant;
    model::Msg& msg = queued.msg;
    msg.id = new_time_uuid();
    msg.ts = now_ms;
    msg.type = type;
    msg.originator = device.device;
    if (device.customer != model::no_customer) msg.customer = device.customer;
    msg.rule_chain = device.profile->rule_chain;
    msg.metadata.put("deviceName", device.name);
    msg.metadata.put("deviceType", device.type);
    return queued;
}

void put_topic(model::Metadata& metadata, const core::DeviceIdentity& device,
               std::string_view mqtt_topic) {
    if (!mqtt_topic.empty() && device.profile->transport_type == model::TransportType::mqtt)
        metadata.put("mqttTopic", mqtt_topic);
}

}  // namespace

Result<std::vector<model::QueuedMsg>> telemetry_messages(const core::DeviceIdentity& device,
                                                         model::PayloadParser& parser,
                                                         std::string_view payload, EpochMs now_ms,
                                                         std::string_view mqtt_topic) {
    Result<std::vector<model::TelemetryEntry>> entries = parser.telemetry(payload, now_ms);
    if (!entries) return entries.error();
    std::vector<model::QueuedMsg> messages;
    messages.reserve(entries->size());
    for (const model::TelemetryEntry& entry : *entries) {
        model::QueuedMsg queued = device_message(device, model::msg_type::post_telemetry, now_ms);
        queued.msg.metadata.put("ts", std::to_string(entry.ts));
        put_topic(queued.msg.metadata, device, mqtt_topic);
        queued.msg.data = model::to_json_object(entry.values);
        messages.push_back(std::move(queued));
    }
    return messages;
}

Result<std::vector<model::QueuedMsg>> attribute_messages(const core::DeviceIdentity& device,
                                                         model::PayloadParser& parser,
                                                         std::string_view payload, EpochMs now_ms,
                                                         std::string_view mqtt_topic) {
    Result<std::vector<model::KeyValue>> values = parser.attributes(payload);
    if (!values) return values.error();
    model::QueuedMsg queued = device_message(device, model::msg_type::post_attributes, now_ms);
    queued.msg.metadata.put("notifyDevice", "false");
    put_topic(queued.msg.metadata, device, mqtt_topic);
    queued.msg.data = model::to_json_object(*values);
    return std::vector<model::QueuedMsg>{std::move(queued)};
}

Result<std::vector<model::QueuedMsg>> call_messages(const core::DeviceIdentity& device,
                                                    std::string_view payload, EpochMs now_ms,
                                                    const CallOrigin& origin) {
    const Result<json::value> parsed = parse_json(payload);
    if (!parsed) return parsed.error();
    const json::object* call = parsed->if_object();
    if (!call) return Error{ErrorCode::invalid_argument, "the call is not a JSON object"};
    const json::value* method = call->if_contains("method");
    if (!method || !method->is_string())
        return Error{ErrorCode::invalid_argument, "method: is missing or not a text"};
    const json::value* params = call->if_contains("params");
    model::QueuedMsg queued = device_message(device, model::msg_type::to_server_rpc, now_ms);
    queued.msg.metadata.put("requestId", std::to_string(origin.request_id));
    queued.msg.metadata.put("serviceId", origin.service);
    queued.msg.metadata.put("sessionId", origin.session.to_string());
    queued.msg.data = json::serialize(json::object{
        {"method", *method                                },
        {"params", params ? *params : json::value(nullptr)}
    });
    return std::vector<model::QueuedMsg>{std::move(queued)};
}

}  // namespace thingstead::transport
