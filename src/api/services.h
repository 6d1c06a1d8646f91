// What the handlers of this room work with. All of it outlives the room.
#pragma once
#include "api/settings.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/platform.h"
#include "core/server_facts.h"

namespace thingstead::core {
class AiChat;
class Attributes;
class Audit;
class Auth;
class ComponentCatalogue;
class EventLog;
class IngressPool;
class Mailer;
struct NotificationOutlets;
class OAuth2Login;
class RoleCache;
class RuleReplays;
class Subscriptions;
class Telemetry;
class TextMessages;
class TwoFactor;
class WaitingCalls;
}  // namespace thingstead::core

namespace thingstead::script {
class Engine;
}  // namespace thingstead::script

namespace thingstead::api {

struct Services {
    core::Platform platform;
    core::Auth& auth;
    core::RoleCache& roles;
    core::TwoFactor& two_factor;
    core::Mailer& mailer;
    core::TextMessages& texts;
    core::Attributes& attributes;
    core::Telemetry& telemetry;
    core::Subscriptions& subscriptions;
    core::IngressPool& ingress;  ///< Has an ingress for each thread that serves requests.
    core::Audit& audit;
    core::EventLog& events;
    const core::ComponentCatalogue& components;
    core::OAuth2Login& oauth2;
    const Clock& clock;
    Log log;
    Settings settings{};
    core::ServerFacts facts{};
    script::Engine* tbel = nullptr;        ///< Null: scripts are not run here.
    script::Engine* js = nullptr;          ///< Likewise.
    core::WaitingCalls* calls = nullptr;   ///< Null: the rule engine does not answer to here.
    core::RuleReplays* replays = nullptr;  ///< Null: messages are not run here.
    const core::NotificationOutlets* notifications = nullptr;  ///< Null: none are sent from here.
    core::AiChat* ai = nullptr;  ///< Null: no AI models are asked here.
};

}  // namespace thingstead::api
