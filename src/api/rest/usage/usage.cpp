// How much of its limits a tenant uses.
#include "core/tenant/usage.h"

#include "api/rest/call.h"
#include "api/rest/json_text.h"
#include "api/rest/route.h"

namespace thingstead::api::usage {
namespace {

Task<Result<net::Reply>> get_usage(Call call) {
    const Result<core::UsageInfo> info =
        co_await core::tenant_usage(call.services.platform, call.caller);
    if (!info) co_return info.error();
    co_return json_reply_of(*info);
}

constexpr Route routes[] = {
    {.method = net::Method::get,
     .pattern = "/api/usage",
     .allowed = allow::tenant,
     .handler = &get_usage,
     .summary = "How much of its limits the tenant uses",
     .answer = "UsageInfo"},
};

constexpr SchemaEntry schemas[] = {
    {"UsageInfo", &struct_schema<core::UsageInfo>},
};

}  // namespace

extern const Resource descriptor{"usage", "Usage of tenants.", routes, schemas};

}  // namespace thingstead::api::usage
