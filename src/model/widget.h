// Widget types, which dashboards are made of, and the bundles in which people find them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

/// A widget type as it is stored, saved and edited. The views below show less of the same row.
struct WidgetTypeDetails {
    WidgetTypeId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string fqn;  ///< Unique within the tenant, and never changed.
    std::string name;
    bool deprecated = false;
    bool scada = false;
    json::value descriptor;
    std::optional<std::string> image;
    std::optional<std::string> description;
    std::vector<std::string> tags;
    std::optional<std::string> widget_type;  ///< The kind: member `type` of the descriptor.
    std::optional<WidgetTypeId> external_id;
    std::optional<std::int64_t> version;
};
constexpr auto describe(const WidgetTypeDetails*) {
    using T = WidgetTypeDetails;
    return fields(
        field("id", &T::id), field("createdTime", &T::created_time, "", server_owned),
        field("tenantId", &T::tenant_id, "", server_owned), field("fqn", &T::fqn, "", up_to(512)),
        field("name", &T::name, "", searchable, short_text,
              required_as("Widgets type name should be specified!")),
        field("deprecated", &T::deprecated), field("scada", &T::scada),
        field("descriptor", &T::descriptor, "",
              required_as("Widgets type descriptor can't be empty!")),
        field("image", &T::image), field("description", &T::description, "", up_to(1024)),
        field("tags", &T::tags), field("widgetType", &T::widget_type, "", stored_only),
        field("externalId", &T::external_id, "", undocumented), field("version", &T::version));
}
constexpr std::string_view table_name(const WidgetTypeDetails*) { return "widget_type"; }

/// As dashboards load it.
struct WidgetType {
    WidgetTypeId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string fqn;
    std::string name;
    bool deprecated = false;
    bool scada = false;
    std::optional<std::int64_t> version;
    json::value descriptor;
};
constexpr auto describe(const WidgetType*) {
    using T = WidgetType;
    return fields(field("id", &T::id), field("createdTime", &T::created_time, "", server_owned),
                  field("tenantId", &T::tenant_id, "", server_owned),
                  field("fqn", &T::fqn, "", server_owned),
                  field("name", &T::name, "", server_owned), field("deprecated", &T::deprecated),
                  field("scada", &T::scada), field("version", &T::version),
                  field("descriptor", &T::descriptor, "", server_owned));
}
constexpr std::string_view table_name(const WidgetType*) { return "widget_type"; }

/// Of lists: without the descriptor.
struct WidgetTypeInfo {
    WidgetTypeId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string fqn;
    std::string name;
    bool deprecated = false;
    bool scada = false;
    std::optional<std::int64_t> version;
    std::optional<std::string> image;
    std::optional<std::string> description;
    std::vector<std::string> tags;
    std::optional<std::string> widget_type;
};
constexpr auto describe(const WidgetTypeInfo*) {
    using T = WidgetTypeInfo;
    return fields(field("id", &T::id), field("createdTime", &T::created_time, "", server_owned),
                  field("tenantId", &T::tenant_id, "", server_owned),
                  field("fqn", &T::fqn, "", server_owned),
                  field("name", &T::name, "", searchable, server_owned),
                  field("deprecated", &T::deprecated), field("scada", &T::scada),
                  field("version", &T::version), field("image", &T::image, "", server_owned),
                  field("description", &T::description, "", server_owned),
                  field("tags", &T::tags, "", server_owned),
                  field("widgetType", &T::widget_type, "", server_owned));
}
constexpr std::string_view table_name(const WidgetTypeInfo*) { return "widget_type"; }

struct WidgetsBundle {
    WidgetsBundleId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string alias;  ///< Unique within the tenant, and never changed.
    std::string title;
    std::optional<std::string> image;
    bool scada = false;
    std::optional<std::string> description;
    std::optional<std::int32_t> order;
    std::optional<WidgetsBundleId> external_id;
    std::optional<std::int64_t> version;
};
constexpr auto describe(const WidgetsBundle*) {
    using T = WidgetsBundle;
    return fields(field("id", &T::id), field("createdTime", &T::created_time, "", server_owned),
                  field("tenantId", &T::tenant_id, "", server_owned),
                  field("alias", &T::alias, "", short_text),
                  field("title", &T::title, "", searchable, short_text,
                        required_as("Widgets bundle title should be specified!")),
                  field("image", &T::image), field("scada", &T::scada),
                  field("description", &T::description, "", up_to(1024)), field("order", &T::order),
                  field("externalId", &T::external_id, "", undocumented),
                  field("version", &T::version),
                  field("name", &T::title, "", wire_only, server_owned));
}
constexpr std::string_view table_name(const WidgetsBundle*) { return "widgets_bundle"; }

/// A type in a bundle.
struct WidgetsBundleWidget {
    WidgetsBundleId widgets_bundle_id;
    WidgetTypeId widget_type_id;
    std::int32_t widget_type_order = 0;
};
constexpr auto describe(const WidgetsBundleWidget*) {
    using T = WidgetsBundleWidget;
    return fields(field("widgetsBundleId", &T::widgets_bundle_id, "", in_key),
                  field("widgetTypeId", &T::widget_type_id, "", in_key),
                  field("widgetTypeOrder", &T::widget_type_order));
}
constexpr std::string_view table_name(const WidgetsBundleWidget*) {
    return "widgets_bundle_widget";
}

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::WidgetTypeDetails)
TS_JSON_ELSEWHERE(model::WidgetType)
TS_JSON_ELSEWHERE(model::WidgetTypeInfo)
TS_JSON_ELSEWHERE(model::WidgetsBundle)
TS_JSON_ELSEWHERE(model::WidgetsBundleWidget)
}  // namespace thingstead
