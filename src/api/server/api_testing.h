// For the tests of this room: the interface on real stores and a real queue in a directory of its
// own, with a tenant, two customers and a user of each authority.
#pragma once
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/server/api.h"
#include "base/json.h"
#include "base/log_testing.h"
#include "model/ids.h"
#include "model/msg.h"
#include "net/http.h"

namespace thingstead::core {
class Subscriptions;
class Telemetry;
class WaitingCalls;
}  // namespace thingstead::core

namespace thingstead::store {
class EventStore;
}  // namespace thingstead::store

namespace thingstead::api {

struct TestReply {
    int status = 0;
    std::string body{};
    net::Headers headers{};
    std::string content_type{};

    /// The body as JSON; null if it is none.
    json::value json() const;
    std::string header(std::string_view name) const;
};

class TestApi {
  public:
    explicit TestApi(Settings settings = {});
    ~TestApi();

    /// One request, answered; "GET", "/api/device/…?x=y". `token` empty: none is sent.
    TestReply call(std::string_view method, std::string_view target, std::string_view token = {},
                   std::string body = {}, net::Headers headers = {});
    TestReply get(std::string_view target, std::string_view token) {
        return call("GET", target, token);
    }
    TestReply post(std::string_view target, std::string_view token, std::string body) {
        return call("POST", target, token, std::move(body));
    }

    /// Logs in; every user's password is "secret".
    std::string login(std::string_view email);
    const std::string& token(model::Authority authority);
    /// The next token() logs in again.
    void forget_tokens();
    /// Creates a device as the tenant's administrator; its id.
    std::string make_device(std::string_view name, model::CustomerId customer = model::no_customer);
    /// Next messages of the rule engine's queue: waits until `count` came.
    std::vector<model::QueuedMsg> rule_messages(std::size_t count);

    /// Starts a conversation on the I/O thread; ready when it has ended.
    std::future<void> converse(std::string_view target, std::shared_ptr<net::WebSocket> socket);

    Api& api();
    core::Telemetry& telemetry();
    core::Subscriptions& subscriptions();
    core::WaitingCalls& calls();  ///< Has two places, of which a tenant gets one.
    store::EventStore& event_store();
    boost::asio::any_io_executor executor();

    static constexpr std::string_view sys_email = "sys@example.org";
    static constexpr std::string_view tenant_email = "tenant@example.org";
    static constexpr std::string_view customer_email = "customer@example.org";
    static constexpr std::string_view other_tenant_email = "other@example.org";
    static constexpr std::string_view disabled_email = "disabled@example.org";

    const model::CustomerId customer;        ///< Of the customer user.
    const model::CustomerId other_customer;  ///< Of the same tenant.

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace thingstead::api
