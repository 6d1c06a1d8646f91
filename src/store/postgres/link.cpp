#include "store/postgres/link.h"

#include <algorithm>
#include <utility>

namespace thingstead::store::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds connect_pause_first{50};
constexpr milliseconds connect_pause_max{2'000};

}  // namespace

void StopSignal::set() {
    {
        const std::lock_guard lock(mutex_);
        set_ = true;
    }
    changed_.notify_all();
}

bool StopSignal::is_set() const {
    const std::lock_guard lock(mutex_);
    return set_;
}

bool StopSignal::wait_for(milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return set_; });
}

Link::Link(LinkContext& context, std::string session)
    : context_(context), options_(context.options) {
    options_.session = std::move(session);
}

Result<> Link::connect() {
    Result<std::unique_ptr<Connection>> opened = Connection::open(options_);
    if (!opened) return opened.error();
    connection_ = *std::move(opened);
    away_ = false;
    pause_ = milliseconds(0);
    return {};
}

void Link::note_outage(const Error& why) {
    last_error_ = why;
    if (!away_) {
        away_ = true;
        away_since_ = steady_clock::now();
    }
    pause_ = std::clamp(pause_ * 2, connect_pause_first, connect_pause_max);
    next_attempt_ = steady_clock::now() + pause_;
    const std::int64_t swallowed = context_.throttle.take();
    if (swallowed >= 0)
        context_.log.error("store.postgres.away", why,
                           {
                               {"swallowed", swallowed}
        });
}

Result<Connection*> Link::get() {
    if (connection_) {
        if (connection_->trouble() != Connection::Trouble::lost) {
            connection_->forget_trouble();
            return connection_.get();
        }
        context_.connections_lost.add();
        connection_.reset();
    }
    while (true) {
        const auto wait = std::chrono::ceil<milliseconds>(next_attempt_ - steady_clock::now());
        if (away_ && wait.count() > 0) {
            const bool patient = steady_clock::now() < away_since_ + context_.patience;
            if (!patient || context_.stop.is_set() || context_.stop.wait_for(wait))
                return last_error_;
        }
        const Result<> connected = connect();
        if (connected) return connection_.get();
        note_outage(connected.error());
        if (context_.stop.is_set()) return last_error_;
    }
}

}  // namespace thingstead::store::postgres
