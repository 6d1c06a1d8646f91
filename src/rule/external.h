// What every node does that asks a system outside: so many requests at a time, so many that wait, a
// deadline for each; and, if it is told to, the message is acknowledged before the answer is known.
// An outside system that is down costs its node's messages their deadline and then the relation
// "Failure"; it holds up nobody else.
// Source: the interface's rule engine, what external nodes have in common.
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/msg.h"
#include "net/task.h"
#include "rule/node.h"

namespace thingstead::rule {

/// What a request came to: how the message goes on.
struct ExternalAnswer {
    ExternalAnswer() = default;
    /// "Failure", with the metadata `error`: "class x: message".
    static ExternalAnswer failed(Error why);

    std::optional<Error> failure{};   ///< None: "Success".
    std::optional<std::string> data;  ///< Takes the place of the message's.
    model::Metadata metadata{};       ///< Comes beside the message's.
};

/// Nodes' own limits; those of the settings are never exceeded.
struct ExternalLimits {
    std::size_t parallel_max = 0;           ///< Of requests; 0: as the settings say.
    std::chrono::milliseconds deadline{0};  ///< Of a request and its waiting; 0: likewise.
    bool force_ack = false;                 ///< Whatever the settings say.
    bool heeds_settings = true;             ///< Whether the settings' force_ack counts.
};

/// A node owns one. Belongs to the worker's thread; requests that run may outlive it.
class ExternalRequests {
  public:
    ExternalRequests(const NodeInfo& info, NodeServices& services, ExternalLimits limits = {});

    /// What the node answers its visit with. `request` is a coroutine that nothing of the node or
    /// the visit is given to, but values and services: it may outlive both. It is not started if
    /// too many wait: the message fails, "Max pending requests limit exceeded!".
    /// If the message is acknowledged first, it is held meanwhile: after a crash, or when the
    /// partition is given back, the request is made again.
    Step run(Visit& visit, Task<ExternalAnswer> request);

    bool acknowledges_first() const { return force_ack_; }

  private:
    struct Line;
    class Place;

    Task<Outcome> answer_visit(Visit& visit, std::unique_ptr<Place> place,
                               Task<ExternalAnswer> request);
    static Task<Result<ExternalAnswer>> in_line(std::unique_ptr<Place> place,
                                                Task<ExternalAnswer> request);
    static Task<> answer_later(NodeServices& services, NodeInfo info, model::Msg msg,
                               std::shared_ptr<HeldMessages::Hold> hold,
                               std::unique_ptr<Place> place, Task<ExternalAnswer> request,
                               std::chrono::milliseconds deadline);

    NodeInfo info_;
    NodeServices& services_;
    std::chrono::milliseconds deadline_;
    bool force_ack_;
    std::shared_ptr<Line> line_;
};

/// "class java.net.ConnectException: message": how the interface names what went wrong.
std::string external_error_text(const Error& why);

}  // namespace thingstead::rule
