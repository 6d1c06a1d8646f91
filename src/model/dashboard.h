// Dashboards: what people see of their things. `configuration` is the interface's document, which
// only the web application understands.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

/// A customer as dashboards show it.
struct ShortCustomerInfo {
    CustomerId customer_id;
    std::string title;
    bool is_public = false;
};
constexpr auto describe(const ShortCustomerInfo*) {
    return fields(field("customerId", &ShortCustomerInfo::customer_id),
                  field("title", &ShortCustomerInfo::title),
                  field("public", &ShortCustomerInfo::is_public));
}

/// A dashboard without its configuration: what lists read.
struct DashboardInfo {
    DashboardId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    CustomerId customer_id = no_customer;  ///< The owner; no_customer: the tenant.
    std::string title;                     ///< Also answered as `name`.
    std::optional<std::string> image;
    /// A copy of the relations customer -> dashboard; the server's.
    std::vector<ShortCustomerInfo> assigned_customers;
    bool mobile_hide = false;
    std::optional<std::int32_t> mobile_order;
    std::optional<DashboardId> external_id;
    std::optional<std::int64_t> version;
};

/// Fields of an info, whose members a whole dashboard has too.
template <class T>
constexpr auto dashboard_info_fields() {
    return fields(field("id", &T::id), field("createdTime", &T::created_time, "", server_owned),
                  field("tenantId", &T::tenant_id, "", server_owned),
                  field("customerId", &T::customer_id, "", stored_only),
                  field("title", &T::title, "", searchable, short_text,
                        required_as("Dashboard title should be specified!")),
                  field("name", &T::title, "", wire_only, server_owned),
                  field("image", &T::image, "", up_to(1'000'000)),
                  field("assignedCustomers", &T::assigned_customers, "", server_owned,
                        of_schema("ShortCustomerInfo")),
                  field("mobileHide", &T::mobile_hide), field("mobileOrder", &T::mobile_order),
                  field("externalId", &T::external_id, "", undocumented),
                  field("version", &T::version));
}
constexpr auto describe(const DashboardInfo*) { return dashboard_info_fields<DashboardInfo>(); }
constexpr std::string_view table_name(const DashboardInfo*) { return "dashboard"; }

struct Dashboard : DashboardInfo {
    json::value configuration;
};
constexpr auto describe(const Dashboard*) {
    return joined(dashboard_info_fields<DashboardInfo>(),
                  fields(field("configuration", &Dashboard::configuration)));
}
constexpr std::string_view table_name(const Dashboard*) { return "dashboard"; }

/// What the order of a list for phones follows from.
struct DashboardOrder {
    DashboardId id;
    TenantId tenant_id;
    std::optional<CustomerId> customer_id;
    std::string title;
    bool mobile_hide = false;
    std::optional<std::int32_t> mobile_order;
};
constexpr auto describe(const DashboardOrder*) {
    return fields(field("id", &DashboardOrder::id), field("tenantId", &DashboardOrder::tenant_id),
                  field("customerId", &DashboardOrder::customer_id),
                  field("mobileHide", &DashboardOrder::mobile_hide),
                  field("title", &DashboardOrder::title, "", searchable),
                  field("mobileOrder", &DashboardOrder::mobile_order));
}
constexpr std::string_view table_name(const DashboardOrder*) { return "dashboard"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::ShortCustomerInfo)
TS_JSON_ELSEWHERE(model::DashboardInfo)
TS_JSON_ELSEWHERE(model::Dashboard)
TS_JSON_ELSEWHERE(model::DashboardOrder)
}  // namespace thingstead
