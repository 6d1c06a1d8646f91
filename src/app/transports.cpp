#include "app/transports.h"

namespace thingstead::app {
namespace {

transport::Services services_of(Foundation& base, Node* node, core::DeviceAuth& auth) {
    core::DeviceAttributeReader& attributes =
        node ? static_cast<core::DeviceAttributeReader&>(node->attributes())
             : base.cluster->remote_attributes();
    core::DeviceConnectivity& connectivity =
        base.cluster ? base.cluster->connectivity()
                     : static_cast<core::DeviceConnectivity&>(node->activity());
    return {
        auth,
        *base.sessions,
        attributes,
        connectivity,
        *base.ingress,
        base.clock,
        base.log,
        {base.settings.transport.json_type_cast, base.settings.transport.json_string_chars_max},
        base.service_id(),
        base.settings.transport.call_timeout
    };
}

}  // namespace

Transports::Transports(Foundation& foundation, Node* node) : base_(foundation) {
    TS_ASSERT(node || foundation.cluster);
    if (!node)
        remote_auth_ = std::make_unique<core::DeviceAuth>(
            base_.cached(base_.cluster->remote_credentials()), *base_.events, base_.device_auth(),
            base_.clock, base_.metrics);
    auth_ = node ? &node->device_auth() : remote_auth_.get();
    const transport::Services services = services_of(base_, node, *auth_);
    if (base_.roles.http)
        http_ = std::make_unique<transport::http::Handler>(services, base_.settings.transport.http,
                                                           base_.metrics);
    if (base_.roles.mqtt && base_.settings.transport.mqtt.enabled)
        mqtt_ = std::make_unique<transport::mqtt::Transport>(
            *base_.io, services, base_.settings.transport.mqtt, base_.metrics);
}

Result<> Transports::meet() {
    return base_.cluster ? base_.cluster->start_transport(*auth_, *base_.sessions) : Result<>();
}

Result<> Transports::start() {
    if (!mqtt_) return {};
    Result<> started = mqtt_->start();
    if (started) return started;
    Error error = started.error();
    error.message = "transport.mqtt: " + error.message;
    return error;
}

void Transports::stop(std::chrono::milliseconds deadline) {
    if (mqtt_) mqtt_->stop(deadline);
}

}  // namespace thingstead::app
