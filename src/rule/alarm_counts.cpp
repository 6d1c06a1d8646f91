#include "rule/alarm_counts.h"

#include <algorithm>
#include <string_view>

namespace thingstead::rule {
namespace {

/// The statuses that a name stands for: of one, or of a kind of them. Errors: an unknown name.
Result<std::vector<model::AlarmStatus>> counted_statuses(const std::vector<std::string>& names) {
    std::vector<model::AlarmStatus> out;
    const auto add = [&](model::AlarmStatus one) {
        if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
    };
    for (const std::string& name : names) {
        if (const auto one = enum_value<model::AlarmStatus>(std::string_view(name))) {
            add(*one);
            continue;
        }
        const auto kind = enum_value<model::AlarmSearchStatus>(std::string_view(name));
        if (!kind)
            return Error{ErrorCode::invalid_argument, "Unknown alarm status: \"" + name + "\""};
        using enum model::AlarmSearchStatus;
        for (const bool cleared_too : {false, true})
            for (const bool acknowledged : {false, true})
                if (*kind == any || (*kind == cleared && cleared_too) ||
                    (*kind == active && !cleared_too) || (*kind == ack && acknowledged) ||
                    (*kind == unack && !acknowledged))
                    add(model::alarm_status(cleared_too, acknowledged));
    }
    return out;
}

}  // namespace

Result<AlarmCounts> AlarmCounts::make(const std::vector<AlarmCountMapping>& mappings) {
    AlarmCounts counts;
    for (const AlarmCountMapping& each : mappings) {
        auto statuses = counted_statuses(each.statuses);
        if (!statuses) return statuses.error();
        Counted counted{each.target, {}, each.latest_interval_ms};
        counted.query.types = each.types;
        counted.query.severities = each.severities;
        counted.query.statuses = *std::move(statuses);
        counts.counted_.push_back(std::move(counted));
    }
    return counts;
}

Result<std::int64_t> AlarmCounts::count(store::Reader& reader, model::TenantId tenant,
                                        std::size_t at, model::EntityId entity, EpochMs now) const {
    const Counted& counted = counted_[at];
    core::AlarmQuery query = counted.query;
    query.entity = entity;
    if (counted.latest_interval_ms > 0) query.created_from = now - counted.latest_interval_ms;
    return core::count_alarms(reader, tenant, query);
}

}  // namespace thingstead::rule
