#include "core/notification/inbox.h"

#include <functional>
#include <string>
#include <utility>

#include "core/entity/many.h"
#include "core/entity/read.h"

namespace thingstead::core {
namespace {

using model::Notification;
using model::NotificationDeliveryMethod;
using model::NotificationStatus;

store::Filter inbox_of(const Caller& caller, NotificationDeliveryMethod method, bool unread_only) {
    store::Filter filter{
        {"recipientId",    caller.user.uuid              },
        {"deliveryMethod", std::string(enum_name(method))}
    };
    if (unread_only)
        filter.emplace_back("status", std::string(enum_name(NotificationStatus::sent)));
    return filter;
}

Result<> add_infos(store::Reader& reader, std::vector<Notification>& notifications) {
    std::vector<Uuid> ids;
    for (const Notification& each : notifications) ids.push_back(each.request_id.uuid);
    const auto requests = find_many<model::NotificationRequest>(reader, std::move(ids));
    if (!requests) return requests.error();
    for (Notification& each : notifications)
        if (const auto found = requests->find(each.request_id.uuid); found != requests->end())
            each.info = found->second.info;
    return {};
}

}  // namespace

Task<Result<store::Page<Notification>>> page_notifications(const Platform& platform, Caller caller,
                                                           NotificationDeliveryMethod method,
                                                           bool unread_only, store::PageLink link) {
    if (link.sort_property.empty()) {
        link.sort_property = "createdTime";
        link.descending = true;
    }
    const std::function<Result<store::Page<Notification>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<store::Page<Notification>> {
        auto page = reader.page<Notification>(inbox_of(caller, method, unread_only), link);
        if (!page) return page.error();
        if (Result<> done = add_infos(reader, page->data); !done) return done.error();
        return page;
    };
    co_return co_await read<store::Page<Notification>>(platform, work);
}

Task<Result<std::int64_t>> count_unread(const Platform& platform, Caller caller,
                                        NotificationDeliveryMethod method) {
    const std::function<Result<std::int64_t>(store::Reader&)> work = [&](store::Reader& reader) {
        return reader.count<Notification>(inbox_of(caller, method, true));
    };
    co_return co_await read<std::int64_t>(platform, work);
}

Task<Result<>> mark_read(const Platform& platform, Caller caller, model::NotificationId id) {
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        const auto found = transaction.change<Notification>(
            {
                {"status", std::string(enum_name(NotificationStatus::read))}
        },
            {{"id", id.uuid}, {"recipientId", caller.user.uuid}});
        if (!found) return found.error();
        return *found == 0 ? Result<>(item_not_found()) : Result<>();
    };
    co_return co_await platform.store.write(work);
}

Task<Result<>> mark_all_read(const Platform& platform, Caller caller,
                             NotificationDeliveryMethod method) {
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        const auto done = transaction.change<Notification>(
            {
                {"status", std::string(enum_name(NotificationStatus::read))}
        },
            inbox_of(caller, method, true));
        if (!done) return done.error();
        return {};
    };
    co_return co_await platform.store.write(work);
}

Task<Result<>> remove_notification(const Platform& platform, Caller caller,
                                   model::NotificationId id) {
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        const auto gone = transaction.remove<Notification>({
            {"id",          id.uuid         },
            {"recipientId", caller.user.uuid}
        });
        if (!gone) return gone.error();
        return *gone == 0 ? Result<>(item_not_found()) : Result<>();
    };
    co_return co_await platform.store.write(work);
}

}  // namespace thingstead::core
