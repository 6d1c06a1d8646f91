// What rule nodes reach systems and people outside with.
#pragma once
#include "base/metrics.h"
#include "model/msg.h"
#include "rule/external_settings.h"

namespace thingstead::core {
class AiChat;
class Mailer;
class TextMessages;
}  // namespace thingstead::core

namespace thingstead::store {
class CustomTables;
}  // namespace thingstead::store

namespace thingstead::rule {

class SharedClients;
struct NodeInfo;

/// Stands in for systems outside where none may be reached: in a replay.
class OutsideCalls {
  public:
    virtual ~OutsideCalls() = default;
    /// The node would make a call for the message. Returns whether it counts as a success.
    virtual bool note(const NodeInfo& node, const model::Msg& msg) = 0;
};

/// All outlive the engine.
struct Outside {
    net::HttpClient* http = nullptr;        ///< Null: HTTP is not spoken here.
    core::Mailer* mailer = nullptr;         ///< Null: no mail is sent here.
    core::TextMessages* texts = nullptr;    ///< Null: no short messages are sent here.
    SharedClients* clients = nullptr;       ///< Null: brokers are not reached from here.
    store::CustomTables* tables = nullptr;  ///< Null: the time series are not in Cassandra.
    OutsideCalls* instead = nullptr;        ///< Of a replay, whose nodes call nobody; else null.
    core::AiChat* ai = nullptr;             ///< Null: no AI models are asked here.
};

struct ExternalMetrics {
    explicit ExternalMetrics(MetricsRegistry& registry);

    Counter failed;
    Counter refused;
    Gauge running;
    Gauge pending;
};

}  // namespace thingstead::rule
