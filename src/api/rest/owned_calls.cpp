#include "api/rest/owned_calls.h"

namespace thingstead::api {

store::Lookup customer_title_lookup(bool infos) {
    return {"customerTitle", "customerId", &store::table_of<model::Customer>, "title", infos};
}

void add_type_filter(const Call& call, store::Filter& filter) {
    if (std::optional<std::string> type = call.parameter("type"))
        filter.emplace_back("type", store::Cell(*std::move(type)));
}

Result<> add_id_filter(const Call& call, std::string_view parameter, std::string_view field,
                       store::Filter& filter) {
    const std::optional<std::string> text = call.parameter(parameter);
    if (!text) return {};
    const Result<Uuid> id = parse_uuid(*text);
    if (!id) return id.error();
    filter.emplace_back(field, store::Cell(*id));
    return {};
}

Task<Result<model::CustomerId>> listed_customer(Call call) {
    const auto customer = call.id<model::CustomerId>("customerId");
    if (!customer) co_return customer.error();
    const Result<> allowed =
        co_await core::check_customer_list(call.services.platform, call.caller, *customer);
    if (!allowed) co_return allowed.error();
    co_return *customer;
}

std::string types_text(model::TenantId tenant, model::EntityType type,
                       const std::vector<std::string>& types) {
    std::string out = "[";
    for (const std::string& each : types) {
        if (&each != types.data()) out += ',';
        out += "{\"tenantId\":";
        append_text(out, tenant);
        out += ",\"entityType\":\"" + std::string(wire_name(type)) + "\",\"type\":";
        append_text(out, each);
        out += '}';
    }
    out += ']';
    return out;
}

Task<Result<net::Reply>> edges_unsupported(Call) {
    co_return Error{ErrorCode::unsupported, "Edges support disabled"};
}

}  // namespace thingstead::api
