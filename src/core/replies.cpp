#include "core/replies.h"

#include <utility>

#include "core/device_sessions.h"
#include "core/waiting_calls.h"

namespace thingstead::core {

Error no_such_service(const std::string& service) {
    return {ErrorCode::not_found, "There is no server '" + service + "' to answer to!"};
}

OwnReplies::OwnReplies(std::string self, WaitingCalls& calls, DeviceSessions& sessions,
                       Replies* others)
    : self_(std::move(self)), calls_(calls), sessions_(sessions), others_(others) {}

Result<> OwnReplies::to_user(const std::string& service, UserReply reply) {
    if (service == self_) {
        calls_.answer(std::move(reply));
        return {};
    }
    return others_ ? others_->to_user(service, std::move(reply)) : no_such_service(service);
}

Result<> OwnReplies::to_device(const std::string& service, DeviceReply reply) {
    if (service == self_) {
        sessions_.reply(std::move(reply));
        return {};
    }
    return others_ ? others_->to_device(service, std::move(reply)) : no_such_service(service);
}

}  // namespace thingstead::core
