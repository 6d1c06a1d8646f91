#include "rule/node/device_profile/device_values.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "core/alarm_rules/zones.h"
#include "core/device/device_rules.h"
#include "model/entities.h"
#include "rule/entity_reads.h"

namespace thingstead::rule::device_profile {
namespace {

using core::ProfileKey;
using model::AttributeScope;

constexpr AttributeScope scopes[] = {AttributeScope::client, AttributeScope::shared,
                                     AttributeScope::server};

void note_key(const ProfileKey& key, ProfileRules& rules) {
    if (key.from == ProfileKey::From::time_series) rules.series.insert(key.key);
    if (key.from == ProfileKey::From::attribute) rules.attributes.insert(key.key);
    if (key.from != ProfileKey::From::dynamic) return;
    if (key.source == ProfileKey::Source::device) rules.attributes.insert(key.key);
    const bool of_customer = key.source == ProfileKey::Source::customer ||
                             (key.source == ProfileKey::Source::device && key.inherit);
    if (of_customer) rules.customer_attributes.insert(key.key);
    if (key.source == ProfileKey::Source::tenant || key.inherit)
        rules.tenant_attributes.insert(key.key);
}

std::vector<std::string> list_of(const std::set<std::string>& keys) {
    return {keys.begin(), keys.end()};
}

/// Later scopes replace earlier ones.
Result<> read_attributes(store::Reader& reader, model::EntityId entity, AttributeScope scope,
                         const std::set<std::string>& keys, NamedValues& into) {
    if (keys.empty()) return {};
    auto found = reader.attributes(entity, scope, list_of(keys));
    if (!found) return found.error();
    for (model::Attribute& each : *found)
        into[each.key] = {each.last_update_ms, std::move(each.value)};
    return {};
}

core::Operand named(const NamedValues& values, std::string_view key) {
    const auto it = values.find(key);
    return it == values.end() ? core::Operand() : it->second;
}

NamedValues fields_of(const model::Device& device) {
    NamedValues fields;
    fields["name"] = {device.created_time, model::Value(device.name)};
    fields["type"] = {device.created_time, model::Value(device.type)};
    fields["label"] = {device.created_time, model::Value(device.label.value_or(""))};
    fields["createdTime"] = {device.created_time, model::Value(device.created_time)};
    return fields;
}

bool is_activity(const model::Msg& msg) {
    return msg.type == "ACTIVITY_EVENT" || msg.type == "INACTIVITY_EVENT";
}

}  // namespace

RulesRef profile_rules(const model::DeviceProfile& profile, std::vector<Error>& wrong) {
    const auto rules = std::make_shared<ProfileRules>();
    rules->version = profile.version;
    const json::object* data = profile.profile_data.if_object();
    const json::value* listed = data ? data->if_contains("alarms") : nullptr;
    const json::array* list = listed ? listed->if_array() : nullptr;
    if (!list) return rules;
    for (const json::value& each : *list) {
        auto alarm = core::ProfileAlarm::read(each, &core::schedule_zone);
        if (!alarm) {
            wrong.push_back(alarm.error());
            continue;
        }
        for (const auto& [name, key] : alarm->keys) note_key(key, *rules);
        rules->alarms.push_back(*std::move(alarm));
    }
    return rules;
}

Task<Result<std::optional<DevicePlace>>> place_of(NodeServices& services, model::TenantId tenant,
                                                  model::DeviceId device) {
    using Found = std::optional<DevicePlace>;
    const std::function<Result<Found>(store::Reader&)> work =
        [tenant, device](store::Reader& reader) -> Result<Found> {
        const auto found = find_own<model::Device>(reader, tenant, device.uuid);
        if (!found) return found.error();
        if (!*found) return Found();
        const auto profile = reader.find<model::DeviceProfile>({
            {"id", (*found)->device_profile_id.uuid}
        });
        if (!profile) return profile.error();
        if (!*profile) return Found();
        return Found(DevicePlace{**found, **profile});
    };
    co_return co_await read_entities<Found>(services, work);
}

bool DeviceValues::apply(const ChangedValue& change) {
    NamedValues& values = change.attribute ? attributes : series;
    core::Operand& known = values[change.key];
    if (known.ts == change.ts && known.value == change.value) return false;
    known = {change.ts, change.value};
    return true;
}

core::Operand DeviceValues::of(const core::ProfileAlarm& alarm, std::string_view argument) const {
    const auto it = alarm.keys.find(argument);
    if (it == alarm.keys.end()) {
        // Texts of details name keys as they are.
        for (const NamedValues* each : {&series, &attributes, &fields})
            if (const auto found = named(*each, argument); found.value) return found;
        return {};
    }
    const ProfileKey& key = it->second;
    switch (key.from) {
        case ProfileKey::From::attribute:   return named(attributes, key.key);
        case ProfileKey::From::time_series: return named(series, key.key);
        case ProfileKey::From::field:       return named(fields, key.key);
        case ProfileKey::From::constant:    return {0, key.constant};
        case ProfileKey::From::dynamic:     break;
    }
    if (key.source == ProfileKey::Source::device) {
        const auto own = named(attributes, key.key);
        if (own.value || !key.inherit) return own;
    }
    if (key.source != ProfileKey::Source::tenant) {
        const auto of_customer = named(customer, key.key);
        if (of_customer.value || !key.inherit) return of_customer;
    }
    return named(tenant, key.key);
}

Task<Result<DeviceValues>> load_values(NodeServices& services, RulesRef rules,
                                       model::DeviceId device) {
    const std::function<Result<DeviceValues>(store::Reader&)> work =
        [rules, device](store::Reader& reader) -> Result<DeviceValues> {
        DeviceValues values;
        for (const AttributeScope scope : scopes)
            if (Result<> read =
                    read_attributes(reader, device, scope, rules->attributes, values.attributes);
                !read)
                return read.error();
        return values;
    };
    Result<DeviceValues> values = co_await read_entities<DeviceValues>(services, work);
    if (!values || rules->series.empty()) co_return values;
    std::vector<std::string> keys = list_of(rules->series);
    auto found = co_await services.telemetry.latest(model::EntityId(device), std::move(keys));
    if (!found) co_return found.error();
    for (auto& each : *found) values->series[each.key] = {each.ts, std::move(each.value)};
    co_return values;
}

Task<Result<>> load_owners(NodeServices& services, RulesRef rules, model::Device device,
                           DeviceValues& into) {
    into.fields = fields_of(device);
    if (rules->customer_attributes.empty() && rules->tenant_attributes.empty())
        co_return Result<>();
    const model::CustomerId customer = device.customer_id;
    const model::TenantId tenant = device.tenant_id;
    using Both = std::pair<NamedValues, NamedValues>;
    const std::function<Result<Both>(store::Reader&)> work =
        [rules, customer, tenant](store::Reader& reader) -> Result<Both> {
        Both both;
        Result<> read;
        if (customer != model::no_customer)
            read = read_attributes(reader, customer, AttributeScope::server,
                                   rules->customer_attributes, both.first);
        if (read)
            read = read_attributes(reader, tenant, AttributeScope::server, rules->tenant_attributes,
                                   both.second);
        return read ? Result<Both>(std::move(both)) : read.error();
    };
    auto both = co_await read_entities<Both>(services, work);
    if (!both) co_return both.error();
    into.customer = std::move(both->first);
    into.tenant = std::move(both->second);
    co_return Result<>();
}

bool has_values(const model::Msg& msg) {
    using namespace model::msg_type;
    return msg.type == post_telemetry || msg.type == timeseries_updated ||
           msg.type == post_attributes || msg.type == attributes_updated ||
           msg.type == attributes_deleted || is_activity(msg);
}

Result<std::vector<ChangedValue>> values_in(const Visit& visit, model::PayloadParser& parser,
                                            EpochMs now) {
    const model::Msg& msg = visit.msg;
    FieldInput input{visit.tenant, msg.originator, msg.originator};
    const bool series = msg.type == model::msg_type::post_telemetry ||
                        (is_activity(msg) && msg.metadata.get("scope").empty());
    if (series) {
        const auto entries = parser.telemetry(msg.data, msg.metadata_ts());
        if (!entries) return entries.error();
        for (const model::TelemetryEntry& each : *entries) add_values(input, each.ts, each.values);
    } else if (msg.type == model::msg_type::post_attributes || is_activity(msg)) {
        const auto values = parser.attributes(msg.data);
        if (!values) return values.error();
        add_attributes(input, AttributeScope::client, now, *values);
    } else {
        model::QueuedMsg queued{visit.tenant, msg, {}, {}};
        auto read = values_of(queued, parser, now);
        if (!read) return read.error();
        input = *std::move(read);
    }
    std::stable_sort(input.values.begin(), input.values.end(),
                     [](const auto& a, const auto& b) { return a.ts < b.ts; });
    return std::move(input.values);
}

}  // namespace thingstead::rule::device_profile
