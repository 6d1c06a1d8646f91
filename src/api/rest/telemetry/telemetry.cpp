// The routes of attributes and time series.
#include "api/rest/telemetry/handlers.h"

namespace thingstead::api::telemetry {
namespace {

using enum net::Method;

constexpr std::string_view history_parameters =
    "keys,key,startTs!,endTs!,intervalType,interval,timeZone,limit,agg,orderBy,useStrictDataTypes";
constexpr std::string_view deletion_parameters =
    "keys!,key,deleteAllDataForKeys,startTs,endTs,deleteLatest,rewriteLatestIfDeleted";

/// Rows differ in few columns; all are for every user, and the entity decides.
constexpr Route row(net::Method method, std::string_view pattern, Handler handler,
                    std::string_view summary, std::string_view parameters = {},
                    std::string_view answer = {}, std::string_view selected_by = {}) {
    return {.method = method,
            .pattern = pattern,
            .allowed = allow::users,
            .handler = handler,
            .summary = summary,
            .body = method == post ? BodyKind::any : BodyKind::none,
            .selected_by = selected_by,
            .parameters = parameters,
            .answer = answer,
            .errors = ErrorForm::plain_text};
}

constexpr Route routes[] = {
    row(get, "/api/plugins/telemetry/{entityType}/{entityId}/keys/attributes", &get_attribute_keys,
        "Keys of the attributes of every scope", {}, "string[]"),
    row(get, "/api/plugins/telemetry/{entityType}/{entityId}/keys/attributes/{scope}",
        &get_attribute_keys, "Keys of the attributes of a scope", {}, "string[]"),
    row(get, "/api/plugins/telemetry/{entityType}/{entityId}/values/attributes", &get_attributes,
        "Attributes of every scope", "keys,key", "AttributeData[]"),
    row(get, "/api/plugins/telemetry/{entityType}/{entityId}/values/attributes/{scope}",
        &get_attributes, "Attributes of a scope", "keys,key", "AttributeData[]"),
    row(post, "/api/plugins/telemetry/{deviceId}/{scope}", &save_attributes,
        "Writes server or shared attributes of a device"),
    row(post, "/api/plugins/telemetry/{entityType}/{entityId}/{scope}", &save_attributes,
        "Writes server or shared attributes"),
    row(post, "/api/plugins/telemetry/{entityType}/{entityId}/attributes/{scope}", &save_attributes,
        "Writes server or shared attributes"),
    row(del, "/api/plugins/telemetry/{deviceId}/{scope}", &delete_attributes,
        "Deletes attributes of a device", "keys!,key"),
    row(del, "/api/plugins/telemetry/{entityType}/{entityId}/{scope}", &delete_attributes,
        "Deletes attributes", "keys!,key"),
    row(get, "/api/plugins/telemetry/{entityType}/{entityId}/keys/timeseries", &get_series_keys,
        "Keys of the time series", {}, "string[]"),
    row(get, "/api/plugins/telemetry/{entityType}/{entityId}/values/timeseries", &get_latest,
        "Latest values", "keys,key,useStrictDataTypes", "TsData[] by key"),
    row(get, "/api/plugins/telemetry/{entityType}/{entityId}/values/timeseries", &get_history,
        "Points of a time range", history_parameters, "TsData[] by key", "startTs,endTs"),
    row(get, "/api/plugins/telemetry/{entityType}/{entityId}/values/timeseries/history",
        &get_history, "Points of a time range", history_parameters, "TsData[] by key"),
    row(post, "/api/plugins/telemetry/{entityType}/{entityId}/timeseries/{scope}", &save_series,
        "Writes points"),
    row(post, "/api/plugins/telemetry/{entityType}/{entityId}/timeseries/{scope}/{ttl}",
        &save_series, "Writes points that live for ttl seconds"),
    row(del, "/api/plugins/telemetry/{entityType}/{entityId}/timeseries/delete", &delete_series,
        "Deletes points of a time range, or all", deletion_parameters),
};

}  // namespace

Result<model::EntityId> entity_of(const Call& call) {
    if (call.route.pattern.find("{entityType}") != std::string_view::npos) return call.entity();
    const auto device = call.id<model::DeviceId>("deviceId");
    if (!device) return device.error();
    return model::EntityId(*device);
}

extern const Resource descriptor{"telemetry", "Attributes and time series of entities.", routes};

}  // namespace thingstead::api::telemetry
