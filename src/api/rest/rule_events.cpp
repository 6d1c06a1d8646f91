#include "api/rest/rule_events.h"

#include <boost/asio/this_coro.hpp>

#include "api/rest/json_text.h"
#include "base/clock.h"
#include "core/rule_ingress.h"
#include "net/timer.h"

namespace thingstead::api {

model::QueuedMsg rule_message(const core::Caller& caller, RuleEvent event, EpochMs now_ms) {
    model::QueuedMsg queued;
    queued.tenant = caller.tenant;
    model::Msg& msg = queued.msg;
    msg.id = new_time_uuid();
    msg.ts = now_ms;
    msg.type = event.type;
    msg.originator = event.originator;
    msg.data = std::move(event.data);
    const model::CustomerId customer =
        event.customer && *event.customer != model::no_customer ? *event.customer : caller.customer;
    if (customer != model::no_customer) {
        msg.customer = customer;
        msg.metadata.put("customerId", customer.to_string());
    }
    msg.metadata.put("userId", caller.user.to_string());
    msg.metadata.put("userName", caller.email);
    msg.metadata.put("userEmail", caller.email);
    if (!caller.first_name.empty()) msg.metadata.put("userFirstName", caller.first_name);
    if (!caller.last_name.empty()) msg.metadata.put("userLastName", caller.last_name);
    for (const auto& [key, value] : event.metadata) msg.metadata.put(key, value);
    return queued;
}

Task<> tell_rules(const Services& services, core::Caller caller, RuleEvent event) {
    const std::string type(event.type);
    std::vector<model::QueuedMsg> messages;
    messages.push_back(rule_message(caller, std::move(event), services.clock.now_ms()));
    core::RuleIngress& ingress = services.ingress.of(co_await boost::asio::this_coro::executor);
    Task<Result<>> push = ingress.push(std::move(messages));
    const Result<> told =
        co_await net::with_deadline(std::move(push), services.settings.rule_event_timeout);
    if (!told)
        services.log.warn("api.rule_event.lost", told.error(),
                          {
                              {"type", type}
        });
}

RuleEvent device_event(std::string_view type, const model::Device& device) {
    return {
        type,
        device.id,
        text_of(device),
        device.customer_id,
        {{"entityName", device.name}, {"entityType", "DEVICE"}}
    };
}

}  // namespace thingstead::api
