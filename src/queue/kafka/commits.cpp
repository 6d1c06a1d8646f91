#include "queue/kafka/commits.h"

#include <algorithm>
#include <thread>

namespace thingstead::queue::kafka {
namespace {

using Steady = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds retry_pause{50};
constexpr Milliseconds flush_pause{5};

Milliseconds left_until(Steady::time_point until) {
    return std::max(std::chrono::ceil<Milliseconds>(until - Steady::now()), Milliseconds(0));
}

bool any_uncommitted(const Holdings& these) {
    return std::any_of(these.begin(), these.end(),
                       [](const auto& each) { return each->uncommitted().has_value(); });
}

/// The sender is no member any more, or not of this generation: no later try is taken.
bool refused_for_good(rd_kafka_resp_err_t code) {
    return code == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID ||
           code == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION ||
           code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
}

Error no_member() { return {ErrorCode::unavailable, "Kafka: the membership ended"}; }
Error no_answer() { return {ErrorCode::unavailable, "Kafka: no answer to a commit"}; }

}  // namespace

Commits::Commits(Context& context, JoinWatch& watch, rd_kafka_t* handle, const std::string& group)
    : context_(context),
      watch_(watch),
      handle_(handle),
      group_(group),
      answers_(rd_kafka_queue_new(handle)) {}

void Commits::regularly(const Holdings& these) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) return;  // others are at it
    take_back();
    if (!under_way(Milliseconds(0))) {
        if (last_ != RD_KAFKA_RESP_ERR_NO_ERROR) failed(to_error(last_));
        send(these, !member_);
    } else if (Steady::now() > late_) {
        late_ = Time::max();
        failed(no_answer());
    }
}

Result<> Commits::flush(const std::function<Holdings()>& all) {
    const Time until = Steady::now() + context_.settings.request_timeout;
    for (std::uint64_t wanted = 0; true; std::this_thread::sleep_for(flush_pause)) {
        const std::lock_guard lock(mutex_);
        take_back();
        if (!under_way(Milliseconds(0))) {
            if (wanted != 0 && done_ >= wanted) return {};
            if (!send(all(), !member_)) return {};
            if (wanted == 0) wanted = begun_;
        }
        if (Steady::now() > until || context_.unreachable.load())
            return Error{ErrorCode::unavailable,
                         "Kafka: positions of the group " + group_ + " were not taken in time"};
    }
}

void Commits::finish(const Holdings& these) {
    Milliseconds patience = context_.settings.request_timeout;
    if (context_.unreachable.load()) patience = std::min(patience, Milliseconds(1000));
    const Result<> done = finish_until(these, Steady::now() + patience);
    if (!done) failed(done.error());
}

/// Tries again while the coordinator moves, or is busy with a rebalance.
Result<> Commits::finish_until(const Holdings& these, Time until) {
    const std::lock_guard lock(mutex_);
    take_back();
    while (true) {
        if (under_way(left_until(until))) return no_answer();
        if (!send(these, true)) return any_uncommitted(these) ? Result<>(no_member()) : Result<>();
        if (under_way(left_until(until))) return no_answer();
        if (last_ == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
        if (refused_for_good(last_) || context_.unreachable.load() ||
            left_until(until) < retry_pause)
            return to_error(last_);
        std::this_thread::sleep_for(retry_pause);
    }
}

void Commits::end() {
    const std::lock_guard lock(mutex_);
    take_back();
    answers_.reset();
}

// --- the one under way ---

/// False: there is nothing to send, or nobody would take it.
bool Commits::send(const Holdings& these, bool at_once) {
    const std::shared_ptr<rd_kafka_topic_partition_list_t> list(
        rd_kafka_topic_partition_list_new(static_cast<int>(these.size())), Destroy());
    for (const auto& each : these) {
        const std::optional<Offset> next = each->uncommitted();
        if (!next) continue;
        rd_kafka_topic_partition_list_add(list.get(), each->broker_name.c_str(), 0)->offset = *next;
        sent_.push_back({each, *next});
    }
    // A client whose membership ended commits as one without a group, which an empty group takes.
    if (!sent_.empty() && member_ && rd_kafka_assignment_lost(handle_) != 0) sent_.clear();
    if (sent_.empty()) return false;
    ++begun_;
    late_ = Steady::now() + context_.settings.request_timeout;
    // It can only fail on a client without a group.
    const auto go = [handle = handle_, list, answers = answers_.get()] {
        rd_kafka_commit_queue(handle, list.get(), answers, nullptr, nullptr);
    };
    if (at_once)
        go();
    else
        watch_.when_safe(go);
    return true;
}

/// Forgets a commit that still waits for its moment.
void Commits::take_back() {
    if (watch_.cancel()) sent_.clear();
}

/// Waits for the answer to the commit under way; `last_` is what it said.
bool Commits::under_way(Milliseconds wait) {
    last_ = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (sent_.empty()) return false;
    const Owned<rd_kafka_event_t> answer(rd_kafka_queue_poll(answers_.get(), milliseconds(wait)));
    if (!answer) return true;
    last_ = understand(*answer);
    sent_.clear();
    if (last_ != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
    done_ = begun_;
    context_.reached();
    return false;
}

rd_kafka_resp_err_t Commits::understand(rd_kafka_event_t& answer) {
    rd_kafka_resp_err_t code = rd_kafka_event_error(&answer);
    const rd_kafka_topic_partition_list_t* got = rd_kafka_event_topic_partition_list(&answer);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR || got == nullptr) return code;
    for (const Position& each : sent_) {
        const rd_kafka_topic_partition_t* found =
            rd_kafka_topic_partition_list_find(const_cast<rd_kafka_topic_partition_list_t*>(got),
                                               each.holding->broker_name.c_str(), 0);
        if (found == nullptr || found->err != RD_KAFKA_RESP_ERR_NO_ERROR)
            code = found == nullptr ? RD_KAFKA_RESP_ERR_UNKNOWN : found->err;
        else
            each.holding->made_durable(each.next);
    }
    return code;
}

void Commits::failed(const Error& error) {
    context_.metrics.commit_errors.add();
    const std::int64_t swallowed = context_.failure_lines.take();
    if (swallowed < 0) return;
    context_.log.warn("queue.kafka.commit_failed", error,
                      {
                          {"group",     group_   },
                          {"swallowed", swallowed}
    });
}

}  // namespace thingstead::queue::kafka
