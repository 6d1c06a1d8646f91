// The commands of one WebSocket and the subscriptions they made.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/services.h"
#include "api/ws/frame.h"
#include "api/ws/live_subscription.h"
#include "api/ws/update.h"
#include "core/caller.h"
#include "core/subscriptions.h"
#include "core/telemetry.h"
#include "model/ids.h"
#include "net/task.h"
#include "net/websocket.h"

namespace thingstead::api::ws {

/// On the socket's thread. Its end ends the subscriptions.
class Session {
  public:
    Session(const Services& services, core::Caller caller, std::shared_ptr<net::WebSocket> socket);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Runs one command; answers what is wrong with it.
    Task<> run(Command command);

  private:
    struct Live {
        core::Subscriptions::Id id;
        std::shared_ptr<LiveSubscription> subscription;
    };
    /// What a command is about. Errors: invalid_argument.
    static Result<model::EntityId> entity_of(const Command& command);

    Task<> attributes(Command command, model::EntityId entity);
    Task<> time_series(Command command, model::EntityId entity);
    Task<> history(Command command, model::EntityId entity);
    Task<Result<Values>> read_attributes(model::EntityId entity,
                                         std::optional<model::AttributeScope> scope,
                                         std::vector<std::string> keys);
    Task<Result<Values>> read_latest(model::EntityId entity, std::vector<std::string> keys);
    Task<Result<Values>> read_history(Command command, model::EntityId entity, EpochMs end_ms);

    /// Null: there are too many; the client has been told.
    std::shared_ptr<LiveSubscription> subscribe(const Command& command,
                                                core::SubscriptionRequest request);
    void unsubscribe(std::int32_t command_id);
    void refuse(const Command& command, CommandError code, std::string_view message);
    void refuse(const Command& command, const Error& error, std::string_view message);

    const Services& services_;
    core::Caller caller_;
    const std::shared_ptr<net::WebSocket> socket_;
    std::unordered_map<std::int32_t, Live> live_;
};

}  // namespace thingstead::api::ws
