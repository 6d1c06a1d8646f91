#include "rule/external.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "net/suspend.h"
#include "net/timer.h"
#include "rule/enqueue.h"

namespace thingstead::rule {
namespace {

std::string_view java_class_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::timeout:
        case ErrorCode::expired:            return "java.util.concurrent.TimeoutException";
        case ErrorCode::unavailable:        return "java.net.ConnectException";
        case ErrorCode::malformed:
        case ErrorCode::invalid_argument:   return "java.lang.IllegalArgumentException";
        case ErrorCode::unauthenticated:
        case ErrorCode::forbidden:          return "java.lang.SecurityException";
        case ErrorCode::unsupported:        return "java.lang.UnsupportedOperationException";
        case ErrorCode::not_found:
        case ErrorCode::conflict:
        case ErrorCode::too_large:
        case ErrorCode::rate_limited:
        case ErrorCode::internal:
        case ErrorCode::limit_reached:
        case ErrorCode::password_expired:
        case ErrorCode::password_violation: return "java.lang.RuntimeException";
    }
    return "java.lang.RuntimeException";
}

/// What the relation is, after the message was changed.
Outcome apply_answer(model::Msg& msg, Result<ExternalAnswer> result, ExternalMetrics& metrics) {
    const ExternalAnswer answer =
        result ? *std::move(result) : ExternalAnswer::failed(result.error());
    if (answer.data) msg.data = *answer.data;
    for (const auto& [key, value] : answer.metadata) msg.metadata.put(key, value);
    if (!answer.failure) return Relation("Success");
    metrics.failed.add();
    return *answer.failure;
}

}  // namespace

std::string external_error_text(const Error& why) {
    return "class " + std::string(java_class_of(why.code)) + ": " + why.message;
}

ExternalMetrics::ExternalMetrics(MetricsRegistry& registry)
    : failed(registry, "thingstead_rule_external_failed_total",
             "Requests of rule nodes to systems outside that failed."),
      refused(registry, "thingstead_rule_external_refused_total",
              "Messages that failed because too many requests of their node waited."),
      running(registry, "thingstead_rule_external_running",
              "Requests of rule nodes to systems outside that run."),
      pending(registry, "thingstead_rule_external_pending",
              "Requests of rule nodes to systems outside that wait.") {}

ExternalAnswer ExternalAnswer::failed(Error why) {
    ExternalAnswer answer;
    answer.metadata.put("error", external_error_text(why));
    answer.failure = std::move(why);
    return answer;
}

/// The requests of a node, first come first served.
struct ExternalRequests::Line {
    Line(std::size_t parallel, std::size_t waiting, ExternalMetrics& with)
        : parallel_max(parallel), pending_max(waiting), metrics(with) {}

    const std::size_t parallel_max;
    const std::size_t pending_max;
    ExternalMetrics& metrics;
    std::size_t running = 0;
    std::deque<Place*> pending{};
};

/// From the visit to the request's end.
class ExternalRequests::Place {
  public:
    /// Null: too many wait.
    static std::unique_ptr<Place> take(const std::shared_ptr<Line>& line) {
        if (line->running < line->parallel_max) return std::make_unique<Place>(line, true);
        if (line->pending.size() < line->pending_max) return std::make_unique<Place>(line, false);
        line->metrics.refused.add();
        return nullptr;
    }

    Place(std::shared_ptr<Line> line, bool runs) : line_(std::move(line)), runs_(runs) {
        if (runs_) {
            ++line_->running;
            line_->metrics.running.add(1);
        } else {
            line_->pending.push_back(this);
            line_->metrics.pending.add(1);
        }
    }
    ~Place() {
        if (!runs_) {
            std::erase(line_->pending, this);
            line_->metrics.pending.add(-1);
            return;
        }
        --line_->running;
        line_->metrics.running.add(-1);
        if (!line_->pending.empty()) line_->pending.front()->run();
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// Errors: unavailable - the engine ends, or the deadline is over.
    Task<Result<>> come() {
        if (runs_) co_return Result<>();
        const std::function<void(std::function<void()>)> wait =
            [resume_at = resume_](std::function<void()> resume) { *resume_at = std::move(resume); };
        co_await net::suspend(wait);
        if (runs_) co_return Result<>();
        co_return Error{ErrorCode::unavailable, "The request did not have its turn."};
    }

  private:
    void run() {
        line_->pending.pop_front();
        line_->metrics.pending.add(-1);
        ++line_->running;
        line_->metrics.running.add(1);
        runs_ = true;
        if (*resume_) std::exchange(*resume_, {})();
    }

    std::shared_ptr<Line> line_;
    bool runs_;
    /// Set while it waits; whoever is cancelled leaves it behind.
    std::shared_ptr<std::function<void()>> resume_ = std::make_shared<std::function<void()>>();
};

ExternalRequests::ExternalRequests(const NodeInfo& info, NodeServices& services,
                                   ExternalLimits limits)
    : info_(info),
      services_(services),
      deadline_(limits.deadline.count() > 0 ? limits.deadline : services.external.request_timeout),
      force_ack_(limits.force_ack || (limits.heeds_settings && services.external.force_ack)) {
    const std::size_t ceiling = services.external.parallel_requests_max;
    const std::size_t parallel =
        limits.parallel_max == 0 ? ceiling : std::min(limits.parallel_max, ceiling);
    line_ = std::make_shared<Line>(parallel, services.external.pending_requests_max,
                                   services.external_metrics);
}

Step ExternalRequests::run(Visit& visit, Task<ExternalAnswer> request) {
    std::unique_ptr<Place> place = Place::take(line_);
    if (!place) {
        const Error full{ErrorCode::unavailable, "Max pending requests limit exceeded!"};
        visit.msg.metadata.put("error", external_error_text(full));
        return full;
    }
    if (!force_ack_) return answer_visit(visit, std::move(place), std::move(request));
    std::optional<HeldMessages::Hold> hold = services_.held.keep(visit, info_);
    if (!hold) return too_much_held();
    const auto shared = std::make_shared<HeldMessages::Hold>(*std::move(hold));
    if (services_.spawn(info_.name, answer_later(services_, info_, visit.msg, shared,
                                                 std::move(place), std::move(request), deadline_)))
        return Outcome(Consumed{});
    shared->finish();  // The message fails here; it does not come again.
    return Error{ErrorCode::unavailable, "Too many requests to systems outside are running!"};
}

Task<Result<ExternalAnswer>> ExternalRequests::in_line(std::unique_ptr<Place> place,
                                                       Task<ExternalAnswer> request) {
    if (Result<> came = co_await place->come(); !came) co_return came.error();
    co_return co_await std::move(request);
}

Task<Outcome> ExternalRequests::answer_visit(Visit& visit, std::unique_ptr<Place> place,
                                             Task<ExternalAnswer> request) {
    Result<ExternalAnswer> answer =
        co_await net::with_deadline(in_line(std::move(place), std::move(request)), deadline_);
    co_return apply_answer(visit.msg, std::move(answer), services_.external_metrics);
}

/// Not of the node: its chain may be changed meanwhile.
Task<> ExternalRequests::answer_later(NodeServices& services, NodeInfo info, model::Msg msg,
                                      std::shared_ptr<HeldMessages::Hold> hold,
                                      std::unique_ptr<Place> place, Task<ExternalAnswer> request,
                                      std::chrono::milliseconds deadline) {
    Result<ExternalAnswer> answer =
        co_await net::with_deadline(in_line(std::move(place), std::move(request)), deadline);
    const Outcome outcome = apply_answer(msg, std::move(answer), services.external_metrics);
    const Error* failure = std::get_if<Error>(&outcome);
    std::vector<model::QueuedMsg> messages;
    messages.push_back(behind(info, std::move(msg), failure ? "Failure" : "Success"));
    if (failure) messages.back().failure = failure->message;
    const Result<> pushed = co_await services.ingress.push(std::move(messages));
    if (pushed) {
        hold->finish();
        co_return;
    }
    services.log.error(
        "rule.external.answer_lost", pushed.error(),
        {
            {"tenant", info.tenant.to_string()},
            {"chain",  info.chain_name        },
            {"node",   info.name              }
    });
}

}  // namespace thingstead::rule
