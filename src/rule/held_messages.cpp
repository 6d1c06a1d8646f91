#include "rule/held_messages.h"

#include <deque>
#include <utility>

#include "rule/node.h"

namespace thingstead::rule {
namespace {

std::size_t bytes_of(const model::Msg& msg) {
    std::size_t bytes = msg.data.size() + msg.type.size();
    for (const auto& [key, value] : msg.metadata) bytes += key.size() + value.size();
    return bytes;
}

}  // namespace

struct HeldMessages::Entry {
    model::QueuedMsg msg;
    std::optional<queue::Offset> record;  ///< Held back; none: it has none, or is too old.
    Time since{};
    std::size_t bytes = 0;
    std::list<std::shared_ptr<Entry>>::iterator at{};
};

struct HeldMessages::State {
    std::size_t messages_max;
    std::size_t bytes_max;
    Gauge& held;
    std::list<std::shared_ptr<Entry>> entries{};  ///< The eldest first.
    std::deque<std::shared_ptr<Entry>> returned{};
    /// Entries before it do not hold back their records any more.
    std::list<std::shared_ptr<Entry>>::iterator young = entries.end();
    std::multiset<queue::Offset> records{};
    std::size_t bytes = 0;

    void release_record(Entry& entry) {
        if (!entry.record) return;
        records.erase(records.find(*entry.record));
        entry.record.reset();
    }
    void erase(Entry& entry) {
        release_record(entry);
        if (young == entry.at) ++young;
        bytes -= entry.bytes;
        held.add(-1);
        entries.erase(entry.at);
    }
};

HeldMessages::Hold::Hold(std::weak_ptr<State> state, std::shared_ptr<Entry> entry)
    : state_(std::move(state)), entry_(std::move(entry)) {}

HeldMessages::Hold::Hold(Hold&& other) noexcept = default;

HeldMessages::Hold& HeldMessages::Hold::operator=(Hold&& other) noexcept {
    if (this == &other) return *this;
    let_go();
    state_ = std::move(other.state_);
    entry_ = std::move(other.entry_);
    return *this;
}

HeldMessages::Hold::~Hold() { let_go(); }

const model::Msg& HeldMessages::Hold::msg() const { return entry_->msg.msg; }

void HeldMessages::Hold::finish() {
    if (!entry_) return;
    if (const auto state = state_.lock()) state->erase(*entry_);
    state_.reset();
}

void HeldMessages::Hold::let_go() {
    if (!entry_) return;
    if (const auto state = state_.lock()) state->returned.push_back(std::move(entry_));
    state_.reset();
    entry_.reset();
}

HeldMessages::HeldMessages(std::size_t messages_max, std::size_t bytes_max, Gauge& held)
    : state_(std::make_shared<State>(messages_max, bytes_max, held)) {}

HeldMessages::~HeldMessages() { forget_all(); }

std::optional<HeldMessages::Hold> HeldMessages::keep(const Visit& visit, const NodeInfo& node) {
    State& state = *state_;
    const std::size_t bytes = bytes_of(visit.msg);
    if (state.entries.size() >= state.messages_max || state.bytes + bytes > state.bytes_max)
        return std::nullopt;
    auto entry = std::make_shared<Entry>();
    entry->msg = {visit.tenant, visit.msg, {}, {}};
    entry->msg.msg.rule_chain = node.rule_chain;
    entry->msg.msg.rule_node = node.rule_node;
    --entry->msg.msg.node_executions;  // It may have to visit the node once more.
    entry->since = std::chrono::steady_clock::now();
    entry->bytes = bytes;
    if (visit.source) {
        entry->record = visit.source->offset;
        state.records.insert(visit.source->offset);
    }
    entry->at = state.entries.insert(state.entries.end(), entry);
    if (state.young == state.entries.end()) state.young = entry->at;
    state.bytes += bytes;
    state.held.add(1);
    return Hold(state_, std::move(entry));
}

std::optional<queue::Offset> HeldMessages::first_record(Time oldest) {
    State& state = *state_;
    for (; state.young != state.entries.end() && (*state.young)->since < oldest; ++state.young)
        state.release_record(**state.young);
    if (state.records.empty()) return std::nullopt;
    return *state.records.begin();
}

std::size_t HeldMessages::size() const { return state_->entries.size(); }

bool HeldMessages::any_returned() const { return !state_->returned.empty(); }

std::vector<HeldMessages::Hold> HeldMessages::take_returned() {
    std::vector<Hold> holds;
    for (std::shared_ptr<Entry>& each : std::exchange(state_->returned, {}))
        holds.push_back(Hold(state_, std::move(each)));
    return holds;
}

std::vector<model::QueuedMsg> HeldMessages::all() const {
    std::vector<model::QueuedMsg> messages;
    for (const std::shared_ptr<Entry>& each : state_->entries) messages.push_back(each->msg);
    return messages;
}

void HeldMessages::forget_all() {
    const auto old = state_;
    state_ = std::make_shared<State>(old->messages_max, old->bytes_max, old->held);
    old->held.add(-static_cast<std::int64_t>(old->entries.size()));
}

const model::QueuedMsg& HeldMessages::queued(const Hold& hold) { return hold.entry_->msg; }

}  // namespace thingstead::rule
