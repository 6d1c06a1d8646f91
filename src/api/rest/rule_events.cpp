#include "api/rest/rule_events.h"

#include <boost/asio/this_coro.hpp>

#include "base/clock.h"
#include "core/rule_ingress.h"
#include "core/rule_route.h"
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
    model::QueuedMsg message = rule_message(caller, std::move(event), services.clock.now_ms());
    const auto route = co_await core::rule_route_of(services.platform.store, message.msg.originator,
                                                    type, message.msg.data);
    if (route) message.msg.rule_chain = route->chain;
    const auto executor = co_await boost::asio::this_coro::executor;
    const std::string queue = route ? route->queue : std::string();
    core::RuleIngress& ingress = services.ingress.of(executor).way_to(caller.tenant, queue);
    std::vector<model::QueuedMsg> messages;
    messages.push_back(std::move(message));
    Task<Result<>> push = ingress.push(std::move(messages));
    const Result<> told =
        co_await net::with_deadline(std::move(push), services.settings.rule_event_timeout);
    if (!told)
        services.log.warn("api.rule_event.lost", told.error(),
                          {
                              {"type", type}
        });
}

}  // namespace thingstead::api
