#include "rule/strategy.h"

#include <algorithm>
#include <unordered_map>

namespace thingstead::rule {

Decision decide(const Settings& settings, std::int32_t attempt, std::size_t messages,
                const AttemptResult& result) {
    using enum ProcessingStrategy;
    const ProcessingStrategy strategy = settings.processing_strategy;
    Decision decision;
    decision.invalidate_timed_out = strategy != skip_all_failures;
    const std::size_t bad = result.failed.size() + result.timed_out.size();
    if (bad == 0 || strategy == skip_all_failures || strategy == skip_all_failures_and_timed_out)
        return decision;
    if (settings.retries > 0 && attempt > settings.retries) return decision;
    if (settings.failure_percentage > 0 &&
        static_cast<double>(bad) / static_cast<double>(messages) > settings.failure_percentage)
        return decision;
    const auto take = [&](const std::vector<std::size_t>& from) {
        decision.retry.insert(decision.retry.end(), from.begin(), from.end());
    };
    if (strategy != retry_timed_out) take(result.failed);
    if (strategy != retry_failed) take(result.timed_out);
    if (strategy == retry_all) take(result.succeeded);
    std::sort(decision.retry.begin(), decision.retry.end());
    return decision;
}

std::chrono::milliseconds pause_after(const Settings& settings, std::int32_t attempt) {
    std::chrono::milliseconds pause = settings.pause_between_retries;
    for (std::int32_t i = 1; i < attempt && pause < settings.pause_between_retries_max; ++i)
        pause = std::min(pause * 2, settings.pause_between_retries_max);
    return pause;
}

Submission::Submission(const Settings& settings, std::size_t messages,
                       const std::vector<std::size_t>& groups)
    : strategy_(settings.submit_strategy), batch_size_(settings.batch_size), messages_(messages) {
    switch (strategy_) {
        case SubmitStrategy::burst: until_ = messages; return;
        case SubmitStrategy::batch:
            until_ = std::min(batch_size_, messages);
            in_batch_ = until_;
            return;
        case SubmitStrategy::sequential_by_originator:
        case SubmitStrategy::sequential_by_tenant:
        case SubmitStrategy::sequential:               break;
    }
    follower_.assign(messages, none);
    std::unordered_map<std::size_t, std::size_t> last_of;
    for (std::size_t i = 0; i < messages; ++i) {
        const auto [last, first_of_group] = last_of.try_emplace(groups[i], i);
        if (first_of_group)
            ready_.push_back(i);
        else
            follower_[std::exchange(last->second, i)] = i;
    }
}

bool Submission::next(std::size_t& message) {
    if (next_ < until_) {
        message = next_++;
        return true;
    }
    if (ready_at_ == ready_.size()) return false;
    message = ready_[ready_at_++];
    return true;
}

void Submission::succeeded(std::size_t message) {
    if (!follower_.empty()) {
        if (follower_[message] != none) ready_.push_back(follower_[message]);
        return;
    }
    if (strategy_ != SubmitStrategy::batch || --in_batch_ != 0) return;
    in_batch_ = std::min(batch_size_, messages_ - until_);
    until_ += in_batch_;
}

}  // namespace thingstead::rule
