#include "store/cassandra/ledger.h"

#include <algorithm>

#include "net/suspend.h"

namespace thingstead::store::cassandra {

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
    : bytes_max_(bytes_max), metrics_(metrics) {
    metrics_.pending_bytes_max.set(static_cast<std::int64_t>(bytes_max));
    metrics_.pending_bytes.set(0);
}

Ledger::Sequence* Ledger::find(model::EntityId entity) {
    const auto at = entities_.find(entity);
    return at == entities_.end() ? nullptr : &at->second;
}

const Ledger::Sequence* Ledger::find(model::EntityId entity) const {
    const auto at = entities_.find(entity);
    return at == entities_.end() ? nullptr : &at->second;
}

std::shared_ptr<Ticket> Ledger::take(model::EntityId entity, std::size_t bytes,
                                     std::optional<SourceOffset> source) {
    const std::lock_guard lock(mutex_);
    if (refusing_ || (bytes_ > 0 && bytes_ + bytes > bytes_max_)) return nullptr;
    const auto ticket = std::make_shared<Ticket>();
    ticket->entity = entity;
    ticket->source = source;
    ticket->bytes = bytes;
    ticket->number = all_.take();
    ticket->entity_number = entities_.try_emplace(entity, ticket->number).first->second.take();
    if (source) ++sources_[source->partition].unfinished[source->offset];
    bytes_ += bytes;
    metrics_.pending_bytes.set(static_cast<std::int64_t>(bytes_));
    return ticket;
}

void Ledger::finish(const Ticket& ticket) {
    std::vector<Resume> ready;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        bytes_ -= ticket.bytes;
        metrics_.pending_bytes.set(static_cast<std::int64_t>(bytes_));
        if (ticket.source) {
            auto& unfinished = sources_[ticket.source->partition].unfinished;
            const auto at = unfinished.find(ticket.source->offset);
            if (--at->second == 0) unfinished.erase(at);
        }
        all_.finish(ticket.number);
        if (!all_.waiting.empty()) all_.take_ready(ready);
        const auto entity = entities_.find(ticket.entity);
        entity->second.finish(ticket.entity_number);
        if (!entity->second.waiting.empty()) entity->second.take_ready(ready);
        if (entity->second.idle()) entities_.erase(entity);
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
                                     : std::min(source.processed, source.unfinished.begin()->first);
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
            Sequence* sequence = find(entity);
            if (!closed_ && sequence && sequence->first_unfinished() < up_to) {
                sequence->waiting.emplace_back(up_to, std::move(resume));
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
    const Sequence* sequence = find(entity);
    return sequence ? sequence->next() : 0;
}

bool Ledger::is_finished(std::uint64_t up_to) const {
    const std::lock_guard lock(mutex_);
    return !closed_ && all_.first_unfinished() >= up_to;
}

bool Ledger::is_finished(model::EntityId entity, std::uint64_t up_to) const {
    const std::lock_guard lock(mutex_);
    const Sequence* sequence = find(entity);
    return !closed_ && (!sequence || sequence->first_unfinished() >= up_to);
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
        for (auto& [entity, sequence] : entities_) {
            for (auto& [up_to, resume] : sequence.waiting) ready.push_back(std::move(resume));
            sequence.waiting.clear();
        }
    }
    for (const Resume& resume : ready) resume();
}

}  // namespace thingstead::store::cassandra
