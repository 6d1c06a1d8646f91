// Whose statistics of queues there are: rows of the caller's tenant, by its authority alone.
#include <functional>

#include "api/rest/json_text.h"
#include "api/rest/queue/handlers.h"
#include "core/entity/read.h"
#include "model/queue.h"

namespace thingstead::api::queue {

using model::QueueStats;

Task<Result<net::Reply>> list_queue_stats(Call call) {
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const std::function<Result<store::Page<QueueStats>>(store::Reader&)> work =
        [&](store::Reader& reader) {
            const store::Filter filter{
                {"tenantId", call.caller.tenant.uuid}
            };
            return reader.page<QueueStats>(filter, *link);
        };
    const auto page = co_await core::read<store::Page<QueueStats>>(call.services.platform, work);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

Task<Result<net::Reply>> list_queue_stats_by_id(Call call) {
    const auto ids = call.uuids("queueStatsIds");
    if (!ids) co_return ids.error();
    const std::function<Result<std::vector<QueueStats>>(store::Reader&)> work =
        [&](store::Reader& reader) {
            store::Filter filter;
            filter.emplace_back("tenantId", call.caller.tenant.uuid);
            filter.push_back(store::one_of("id", *ids));
            return reader.all<QueueStats>(filter);
        };
    const auto found = co_await core::read<std::vector<QueueStats>>(call.services.platform, work);
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

Task<Result<net::Reply>> get_queue_stats(Call call) {
    const auto id = call.id<model::QueueStatsId>("queueStatsId");
    if (!id) co_return id.error();
    const std::function<Result<std::optional<QueueStats>>(store::Reader&)> work =
        [&](store::Reader& reader) {
            return reader.find<QueueStats>({
                {"id",       id->uuid               },
                {"tenantId", call.caller.tenant.uuid}
            });
        };
    const auto found = co_await core::read<std::optional<QueueStats>>(call.services.platform, work);
    if (!found) co_return found.error();
    if (!*found) co_return core::not_found("Queue stats", id->uuid);
    co_return json_reply_of(**found);
}

}  // namespace thingstead::api::queue
