#include "protocol/mqtt/outbound_window.h"

#include <algorithm>

#include "base/error.h"

namespace thingstead::mqtt {
namespace {

constexpr std::size_t packet_ids = 65'535;

template <class List>
auto find_id(List& list, std::uint16_t packet_id) {
    return std::ranges::find(list, packet_id, [](const auto& item) { return item.packet_id; });
}

}  // namespace

OutboundWindow::State& OutboundWindow::state() {
    if (!state_) state_ = std::make_unique<State>();
    return *state_;
}

bool OutboundWindow::is_used(std::uint16_t packet_id) const {
    return state_ && (find_id(state_->in_flight, packet_id) != state_->in_flight.end() ||
                      find_id(state_->waiting, packet_id) != state_->waiting.end());
}

std::optional<std::uint16_t> OutboundWindow::next_packet_id() {
    if (in_flight() + waiting() >= packet_ids) return std::nullopt;
    do {
        last_packet_id_ = static_cast<std::uint16_t>(last_packet_id_ % packet_ids + 1);
    } while (is_used(last_packet_id_));
    return last_packet_id_;
}

void OutboundWindow::sent(std::uint16_t packet_id, QoS qos) {
    TS_ASSERT(qos != QoS::at_most_once);
    const Expects expects = qos == QoS::at_least_once ? Expects::puback : Expects::pubrec;
    state().in_flight.push_back({packet_id, expects});
}

void OutboundWindow::wait(std::uint16_t packet_id, QoS qos, std::string packet) {
    state().waiting_bytes += packet.size();
    state().waiting.push_back({packet_id, qos, std::move(packet)});
}

void OutboundWindow::send_front() {
    TS_ASSERT(waiting() > 0);
    const Waiting& front = state_->waiting.front();
    sent(front.packet_id, front.qos);
    state_->waiting_bytes -= front.packet.size();
    state_->waiting.pop_front();
}

std::optional<OutboundWindow::Expects> OutboundWindow::expects(std::uint16_t packet_id) const {
    if (!state_) return std::nullopt;
    const auto found = find_id(state_->in_flight, packet_id);
    return found == state_->in_flight.end() ? std::nullopt : std::optional(found->expects);
}

void OutboundWindow::received(std::uint16_t packet_id) {
    TS_ASSERT(state_);
    const auto found = find_id(state_->in_flight, packet_id);
    TS_ASSERT(found != state_->in_flight.end());
    found->expects = Expects::pubcomp;
}

void OutboundWindow::done(std::uint16_t packet_id) {
    TS_ASSERT(state_);
    const auto found = find_id(state_->in_flight, packet_id);
    TS_ASSERT(found != state_->in_flight.end());
    state_->in_flight.erase(found);
    if (state_->in_flight.empty() && state_->waiting.empty()) state_.reset();
}

}  // namespace thingstead::mqtt
