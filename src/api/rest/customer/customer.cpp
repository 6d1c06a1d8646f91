// Customers.
#include "api/rest/entity_calls.h"
#include "api/rest/route.h"
#include "core/customer/customer_rules.h"
#include "core/customer/customers.h"
#include "core/public_customer.h"
#include "model/validate.h"

namespace thingstead::api::customer {
namespace {

using model::Customer;

Task<Result<Customer>> customer_of_path(const Call& call) {
    const auto id = call.id<model::CustomerId>("customerId");
    if (!id) co_return id.error();
    co_return co_await core::customer_details(call.services.platform, call.caller, *id);
}

Task<Result<net::Reply>> get_customer(Call call) {
    const Result<Customer> found = co_await customer_of_path(call);
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

Task<Result<net::Reply>> get_short_info(Call call) {
    const Result<Customer> found = co_await customer_of_path(call);
    if (!found) co_return found.error();
    std::string body = "{\"title\":";
    append_text(body, found->title);
    body += ",\"isPublic\":";
    append_text(body, core::is_public(*found));
    body += '}';
    co_return json_reply(std::move(body));
}

/// The bare text.
Task<Result<net::Reply>> get_title(Call call) {
    const Result<Customer> found = co_await customer_of_path(call);
    if (!found) co_return found.error();
    net::Reply reply;
    reply.content_type = "application/text";
    reply.body = found->title;
    co_return reply;
}

Task<Result<net::Reply>> save_customer(Call call) { return save_body<Customer>(std::move(call)); }

Task<Result<net::Reply>> delete_customer(Call call) {
    return delete_entity<Customer>(std::move(call));
}

Task<Result<net::Reply>> list_customers(Call call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    store::Filter all;
    core::OwnerFields fields;
    fields.owner = "id";
    co_return co_await page_of<Customer>(std::move(call), std::move(all), *std::move(link), fields);
}

Task<Result<net::Reply>> get_by_ids(Call call) {
    return entities_by_ids<Customer>(std::move(call), "customerIds");
}

Task<Result<net::Reply>> get_by_title(Call call) {
    Result<std::string> title = call.required("customerTitle");
    if (!title) co_return title.error();
    if (model::is_blank(*title))
        co_return core::invalid("Parameter 'customerTitle' can't be empty!");
    const Result<Customer> found =
        co_await core::customer_by_title(call.services.platform, call.caller, *std::move(title));
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/customer/{customerId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_customer,
     .summary = "One customer by its id",
     .answer = "Customer"},
    {.method = get,
     .pattern = "/api/customer/{customerId}/shortInfo",
     .allowed = allow::tenant_or_customer,
     .handler = &get_short_info,
     .summary = "Title of a customer, and whether it is the public one",
     .answer = "JsonNode"},
    {.method = get,
     .pattern = "/api/customer/{customerId}/title",
     .allowed = allow::tenant_or_customer,
     .handler = &get_title,
     .summary = "Title of a customer as plain text"},
    {.method = post,
     .pattern = "/api/customer",
     .allowed = allow::tenant,
     .handler = &save_customer,
     .summary = "Creates or updates a customer",
     .body = BodyKind::json,
     .parameters = name_policy_parameters,
     .answer = "Customer",
     .takes = "Customer"},
    {.method = del,
     .pattern = "/api/customer/{customerId}",
     .allowed = allow::tenant,
     .handler = &delete_customer,
     .summary = "Deletes a customer with its users; what it had goes back to the tenant"},
    {.method = get,
     .pattern = "/api/customers",
     .allowed = allow::tenant,
     .handler = &list_customers,
     .summary = "A page of customers",
     .parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder",
     .answer = "PageData<Customer>"},
    {.method = get,
     .pattern = "/api/customers",
     .allowed = allow::tenant,
     .handler = &get_by_ids,
     .summary = "Customers by their ids",
     .selected_by = "customerIds",
     .answer = "Customer[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/customers/list",
     .allowed = allow::tenant,
     .handler = &get_by_ids,
     .summary = "Customers by their ids",
     .parameters = "customerIds!",
     .answer = "Customer[]"},
    {.method = get,
     .pattern = "/api/tenant/customers",
     .allowed = allow::tenant,
     .handler = &get_by_title,
     .summary = "One customer by its title",
     .parameters = "customerTitle!",
     .answer = "Customer"},
};

constexpr SchemaEntry schemas[] = {
    {"Customer", &struct_schema<Customer>},
};

}  // namespace

extern const Resource descriptor{"customer", "Customers.", routes, schemas};

}  // namespace thingstead::api::customer
