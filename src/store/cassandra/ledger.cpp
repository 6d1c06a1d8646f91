#include "store/cassandra/ledger.h"

#include <algorithm>

#include "net/suspend.h"

namespace thingstead::store::cassandra {
namespace {

/// A power of two. More than entities with writes on their way is of no use.
constexpr std::size_t buckets = 4'096;

}  // namespace

std::uint64_t Ledger::Sequence::take() {
    done_.push_back(false);
    return next() - 1;
}

void Ledger::Sequence::finish(std::uint64_t number) {
    done_[head_ + static_cast<std::size_t>(number - first_)] = true;
    while (head_ < done_.size() && done_[head_]) {
        ++head_;
        ++first_;
    }
    if (head_ * 2 < done_.size()) return;
    done_.erase(done_.begin(), done_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
}

void Ledger::Sequence::take_ready(std::vector<Resume>& out) {
    std::erase_if(waiting, [&](auto& each) {
        if (each.first > first_) return false;
        out.push_back(std::move(each.second));
        return true;
    });
}

Ledger::Ledger(std::size_t bytes_max, StoreMetrics& metrics)
    : bytes_max_(bytes_max), metrics_(metrics), buckets_(buckets) {
    metrics_.pending_bytes_max.set(static_cast<std::int64_t>(bytes_max));
    metrics_.pending_bytes.set(0);
}

void Ledger::Bucket::remove(Ticket* ticket) {
    const auto begin = tickets_.begin() + static_cast<std::ptrdiff_t>(head_);
    const auto at = std::find(begin, tickets_.end(), ticket);
    std::move_backward(begin, at, at + 1);
    if (++head_ * 2 < tickets_.size()) return;
    tickets_.erase(tickets_.begin(), tickets_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
}

bool Ledger::Bucket::has(const model::EntityId& entity, std::uint64_t before) const {
    return std::any_of(
        tickets_.begin() + static_cast<std::ptrdiff_t>(head_), tickets_.end(),
        [&](const Ticket* ticket) { return ticket->number < before && ticket->entity == entity; });
}

Ticket* Ledger::take(model::EntityId entity, std::size_t bytes,
                     std::optional<SourceOffset> source) {
    const std::lock_guard lock(mutex_);
    if (refusing_ || (bytes_ > 0 && bytes_ + bytes > bytes_max_)) return nullptr;
    if (free_tickets_.empty()) free_tickets_.push_back(&tickets_.emplace_back());
    Ticket* const ticket = free_tickets_.back();
    free_tickets_.pop_back();
    *ticket = {.entity = entity, .source = source, .bytes = bytes, .number = all_.take()};
    bucket_of(entity).add(ticket);
    if (source) sources_[source->partition].unfinished.add(source->offset);
    bytes_ += bytes;
    metrics_.pending_bytes.set(static_cast<std::int64_t>(bytes_));
    return ticket;
}

void Ledger::finish(std::span<Ticket* const> tickets) {
    std::vector<Resume> ready;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        for (Ticket* const ticket : tickets) finish_locked(*ticket, ready);
        metrics_.pending_bytes.set(static_cast<std::int64_t>(bytes_));
        if (!all_.waiting.empty()) all_.take_ready(ready);
        // Not at the first free byte: writers would come and go one point at a time.
        if (!room_waiting_.empty() && bytes_ <= bytes_max_ - bytes_max_ / 4) {
            ready.insert(ready.end(), std::make_move_iterator(room_waiting_.begin()),
                         std::make_move_iterator(room_waiting_.end()));
            room_waiting_.clear();
        }
        if (all_.idle()) finished_.notify_all();
    }
    for (const Resume& resume : ready) resume();
}

void Ledger::finish_locked(Ticket& ticket, std::vector<Resume>& ready) {
    bytes_ -= ticket.bytes;
    if (ticket.source) sources_[ticket.source->partition].unfinished.remove(ticket.source->offset);
    all_.finish(ticket.number);
    bucket_of(ticket.entity).remove(&ticket);
    if (!entities_waiting_.empty()) resume_readers(ticket.entity, ready);
    free_tickets_.push_back(&ticket);
}

void Ledger::resume_readers(const model::EntityId& entity, std::vector<Resume>& ready) {
    const auto waiting = entities_waiting_.find(entity);
    if (waiting == entities_waiting_.end()) return;
    std::erase_if(waiting->second, [&](auto& each) {
        if (bucket_of(entity).has(entity, each.first)) return false;
        ready.push_back(std::move(each.second));
        return true;
    });
    if (waiting->second.empty()) entities_waiting_.erase(waiting);
}

std::deque<Ledger::Offsets::Offset>::iterator Ledger::Offsets::find(std::int64_t offset) {
    // Where it is if none is missing.
    const auto guess =
        static_cast<std::uint64_t>(offset) - static_cast<std::uint64_t>(offsets_.front().offset);
    if (guess < offsets_.size() && offsets_[guess].offset == offset)
        return offsets_.begin() + static_cast<std::ptrdiff_t>(guess);
    return std::lower_bound(offsets_.begin(), offsets_.end(), offset,
                            [](const Offset& each, std::int64_t o) { return each.offset < o; });
}

void Ledger::Offsets::add(std::int64_t offset) {
    if (offsets_.empty() || offsets_.back().offset < offset) {
        offsets_.push_back({offset, 1});
        return;
    }
    const auto at = find(offset);
    if (at->offset != offset)
        offsets_.insert(at, {offset, 1});
    else if (at->writes++ == 0)
        --done_;
}

void Ledger::Offsets::remove(std::int64_t offset) {
    const auto at = find(offset);
    if (--at->writes > 0) return;
    ++done_;
    for (; !offsets_.empty() && offsets_.front().writes == 0; offsets_.pop_front()) --done_;
    // One that takes long must not keep all that came after it.
    if (done_ < 64 || done_ * 2 < offsets_.size()) return;
    std::erase_if(offsets_, [](const Offset& each) { return each.writes == 0; });
    done_ = 0;
}

void Ledger::processed(std::int32_t partition, std::int64_t next) {
    const std::lock_guard lock(mutex_);
    Source& source = sources_[partition];
    source.processed = std::max(source.processed, next);
}

void Ledger::forget(std::int32_t partition) {
    const std::lock_guard lock(mutex_);
    const auto at = sources_.find(partition);
    if (at != sources_.end()) at->second.processed = -1;
}

std::int64_t Ledger::checkpointed(std::int32_t partition) const {
    const std::lock_guard lock(mutex_);
    const auto at = sources_.find(partition);
    if (at == sources_.end()) return -1;
    const Source& source = at->second;
    return source.unfinished.empty() ? source.processed
                                     : std::min(source.processed, source.unfinished.first());
}

Task<> Ledger::room() {
    return net::suspend([this](Resume resume) {
        {
            const std::lock_guard lock(mutex_);
            if (!refusing_ && bytes_ > bytes_max_ - bytes_max_ / 4) {
                room_waiting_.push_back(std::move(resume));
                return;
            }
        }
        resume();
    });
}

Task<> Ledger::all_finished(std::uint64_t up_to) {
    return net::suspend([this, up_to](Resume resume) {
        {
            const std::lock_guard lock(mutex_);
            if (!closed_ && all_.first_unfinished() < up_to) {
                all_.waiting.emplace_back(up_to, std::move(resume));
                return;
            }
        }
        resume();
    });
}

Task<> Ledger::entity_finished(model::EntityId entity, std::uint64_t up_to) {
    return net::suspend([this, entity, up_to](Resume resume) {
        {
            const std::lock_guard lock(mutex_);
            if (!closed_ && bucket_of(entity).has(entity, up_to)) {
                entities_waiting_[entity].emplace_back(up_to, std::move(resume));
                return;
            }
        }
        resume();
    });
}

std::uint64_t Ledger::taken() const {
    const std::lock_guard lock(mutex_);
    return all_.next();
}

std::uint64_t Ledger::taken(model::EntityId entity) const {
    const std::lock_guard lock(mutex_);
    return bucket_of(entity).has(entity, all_.next()) ? all_.next() : 0;
}

bool Ledger::is_finished(std::uint64_t up_to) const {
    const std::lock_guard lock(mutex_);
    return !closed_ && all_.first_unfinished() >= up_to;
}

bool Ledger::is_finished(model::EntityId entity, std::uint64_t up_to) const {
    const std::lock_guard lock(mutex_);
    return !closed_ && !bucket_of(entity).has(entity, up_to);
}

bool Ledger::wait_all_finished(std::chrono::milliseconds deadline) {
    std::unique_lock lock(mutex_);
    return finished_.wait_for(lock, deadline, [this] { return all_.idle(); });
}

void Ledger::refuse() {
    std::vector<Resume> ready;
    {
        const std::lock_guard lock(mutex_);
        refusing_ = true;
        ready.swap(room_waiting_);
    }
    for (const Resume& resume : ready) resume();
}

void Ledger::close() {
    refuse();
    std::vector<Resume> ready;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        for (auto& [up_to, resume] : all_.waiting) ready.push_back(std::move(resume));
        all_.waiting.clear();
        for (auto& [entity, waiting] : entities_waiting_)
            for (auto& [up_to, resume] : waiting) ready.push_back(std::move(resume));
        entities_waiting_.clear();
    }
    for (const Resume& resume : ready) resume();
}

}  // namespace thingstead::store::cassandra
