// Queues of the rule engine. And the table of all routes of queues and their statistics.
#include <functional>

#include "api/rest/entity_calls.h"
#include "api/rest/queue/handlers.h"
#include "core/queue/queue_rules.h"

namespace thingstead::api::queue {
namespace {

using model::Queue;

constexpr std::string_view service_types[] = {"TB_CORE",       "TB_RULE_ENGINE", "TB_TRANSPORT",
                                              "JS_EXECUTOR",   "TB_VC_EXECUTOR", "EDQS",
                                              "TASK_PROCESSOR"};

/// Whether it is the rule engine's queues that are asked for; other services have none here.
Result<bool> for_rule_engine(const Call& call) {
    const Result<std::string> type = call.required("serviceType");
    if (!type) return type.error();
    for (const std::string_view each : service_types)
        if (each == *type) return *type == "TB_RULE_ENGINE";
    return core::invalid("ServiceType \"" + *type + "\" is not supported!");
}

/// The queues that the caller's messages go through.
Task<Result<model::TenantId>> owner_for(const Services& services, core::Caller caller) {
    if (caller.is(model::Authority::sys_admin)) co_return model::system_tenant;
    const std::function<Result<model::TenantId>(store::Reader&)> work = [&](store::Reader& reader) {
        return core::queue_owner(reader, caller.tenant);
    };
    co_return co_await core::read<model::TenantId>(services.platform, work);
}

Task<Result<net::Reply>> list_queues(Call call) {
    const Result<bool> asked = for_rule_engine(call);
    if (!asked) co_return asked.error();
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    if (Result<> allowed = core::check(call.caller, core::Operation::read, core::Resource::queue);
        !allowed)
        co_return allowed.error();
    if (!*asked) co_return json_reply(page_text(store::Page<Queue>()));
    const auto owner = co_await owner_for(call.services, call.caller);
    if (!owner) co_return owner.error();
    const std::function<Result<store::Page<Queue>>(store::Reader&)> work =
        [&](store::Reader& reader) {
            const store::Filter filter{
                {"tenantId", owner->uuid}
            };
            return reader.page<Queue>(filter, *link);
        };
    const auto page = co_await core::read<store::Page<Queue>>(call.services.platform, work);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

/// A tenant whose messages go through queues of its own does not see the installation's.
Result<> check_visible(const Queue& queue, model::TenantId owner) {
    return queue.tenant_id == owner ? Result<>() : Result<>(core::permission_denied());
}

Task<Result<net::Reply>> get_queue(Call call) {
    const auto id = call.id<model::QueueId>("queueId");
    if (!id) co_return id.error();
    const auto queue = co_await core::get<Queue>(call.services.platform, call.caller, *id);
    if (!queue) co_return queue.error();
    const auto owner = co_await owner_for(call.services, call.caller);
    if (!owner) co_return owner.error();
    if (Result<> visible = check_visible(*queue, *owner); !visible) co_return visible.error();
    co_return json_reply_of(*queue);
}

Task<Result<net::Reply>> get_queue_by_name(Call call) {
    if (Result<> allowed = core::check(call.caller, core::Operation::read, core::Resource::queue);
        !allowed)
        co_return allowed.error();
    const auto owner = co_await owner_for(call.services, call.caller);
    if (!owner) co_return owner.error();
    const std::function<Result<std::optional<Queue>>(store::Reader&)> work =
        [&](store::Reader& reader) {
            return reader.find<Queue>({
                {"tenantId", owner->uuid               },
                {"name",     call.variable("queueName")}
            });
        };
    const auto found = co_await core::read<std::optional<Queue>>(call.services.platform, work);
    if (!found) co_return found.error();
    if (!*found) co_return core::item_not_found();
    co_return json_reply_of(**found);
}

Task<Result<net::Reply>> save_queue(Call call) {
    const Result<bool> asked = for_rule_engine(call);
    if (!asked) co_return asked.error();
    if (!*asked) co_return net::Reply{};
    Result<Queue> queue = call.body_as<Queue>();
    if (!queue) co_return queue.error();
    queue->tenant_id = call.caller.tenant;
    co_return co_await save_entity<Queue>(std::move(call), *std::move(queue));
}

using enum net::Method;

constexpr std::string_view page_parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/api/queues",
     .allowed = allow::administrators,
     .handler = &list_queues,
     .summary = "A page of the queues that the caller's messages go through",
     .parameters = "serviceType!,pageSize!,page!,textSearch,sortProperty,sortOrder",
     .answer = "PageData<Queue>"},
    {.method = post,
     .pattern = "/api/queues",
     .allowed = allow::system,
     .handler = &save_queue,
     .summary = "Creates or updates a queue",
     .body = BodyKind::json,
     .parameters = "serviceType!",
     .answer = "Queue",
     .takes = "Queue"},
    {.method = get,
     .pattern = "/api/queues/{queueId}",
     .allowed = allow::administrators,
     .handler = &get_queue,
     .summary = "One queue by its id",
     .answer = "Queue"},
    {.method = get,
     .pattern = "/api/queues/name/{queueName}",
     .allowed = allow::administrators,
     .handler = &get_queue_by_name,
     .summary = "One queue by its name",
     .answer = "Queue"},
    {.method = del,
     .pattern = "/api/queues/{queueId}",
     .allowed = allow::system,
     .handler = &delete_entity<Queue>,
     .summary = "Deletes a queue"},
    {.method = get,
     .pattern = "/api/queueStats",
     .allowed = allow::administrators,
     .handler = &list_queue_stats,
     .summary = "A page of those whose statistics of queues there are",
     .selected_by = "pageSize,page",
     .parameters = page_parameters,
     .answer = "PageData<QueueStats>"},
    {.method = get,
     .pattern = "/api/queueStats",
     .allowed = allow::administrators,
     .handler = &list_queue_stats_by_id,
     .summary = "Statistics of queues by their ids",
     .selected_by = "queueStatsIds",
     .answer = "[QueueStats]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/queueStats/list",
     .allowed = allow::administrators,
     .handler = &list_queue_stats_by_id,
     .summary = "Statistics of queues by their ids",
     .parameters = "queueStatsIds!",
     .answer = "[QueueStats]"},
    {.method = get,
     .pattern = "/api/queueStats/{queueStatsId}",
     .allowed = allow::administrators,
     .handler = &get_queue_stats,
     .summary = "Statistics of a queue by its id",
     .answer = "QueueStats"},
};

constexpr SchemaEntry schemas[] = {
    {"Queue",      &struct_schema<model::Queue>     },
    {"QueueStats", &struct_schema<model::QueueStats>},
};

}  // namespace

extern const Resource descriptor{"queue", "Queues of the rule engine and their statistics.", routes,
                                 schemas};

}  // namespace thingstead::api::queue
