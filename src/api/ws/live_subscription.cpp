#include "api/ws/live_subscription.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace thingstead::api::ws {

void send_or_close(net::WebSocket& socket, std::string text) {
    const Result<> sent = socket.send(std::move(text));
    if (!sent && sent.error().code == ErrorCode::rate_limited)
        socket.close(net::CloseCode::policy, std::string(too_slow));
}

LiveSubscription::LiveSubscription(Options options, const std::shared_ptr<net::WebSocket>& socket)
    : options_(options), executor_(socket->executor()), socket_(socket) {}

void LiveSubscription::push(const std::vector<core::Update>& updates) {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    if (pending_.size() + updates.size() > options_.pending_max) {
        ended_ = true;
        pending_.clear();
        boost::asio::post(executor_, [self = shared_from_this()] {
            if (const std::shared_ptr<net::WebSocket> socket = self->socket_.lock())
                socket->close(net::CloseCode::policy, std::string(too_slow));
        });
        return;
    }
    pending_.insert(pending_.end(), updates.begin(), updates.end());
    if (held_ || std::exchange(posted_, true)) return;
    boost::asio::post(executor_, [self = shared_from_this()] { self->flush(); });
}

bool LiveSubscription::repeats(const core::Update& update, const Values& first) const {
    const auto it = first.find(update.key);
    if (it == first.end() || !update.value) return false;
    return std::any_of(it->second.begin(), it->second.end(), [&](const Point& point) {
        // What the first answer lacks has the time of the question.
        if (!point.text) return false;
        if (options_.newer_only && update.ts < point.ts) return true;
        return update.ts == point.ts && model::to_text(*update.value) == *point.text;
    });
}

void LiveSubscription::start(const Values& first) {
    for (const auto& [key, points] : first)
        for (const Point& point : points)
            if (point.text && options_.latest_only) newest_[key] = std::max(newest_[key], point.ts);
    send(update_text(options_.command_id, first));
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(pending_, [&](const core::Update& each) { return repeats(each, first); });
        held_ = false;
        posted_ = true;
    }
    flush();
}

void LiveSubscription::end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    pending_.clear();
}

bool LiveSubscription::passes(const core::Update& update) {
    if (!options_.latest_only) return true;
    if (!update.value) {
        newest_.erase(update.key);
        return true;
    }
    const auto [it, fresh] = newest_.try_emplace(update.key, update.ts);
    if (!fresh && update.ts < it->second) return false;
    it->second = update.ts;
    return true;
}

void LiveSubscription::send(std::string text) {
    if (const std::shared_ptr<net::WebSocket> socket = socket_.lock())
        send_or_close(*socket, std::move(text));
}

void LiveSubscription::flush() {
    std::vector<core::Update> updates;
    {
        const std::lock_guard lock(mutex_);
        posted_ = false;
        updates.swap(pending_);
    }
    Values values;
    for (const core::Update& each : updates)
        if (passes(each)) add(values, each);
    if (!values.empty()) send(update_text(options_.command_id, values));
}

}  // namespace thingstead::api::ws
