#include <algorithm>
#include <array>
#include <unordered_map>

#include "rule/node.h"

namespace thingstead::rule::device_state {
namespace {

using core::DeviceEvent;

struct Config {
    DeviceEvent event = DeviceEvent::activity;
};
constexpr auto describe(const Config*) {
    return fields(field("event", &Config::event, "What is told of the device."));
}

constexpr std::string_view relations[] = {"Success", "Failure", "Rate limited"};

/// So many messages of a device in so much time; room comes back evenly.
struct Limit {
    double messages;
    std::chrono::duration<double> time;
};
constexpr std::array<Limit, 3> limits{
    {{1, std::chrono::seconds(1)}, {30, std::chrono::seconds(60)}, {60, std::chrono::hours(1)}}
};

/// Of one device.
class Allowance {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Allowance(Time now) : at_(now) {
        for (std::size_t i = 0; i < limits.size(); ++i) left_[i] = limits[i].messages;
    }
    bool take(Time now) {
        left_ = left_at(now);
        at_ = now;
        if (std::any_of(left_.begin(), left_.end(), [](double each) { return each < 1; }))
            return false;
        for (double& each : left_) each -= 1;
        return true;
    }
    /// Nothing would be different without it.
    bool is_full(Time now) const {
        const Counts left = left_at(now);
        for (std::size_t i = 0; i < limits.size(); ++i)
            if (left[i] < limits[i].messages) return false;
        return true;
    }

  private:
    using Counts = std::array<double, limits.size()>;

    Counts left_at(Time now) const {
        const std::chrono::duration<double> passed = now - at_;
        Counts left = left_;
        for (std::size_t i = 0; i < limits.size(); ++i)
            left[i] = std::min(limits[i].messages,
                               left[i] + passed / limits[i].time * limits[i].messages);
        return left;
    }

    Counts left_{};
    Time at_;
};

class DeviceStateNode final : public Node {
  public:
    DeviceStateNode(Config config, const NodeInfo&, NodeServices& services)
        : event_(config.event), services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        if (!services.device_states)
            return Error{ErrorCode::unavailable, "States of devices are not kept by this server!"};
        return std::unique_ptr<Node>(std::make_unique<DeviceStateNode>(config, info, services));
    }

    Step on_message(Visit& visit) override {
        const model::EntityId originator = visit.msg.originator;
        if (originator.type != model::EntityType::device)
            return Error{ErrorCode::unsupported,
                         "Unsupported originator entity type: [" +
                             std::string(model::wire_name(originator.type)) +
                             "]. Only DEVICE entity type is supported."};
        if (!take(originator.uuid)) return "Rate limited";
        return tell(visit.tenant, model::DeviceId{originator.uuid}, visit.msg.metadata_ts());
    }

  private:
    /// Remembered at most; over that, a device may send more often than it should.
    static constexpr std::size_t devices_max = 100'000;

    bool take(const Uuid& device) {
        const Allowance::Time now = services_.clock.steady_now();
        if (allowances_.size() >= devices_max && !allowances_.contains(device)) {
            std::erase_if(allowances_, [&](const auto& each) { return each.second.is_full(now); });
            if (allowances_.size() >= devices_max) allowances_.erase(allowances_.begin());
        }
        return allowances_.try_emplace(device, now).first->second.take(now);
    }

    Task<Outcome> tell(model::TenantId tenant, model::DeviceId device, EpochMs at) {
        const Result<> told = co_await services_.device_states->tell(tenant, device, event_, at);
        if (!told) co_return Outcome(told.error());
        co_return Outcome(Relation("Success"));
    }

    DeviceEvent event_;
    NodeServices& services_;
    std::unordered_map<Uuid, Allowance> allowances_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbDeviceStateNode",
    .name = "device state",
    .kind = NodeKind::action,
    .summary = "Tells that a device connected, was active, or fell silent.",
    .relations = relations,
    .beyond_stores = true,
    .form = "tbActionNodeDeviceStateConfig",
    .icon = "flag",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<DeviceStateNode, Config>,
};

}  // namespace thingstead::rule::device_state
