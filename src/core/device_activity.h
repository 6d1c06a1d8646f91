// Whether devices are active: connects, disconnects and activity of transports → server attributes
// and rule-engine events; silence → inactivity.
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/attributes.h"
#include "core/device_services.h"
#include "core/device_states.h"
#include "core/entity_events.h"
#include "core/rule_ingress.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

struct DeviceActivitySettings {
    std::chrono::milliseconds report_period{3'000};  ///< Activity is written this often.
    std::chrono::seconds inactivity_timeout{
        600};                               ///< Unless server attribute inactivityTimeout says.
    std::chrono::seconds check_period{60};  ///< Silence is looked for this often.
    /// Whether this process looks after all devices; else after those it takes.
    bool all_devices = true;
};

class DeviceActivity final : public DeviceConnectivity, public DeviceStates {
  public:
    DeviceActivity(store::EntityStore& store, Attributes& attributes, IngressPool& ingress,
                   EntityEvents& events, DeviceActivitySettings settings, const Clock& clock,
                   Log log, MetricsRegistry& metrics);

    /// Noted, written by run().
    void connected(const DeviceIdentityPtr& device, EpochMs at_ms) override;
    void disconnected(const DeviceIdentityPtr& device, EpochMs at_ms) override;
    void active(const DeviceIdentityPtr& device, EpochMs at_ms) override;

    Task<Result<>> tell(model::TenantId tenant, model::DeviceId device, DeviceEvent event,
                        EpochMs at_ms) override;

    /// Writes what was noted, raises inactivity, restores what an earlier run left active. Runs
    /// until it is cancelled, on an I/O thread.
    Task<> run();
    using Which = std::function<bool(model::DeviceId)>;
    /// Begins to look after devices: restores what an earlier owner left active.
    Task<> take(Which which);
    /// Writes what was noted of devices, then forgets them: another process looks after them now.
    Task<> release(Which which);
    /// One round of writing; run() calls it. For tests and for the end of the process.
    Task<> report();
    /// One look for silence; run() calls it.
    void check_silence();
    std::size_t known_devices() const;

  private:
    enum Fact : std::uint8_t {
        last_connect = 1,
        last_activity = 2,
        last_disconnect = 4,
        is_active = 8,
        inactivity_alarm = 16,
    };
    /// One for each device that is connected or active: small.
    struct State {
        DeviceIdentityPtr device;
        EpochMs last_connect_ms = 0;
        EpochMs last_activity_ms = 0;
        EpochMs last_disconnect_ms = 0;
        EpochMs inactivity_alarm_ms = 0;
        std::chrono::milliseconds timeout{0};
        std::uint32_t sessions = 0;
        bool active = false;
        std::uint8_t unsaved = 0;                ///< Server attributes to write: bits of `Fact`.
        std::vector<std::string_view> events{};  ///< Message types to emit, in order.
    };
    struct Report {
        DeviceIdentityPtr device;
        std::vector<model::KeyValue> attributes;
        std::vector<model::QueuedMsg> messages;
    };

    State& state_of(const DeviceIdentityPtr& device);
    void note_connect(State& state, EpochMs at_ms);
    void note_disconnect(State& state, EpochMs at_ms);
    void note_activity(State& state, EpochMs at_ms);
    void note_inactivity(State& state, EpochMs at_ms);
    std::vector<Report> take_reports();
    static std::vector<model::KeyValue> unsaved_attributes(const State& state);
    model::QueuedMsg event_message(const State& state, std::string_view type) const;
    Task<> send(std::vector<Report> reports);

    store::EntityStore& store_;
    Attributes& attributes_;
    IngressPool& ingress_;
    DeviceActivitySettings settings_;
    const Clock& clock_;
    Log log_;
    mutable std::mutex mutex_;
    std::unordered_map<model::DeviceId, State> states_;
    std::deque<model::DeviceId> changed_;
    Gauge active_devices_;
};

}  // namespace thingstead::core
