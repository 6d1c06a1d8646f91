#include "core/device_activity.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <map>
#include <utility>

#include "model/payload.h"
#include "net/timer.h"

namespace thingstead::core {
namespace {

constexpr std::string_view activity_event = "ACTIVITY_EVENT";
constexpr std::string_view inactivity_event = "INACTIVITY_EVENT";
constexpr std::int32_t restore_page = 500;
constexpr std::size_t reports_max = 500;

std::int64_t integer_of(const std::vector<model::Attribute>& attributes, std::string_view key) {
    for (const model::Attribute& each : attributes)
        if (each.key == key)
            if (const auto* value = std::get_if<std::int64_t>(&each.value)) return *value;
    return 0;
}

bool is_true(const std::vector<model::Attribute>& attributes, std::string_view key) {
    for (const model::Attribute& each : attributes)
        if (each.key == key)
            if (const bool* value = std::get_if<bool>(&each.value)) return *value;
    return false;
}

/// Null: its profile is gone.
Result<DeviceIdentityPtr> identity_of(store::Reader& reader, const model::Device& device) {
    const auto profile = reader.find<model::DeviceProfile>({
        {"id", device.device_profile_id.uuid}
    });
    if (!profile) return profile.error();
    if (!*profile) return DeviceIdentityPtr();
    return DeviceIdentityPtr(std::make_shared<const DeviceIdentity>(DeviceIdentity{
        device.tenant_id, device.customer_id, device.id, device.name, device.type, false,
        std::make_shared<const TransportProfile>(TransportProfile::of(**profile))}));
}

}  // namespace

DeviceActivity::DeviceActivity(store::EntityStore& store, Attributes& attributes,
                               IngressPool& ingress, EntityEvents& events,
                               DeviceActivitySettings settings, const Clock& clock, Log log,
                               MetricsRegistry& metrics)
    : store_(store),
      attributes_(attributes),
      ingress_(ingress),
      settings_(settings),
      clock_(clock),
      log_(std::move(log)),
      active_devices_(metrics, "thingstead_devices_active",
                      "Devices that were heard of within their timeout.") {
    events.listen([this](const EntityChange& change) {
        if (change.kind != ChangeKind::deleted || change.entity.type != model::EntityType::device)
            return;
        const std::lock_guard lock(mutex_);
        const auto it = states_.find(model::DeviceId{change.entity.uuid});
        if (it == states_.end()) return;
        if (it->second.active) active_devices_.add(-1);
        states_.erase(it);
    });
}

DeviceActivity::State& DeviceActivity::state_of(const DeviceIdentityPtr& device) {
    State& state = states_[device->device];
    if (state.timeout.count() == 0) state.timeout = settings_.inactivity_timeout;
    state.device = device;
    if (state.unsaved == 0 && state.events.empty()) changed_.push_back(device->device);
    return state;
}

void DeviceActivity::connected(const DeviceIdentityPtr& device, EpochMs at_ms) {
    const std::lock_guard lock(mutex_);
    State& state = state_of(device);
    ++state.sessions;
    note_connect(state, at_ms);
    note_activity(state, at_ms);
}

void DeviceActivity::disconnected(const DeviceIdentityPtr& device, EpochMs at_ms) {
    const std::lock_guard lock(mutex_);
    State& state = state_of(device);
    if (state.sessions != 0 && --state.sessions != 0) return;  // another session goes on
    note_disconnect(state, at_ms);
}

void DeviceActivity::active(const DeviceIdentityPtr& device, EpochMs at_ms) {
    const std::lock_guard lock(mutex_);
    note_activity(state_of(device), at_ms);
}

Task<Result<>> DeviceActivity::tell(model::TenantId tenant, model::DeviceId id, DeviceEvent event,
                                    EpochMs at_ms) {
    DeviceIdentityPtr device;
    const auto work = [&](store::Reader& reader) -> Result<> {
        const auto found = reader.find<model::Device>({
            {"id",       id.uuid    },
            {"tenantId", tenant.uuid}
        });
        if (!found) return found.error();
        Result<DeviceIdentityPtr> identity = DeviceIdentityPtr();
        if (*found) identity = identity_of(reader, **found);
        if (!identity) return identity.error();
        device = *std::move(identity);
        return {};
    };
    if (Result<> read = co_await store_.read(work); !read) co_return read;
    if (!device) co_return Error{ErrorCode::not_found, "Device is not found!"};
    const std::lock_guard lock(mutex_);
    State& state = state_of(device);
    switch (event) {
        case DeviceEvent::connect:    note_connect(state, at_ms); break;
        case DeviceEvent::activity:   note_activity(state, at_ms); break;
        case DeviceEvent::disconnect: note_disconnect(state, at_ms); break;
        case DeviceEvent::inactivity: note_inactivity(state, at_ms); break;
    }
    co_return Result<>();
}

void DeviceActivity::note_connect(State& state, EpochMs at_ms) {
    if (at_ms <= state.last_connect_ms) return;
    state.last_connect_ms = at_ms;
    state.unsaved |= last_connect;
    state.events.push_back(model::msg_type::connect_event);
}

void DeviceActivity::note_disconnect(State& state, EpochMs at_ms) {
    if (at_ms <= state.last_disconnect_ms) return;
    state.last_disconnect_ms = at_ms;
    state.unsaved |= last_disconnect;
    state.events.push_back(model::msg_type::disconnect_event);
}

void DeviceActivity::note_inactivity(State& state, EpochMs at_ms) {
    if (at_ms <= state.inactivity_alarm_ms || at_ms <= state.last_activity_ms) return;
    if (state.active) active_devices_.add(-1);
    state.active = false;
    state.inactivity_alarm_ms = at_ms;
    state.unsaved |= is_active | inactivity_alarm;
    state.events.push_back(inactivity_event);
}

void DeviceActivity::note_activity(State& state, EpochMs at_ms) {
    if (at_ms <= state.last_activity_ms) return;
    state.last_activity_ms = at_ms;
    state.unsaved |= last_activity;
    if (state.active) return;
    state.active = true;
    active_devices_.add(1);
    state.unsaved |= is_active;
    if (state.inactivity_alarm_ms != 0) {
        state.inactivity_alarm_ms = 0;
        state.unsaved |= inactivity_alarm;
    }
    state.events.push_back(activity_event);
}

void DeviceActivity::check_silence() {
    const std::lock_guard lock(mutex_);
    const EpochMs now = clock_.now_ms();
    for (auto& [id, state] : states_) {
        if (!state.active || now < state.last_activity_ms + state.timeout.count()) continue;
        if (state.unsaved == 0 && state.events.empty()) changed_.push_back(id);
        state.active = false;
        active_devices_.add(-1);
        state.inactivity_alarm_ms = now;
        state.unsaved |= is_active | inactivity_alarm;
        state.events.push_back(inactivity_event);
    }
}

model::QueuedMsg DeviceActivity::event_message(const State& state, std::string_view type) const {
    const auto number = [](std::int64_t value) { return model::Value(value); };
    std::vector<model::KeyValue> body;
    if (type != model::msg_type::connect_event)
        body.push_back({"active", model::Value(state.active)});
    body.push_back({"lastConnectTime", number(state.last_connect_ms)});
    body.push_back({"lastActivityTime", number(state.last_activity_ms)});
    body.push_back({"lastDisconnectTime", number(state.last_disconnect_ms)});
    body.push_back({"lastInactivityAlarmTime", number(state.inactivity_alarm_ms)});
    body.push_back({"inactivityTimeout", number(state.timeout.count())});
    model::QueuedMsg queued;
    queued.tenant = state.device->tenant;
    queued.msg.id = new_time_uuid();
    queued.msg.ts = clock_.now_ms();
    queued.msg.type = type;
    queued.msg.originator = state.device->device;
    if (state.device->customer != model::no_customer) queued.msg.customer = state.device->customer;
    queued.msg.rule_chain = state.device->profile->rule_chain;
    queued.msg.metadata.put("deviceName", state.device->name);
    queued.msg.metadata.put("deviceType", state.device->type);
    queued.msg.metadata.put("scope", "SERVER_SCOPE");
    queued.msg.data = model::to_json_object(body);
    return queued;
}

std::vector<model::KeyValue> DeviceActivity::unsaved_attributes(const State& state) {
    std::vector<model::KeyValue> attributes;
    const auto add = [&](Fact fact, const char* key, model::Value value) {
        if (state.unsaved & fact) attributes.push_back({key, std::move(value)});
    };
    add(is_active, "active", state.active);
    add(inactivity_alarm, "inactivityAlarmTime", state.inactivity_alarm_ms);
    add(last_activity, "lastActivityTime", state.last_activity_ms);
    add(last_connect, "lastConnectTime", state.last_connect_ms);
    add(last_disconnect, "lastDisconnectTime", state.last_disconnect_ms);
    return attributes;
}

/// At most reports_max: many devices that come back at once do not need memory at once.
std::vector<DeviceActivity::Report> DeviceActivity::take_reports() {
    std::vector<Report> reports;
    const std::lock_guard lock(mutex_);
    while (!changed_.empty() && reports.size() < reports_max) {
        const model::DeviceId id = changed_.front();
        changed_.pop_front();
        const auto it = states_.find(id);
        if (it == states_.end()) continue;
        State& state = it->second;
        Report report{state.device, unsaved_attributes(state), {}};
        for (const std::string_view type : state.events)
            report.messages.push_back(event_message(state, type));
        state.unsaved = 0;
        std::exchange(state.events, {});
        reports.push_back(std::move(report));
        // What is silent and not connected is in the store; it need not stay in memory.
        if (!state.active && state.sessions == 0) states_.erase(it);
    }
    return reports;
}

Task<> DeviceActivity::report() {
    for (;;) {
        std::vector<Report> reports = take_reports();
        if (reports.empty()) co_return;
        const bool more = reports.size() == reports_max;
        co_await send(std::move(reports));
        if (!more) co_return;
    }
}

Task<> DeviceActivity::send(std::vector<Report> reports) {
    std::vector<Attributes::RuleSave> saves;
    const auto executor = co_await boost::asio::this_coro::executor;
    std::map<RuleIngress*, std::vector<model::QueuedMsg>> messages;
    for (Report& each : reports) {
        if (!each.attributes.empty()) {
            Attributes::RuleSave save;
            save.entity = each.device->device;
            save.scope = model::AttributeScope::server;
            save.values = std::move(each.attributes);
            saves.push_back(std::move(save));
        }
        RuleIngress& way =
            ingress_.of(executor).way_to(each.device->tenant, each.device->profile->queue_name);
        std::move(each.messages.begin(), each.messages.end(), std::back_inserter(messages[&way]));
    }
    if (Result<> saved = co_await attributes_.save_many(std::move(saves)); !saved)
        log_.warn("device_activity.not_saved", saved.error());
    for (auto& [way, of_way] : messages)
        if (Result<> sent = co_await way->push(std::move(of_way)); !sent)
            log_.warn("device_activity.events_lost", sent.error());
}

Task<> DeviceActivity::take(Which which) {
    store::PageLink link;
    link.page_size = restore_page;
    for (bool more = true; more; ++link.page) {
        std::vector<State> restored;
        const auto work = [&](store::Reader& reader) -> Result<> {
            restored.clear();
            auto page = reader.page<model::Device>({}, link);
            if (!page) return page.error();
            more = page->has_next;
            for (const model::Device& device : page->data) {
                if (!which(device.id)) continue;
                const auto stored =
                    reader.attributes(device.id, model::AttributeScope::server,
                                      {"active", "lastActivityTime", "lastConnectTime",
                                       "lastDisconnectTime", "inactivityTimeout"});
                if (!stored) return stored.error();
                if (!is_true(*stored, "active")) continue;
                Result<DeviceIdentityPtr> identity = identity_of(reader, device);
                if (!identity) return identity.error();
                if (!*identity) continue;
                State state;
                state.device = *std::move(identity);
                state.active = true;
                state.last_activity_ms = integer_of(*stored, "lastActivityTime");
                state.last_connect_ms = integer_of(*stored, "lastConnectTime");
                state.last_disconnect_ms = integer_of(*stored, "lastDisconnectTime");
                const std::int64_t timeout_ms = integer_of(*stored, "inactivityTimeout");
                state.timeout = timeout_ms > 0
                                    ? std::chrono::milliseconds(timeout_ms)
                                    : std::chrono::milliseconds(settings_.inactivity_timeout);
                restored.push_back(std::move(state));
            }
            return {};
        };
        if (Result<> read = co_await store_.read(work); !read) {
            log_.warn("device_activity.not_restored", read.error());
            co_return;
        }
        const std::lock_guard lock(mutex_);
        for (State& state : restored)
            if (states_.emplace(state.device->device, state).second) active_devices_.add(1);
    }
}

Task<> DeviceActivity::release(Which which) {
    co_await report();
    const std::lock_guard lock(mutex_);
    std::erase_if(states_, [&](const auto& each) {
        if (!which(each.first)) return false;
        if (each.second.active) active_devices_.add(-1);
        return true;
    });
}

Task<> DeviceActivity::run() {
    if (settings_.all_devices) {
        Which every = [](model::DeviceId) { return true; };
        co_await take(std::move(every));
    }
    auto next_check = clock_.steady_now() + settings_.check_period;
    for (;;) {
        co_await net::sleep_for(settings_.report_period);
        if (clock_.steady_now() >= next_check) {
            check_silence();
            next_check = clock_.steady_now() + settings_.check_period;
        }
        co_await report();
    }
}

std::size_t DeviceActivity::known_devices() const {
    const std::lock_guard lock(mutex_);
    return states_.size();
}

}  // namespace thingstead::core
