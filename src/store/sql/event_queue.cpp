#include "store/sql/event_queue.h"

#include <algorithm>
#include <utility>

namespace thingstead::store::sql {
namespace {

/// Works of the writer, appends that wait for room, flushes: as many of each.
constexpr std::size_t callers_max = 4'096;

std::size_t bytes_of(const std::vector<Record>& records) {
    std::size_t bytes = 0;
    for (const Record& record : records) bytes += record.bytes;
    return bytes;
}

void give(std::vector<std::pair<EventQueue::Answer, Result<>>>& answers) {
    for (auto& [answer, result] : answers) answer(std::move(result));
}

}  // namespace

void EventQueue::put(Lane& lane, Records records, std::size_t bytes) {
    if (waiting() == 0) first_at_ = Clock::now();
    lane.bytes += bytes;
    lane.pushed += records.size();
    std::move(records.begin(), records.end(), std::back_inserter(lane.records));
    metrics_.audit_pending.set(static_cast<std::int64_t>(audit_.bytes));
    metrics_.events_pending.set(static_cast<std::int64_t>(events_.bytes));
}

/// One alone is always taken, however large.
bool EventQueue::has_room(std::size_t bytes) const {
    return audit_.bytes == 0 || audit_.bytes + bytes <= limits_.audit_bytes_max;
}

void EventQueue::push_audit(Records records, Answer answer) {
    const std::size_t bytes = bytes_of(records);
    const std::size_t count = records.size();
    std::optional<Result<>> answered;
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || for_room_.size() >= callers_max) {
            answered = overloaded();
        } else if (for_room_.empty() && has_room(bytes)) {
            put(audit_, std::move(records), bytes);
            answered = Result<>();
        } else {
            for_room_.push_back({std::move(records), bytes, Clock::now() + limits_.audit_wait_max,
                                 std::move(answer)});
        }
    }
    changed_.notify_all();
    if (!answered) return;
    if (!*answered) metrics_.audit_refused.add(count);
    answer(*std::move(answered));
}

bool EventQueue::push_events(Records records) {
    const std::size_t bytes = bytes_of(records);
    const std::size_t count = records.size();
    {
        const std::lock_guard lock(mutex_);
        const bool room = events_.bytes == 0 || events_.bytes + bytes <= limits_.event_bytes_max;
        if (closed_ || !room) {
            metrics_.events_refused.add(count);
            return false;
        }
        put(events_, std::move(records), bytes);
    }
    changed_.notify_all();
    return true;
}

void EventQueue::flush(Answer answer) {
    std::optional<Result<>> answered;
    {
        const std::lock_guard lock(mutex_);
        const bool stored = audit_.pushed == audit_.settled && events_.pushed == events_.settled;
        if (stored)
            answered = Result<>();
        else if (flushes_.size() >= callers_max)
            answered = overloaded();
        else
            flushes_.push_back({audit_.pushed, events_.pushed, std::move(answer)});
    }
    changed_.notify_all();
    if (answered) answer(*std::move(answered));
}

bool EventQueue::push_work(EventWork work) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || works_.size() >= callers_max) return false;
        works_.push_back(std::move(work));
    }
    changed_.notify_all();
    return true;
}

void EventQueue::take(Lane& lane, Turn& turn) {
    while (!lane.records.empty() && turn.records.size() < limits_.batch_records_max) {
        turn.records.push_back(std::move(lane.records.front()));
        lane.records.pop_front();
    }
}

EventQueue::Turn EventQueue::next() {
    Turn turn;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !works_.empty() || waiting() > 0; });
    const auto urgent = [this] {
        return closed_ || !works_.empty() || !flushes_.empty() || !for_room_.empty() ||
               waiting() >= limits_.batch_records_max;
    };
    if (!urgent()) changed_.wait_until(lock, first_at_ + limits_.batch_delay, urgent);
    take(audit_, turn);
    turn.audit_records = turn.records.size();
    take(events_, turn);
    first_at_ = Clock::now();
    if (!works_.empty()) {
        turn.work = std::move(works_.front());
        works_.pop_front();
    }
    turn.ended = closed_ && turn.records.empty() && !turn.work;
    return turn;
}

void EventQueue::admit(Answers& answers) {
    const auto now = Clock::now();
    while (!for_room_.empty()) {
        ForRoom& first = for_room_.front();
        const bool room = !closed_ && has_room(first.bytes);
        if (!room && !closed_ && now < first.until) return;
        if (room)
            put(audit_, std::move(first.records), first.bytes);
        else
            metrics_.audit_refused.add(first.records.size());
        answers.emplace_back(std::move(first.answer), room ? Result<>() : Result<>(overloaded()));
        for_room_.pop_front();
    }
}

void EventQueue::finish_flushes(Answers& answers) {
    while (!flushes_.empty() && flushes_.front().audit <= audit_.settled &&
           flushes_.front().events <= events_.settled) {
        answers.emplace_back(std::move(flushes_.front().answer), Result<>());
        flushes_.pop_front();
    }
}

void EventQueue::settle(const Turn& turn) {
    Answers answers;
    {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < turn.records.size(); ++i) {
            Lane& lane = i < turn.audit_records ? audit_ : events_;
            lane.bytes -= turn.records[i].bytes;
            ++lane.settled;
        }
        metrics_.audit_pending.set(static_cast<std::int64_t>(audit_.bytes));
        metrics_.events_pending.set(static_cast<std::int64_t>(events_.bytes));
        finish_flushes(answers);
        admit(answers);
    }
    give(answers);
}

void EventQueue::answer_waiting(const Error& error) {
    Answers answers;
    {
        const std::lock_guard lock(mutex_);
        for (Flush& flush : flushes_) answers.emplace_back(std::move(flush.answer), error);
        flushes_.clear();
        for (EventWork& work : works_) answers.emplace_back(std::move(work.answer), error);
        works_.clear();
        admit(answers);
    }
    give(answers);
}

bool EventQueue::pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    // Whoever waits for room or a flush meanwhile is answered after the next attempt.
    return !changed_.wait_for(lock, time, [this] { return closed_; });
}

void EventQueue::close() {
    Answers answers;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        admit(answers);
    }
    changed_.notify_all();
    give(answers);
}

}  // namespace thingstead::store::sql
