#include "api/rest/bulk_import/import_calls.h"

#include <chrono>
#include <utility>

#include "core/attributes.h"
#include "core/telemetry.h"
#include "model/payload.h"

namespace thingstead::api {
namespace {

Task<Result<>> save_row_attributes(const Services& services, core::Caller caller,
                                   model::EntityId entity, model::AttributeScope scope,
                                   std::vector<model::KeyValue> values) {
    if (values.empty()) co_return Result<>();
    const std::string scope_name =
        scope == model::AttributeScope::server ? "SERVER_SCOPE" : "SHARED_SCOPE";
    RuleEvent event{model::msg_type::attributes_updated, entity, model::to_json_object(values)};
    event.metadata.emplace_back("scope", scope_name);
    core::AuditNote note = note_of(model::ActionType::attributes_updated, entity);
    add_data(note, "scope", json::value(scope_name));
    add_data(note, "attributes", texts_of(values));
    const Result<> saved =
        co_await services.attributes.save(caller, entity, scope, std::move(values));
    co_await audit(services, caller, std::move(note), saved);
    if (saved) co_await tell_rules(services, std::move(caller), std::move(event));
    co_return saved;
}

Task<Result<>> save_row_telemetry(const Services& services, core::Caller caller,
                                  model::EntityId entity, std::vector<model::KeyValue> values) {
    if (values.empty()) co_return Result<>();
    std::vector<model::TelemetryEntry> entries(1);
    entries.front().ts = services.clock.now_ms();
    entries.front().values = std::move(values);
    core::AuditNote note = note_of(model::ActionType::timeseries_updated, entity);
    RuleEvent event{model::msg_type::timeseries_updated, entity,
                    "{\"timeseries\":[{\"ts\":" + std::to_string(entries.front().ts) +
                        ",\"values\":" + model::to_json_object(entries.front().values) + "}]}"};
    add_data(note, "timeseries", texts_of(entries));
    const Result<> saved = co_await services.telemetry.save(caller, entity, std::move(entries),
                                                            std::chrono::seconds(0));
    co_await audit(services, caller, std::move(note), saved);
    if (saved) co_await tell_rules(services, std::move(caller), std::move(event));
    co_return saved;
}

}  // namespace

Task<Result<>> save_row_values(const Services& services, core::Caller caller,
                               model::EntityId entity, core::ImportRow row) {
    Result<> saved = co_await save_row_attributes(
        services, caller, entity, model::AttributeScope::server, std::move(row.server_attributes));
    if (!saved) co_return saved;
    saved = co_await save_row_attributes(services, caller, entity, model::AttributeScope::shared,
                                         std::move(row.shared_attributes));
    if (!saved) co_return saved;
    co_return co_await save_row_telemetry(services, std::move(caller), entity,
                                          std::move(row.telemetry));
}

}  // namespace thingstead::api
