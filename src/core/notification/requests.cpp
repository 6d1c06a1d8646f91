#include "core/notification/requests.h"

#include <functional>
#include <utility>

#include "core/entity/read.h"
#include "core/entity/remove.h"
#include "core/identity/settings.h"
#include "model/entities.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

using model::NotificationRequest;
using model::NotificationRequestStatus;

constexpr std::int64_t delay_s_max = 7 * 24 * 3600;

Result<std::int64_t> delay_of(const NotificationRequest& request) {
    const json::object* const config = request.additional_config.if_object();
    const std::int64_t delay_s = config ? number_member(*config, "sendingDelayInSec", 0) : 0;
    if (delay_s > delay_s_max)
        return invalid("Validation error: sendingDelayInSec must be less than or equal to " +
                       std::to_string(delay_s_max));
    return delay_s > 0 ? delay_s : 0;
}

/// What every new request has, whoever makes it.
Result<> insert_request(store::Transaction& transaction, NotificationRequest& request,
                        EpochMs now_ms, EpochMs due_ms) {
    request.id = model::NotificationRequestId::make();
    request.created_time = now_ms;
    request.stats = nullptr;
    request.progress = nullptr;
    request.due_ms = due_ms;
    if (request.own_template) {
        request.own_template->tenant_id = request.tenant_id;
        if (request.template_id && request.template_id->uuid != Uuid{})
            request.own_template.reset();
    }
    return transaction.insert(request);
}

/// Of an installation that has saved none.
model::NotificationTemplate limit_template() {
    json::object web;
    web["method"] = "WEB";
    web["enabled"] = true;
    web["subject"] = "Higher limit of ${entityType:lowerCase} entities wanted";
    web["body"] = "${userEmail} asks for more of ${entityType:lowerCase} than the limit allows.";
    web["additionalConfig"] = json::object{
        {"actionButtonConfig", json::object{{"enabled", true},
                                            {"text", "${increaseLimitActionLabel}"},
                                            {"linkType", "LINK"},
                                            {"link", "${increaseLimitLink}"}}}
    };
    model::NotificationTemplate out;
    out.tenant_id = model::system_tenant;
    out.name = "Entities limit increase request";
    out.type = model::NotificationType::entities_limit_increase_request;
    out.configuration = json::object{
        {"deliveryMethodsTemplates", json::object{{"WEB", std::move(web)}}}
    };
    return out;
}

/// A request whose template is gone has no methods; one that cannot be read any more neither.
Result<std::vector<ShownRequest>> show_requests(store::Reader& reader,
                                                std::vector<NotificationRequest> requests) {
    std::vector<Uuid> ids;
    for (const NotificationRequest& each : requests)
        if (each.template_id) ids.push_back(each.template_id->uuid);
    const auto templates = find_many<model::NotificationTemplate>(reader, std::move(ids));
    if (!templates) return templates.error();
    std::vector<ShownRequest> shown;
    for (NotificationRequest& each : requests) {
        ShownRequest one{std::move(each), std::nullopt, {}};
        const model::NotificationTemplate* source =
            one.request.own_template ? &*one.request.own_template : nullptr;
        if (one.request.template_id)
            if (const auto found = templates->find(one.request.template_id->uuid);
                found != templates->end())
                source = &found->second;
        if (source) {
            one.template_name = source->name;
            for (const MethodTemplate& method : enabled_methods(source->configuration))
                one.methods.push_back(method.method);
        }
        shown.push_back(std::move(one));
    }
    return shown;
}

/// The titles of the first users of a target, as far as there is room.
Result<> show_recipients(store::Reader& reader, const NotificationPlan& plan,
                         const NotificationRequest& request, std::size_t target,
                         std::size_t recipients_max, std::vector<std::string>& shown) {
    for (std::optional<Uuid> after; shown.size() < recipients_max;) {
        const auto page = recipients_page(reader, plan, request, target, after);
        if (!page) return page.error();
        if (!page->last) return {};
        after = page->last;
        for (const model::User& user : page->users)
            if (shown.size() < recipients_max) shown.push_back(title_of(user));
    }
    return {};
}

/// Targets beyond the users' count one each.
Result<> count_recipients(store::Reader& reader, const NotificationPlan& plan,
                          const NotificationRequest& request, RequestPreview& preview,
                          std::size_t recipients_max) {
    for (std::size_t i = 0; i < plan.targets.size(); ++i) {
        const NotificationPlan::Target& target = plan.targets[i];
        std::int64_t count = 1;
        if (target.config.users) {
            const auto users = reader.count<model::User>(
                recipients_of(*target.config.users, request.tenant_id, affected_by(request.info)));
            if (!users) return users.error();
            count = *users;
            if (Result<> done =
                    show_recipients(reader, plan, request, i, recipients_max, preview.recipients);
                !done)
                return done;
        } else if (preview.recipients.size() < recipients_max) {
            preview.recipients.push_back(target.config.conversation
                                             ? target.config.conversation->name
                                             : target.config.channel_name);
        }
        preview.recipients_by_target[target.name] += count;
        preview.recipients_total += count;
    }
    return {};
}

model::User user_of(const Caller& caller) {
    model::User user;
    user.id = caller.user;
    user.email = caller.email;
    user.first_name = caller.first_name;
    user.last_name = caller.last_name;
    return user;
}

}  // namespace

Task<Result<NotificationRequest>> request_notifications(const Platform& platform, Caller caller,
                                                        NotificationRequest request) {
    if (request.id.uuid != Uuid{})
        co_return invalid("Notification request cannot be updated. You may only cancel/delete it");
    if (Result<> allowed = check(caller, Operation::create, Resource::notification); !allowed)
        co_return allowed.error();
    if (Result<> valid = model::validate(request); !valid) co_return valid.error();
    const Result<std::int64_t> delay_s = delay_of(request);
    if (!delay_s) co_return delay_s.error();
    request.tenant_id = caller.tenant;
    request.originator_id = model::EntityId(caller.user);
    request.rule_id.reset();
    request.status =
        *delay_s > 0 ? NotificationRequestStatus::scheduled : NotificationRequestStatus::processing;
    const std::function<Result<NotificationRequest>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<NotificationRequest> {
        const auto plan = plan_of(transaction, request);
        if (!plan) return plan.error();
        NotificationRequest fresh = request;
        const EpochMs now = platform.clock.now_ms();
        if (Result<> done = insert_request(transaction, fresh, now, now + *delay_s * 1000); !done)
            return done.error();
        return fresh;
    };
    co_return co_await write<NotificationRequest>(platform, work);
}

Task<Result<json::object>> notify_now(const NotificationOutlets& outlets,
                                      NotificationRequest request) {
    request.status = NotificationRequestStatus::processing;
    request.worker = new_random_uuid();
    const std::function<Result<NotificationRequest>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<NotificationRequest> {
        const auto plan = plan_of(transaction, request);
        if (!plan) return plan.error();
        NotificationRequest fresh = request;
        const EpochMs now = outlets.platform.clock.now_ms();
        if (Result<> done =
                insert_request(transaction, fresh, now, now + notification_lease.count());
            !done)
            return done.error();
        return fresh;
    };
    Result<NotificationRequest> stored =
        co_await write<NotificationRequest>(outlets.platform, work);
    if (!stored) co_return stored.error();
    co_return co_await deliver_request(outlets, *std::move(stored));
}

Task<Result<ShownRequest>> get_request(const Platform& platform, Caller caller,
                                       model::NotificationRequestId id) {
    const std::function<Result<ShownRequest>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<ShownRequest> {
        auto request = load<NotificationRequest>(reader, caller, Operation::read, id);
        if (!request) return request.error();
        std::vector<NotificationRequest> one;
        one.push_back(*std::move(request));
        auto shown = show_requests(reader, std::move(one));
        if (!shown) return shown.error();
        return std::move(shown->front());
    };
    co_return co_await read<ShownRequest>(platform, work);
}

Task<Result<store::Page<ShownRequest>>> page_requests(const Platform& platform, Caller caller,
                                                      store::PageLink link) {
    using Shown = store::Page<ShownRequest>;
    if (Result<> allowed = check(caller, Operation::read, Resource::notification); !allowed)
        co_return allowed.error();
    const std::function<Result<Shown>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Shown> {
        auto page = reader.page<NotificationRequest>(
            {
                {"tenantId", caller.tenant.uuid},
                {"originatorEntityId", store::Compare::starts_with, std::string("USER:")}
        },
            link);
        if (!page) return page.error();
        auto shown = show_requests(reader, std::move(page->data));
        if (!shown) return shown.error();
        return Shown{*std::move(shown), page->total_elements, page->total_pages, page->has_next};
    };
    co_return co_await read<Shown>(platform, work);
}

Task<Result<NotificationRequest>> remove_request(const Platform& platform, Caller caller,
                                                 model::NotificationRequestId id) {
    const std::function<Result<NotificationRequest>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<NotificationRequest> {
        auto request = load<NotificationRequest>(transaction, caller, Operation::remove, id);
        if (!request) return request.error();
        const auto told = transaction.remove<model::Notification>({
            {"requestId", id.uuid}
        });
        if (!told) return told.error();
        const auto gone = transaction.remove<NotificationRequest>({
            {"id", id.uuid}
        });
        if (!gone) return gone.error();
        return request;
    };
    co_return co_await write<NotificationRequest>(platform, work);
}

Task<Result<RequestPreview>> preview_request(const Platform& platform, Caller caller,
                                             NotificationRequest request,
                                             std::size_t recipients_max) {
    if (Result<> allowed = check(caller, Operation::create, Resource::notification); !allowed)
        co_return allowed.error();
    request.tenant_id = caller.tenant;
    const std::function<Result<RequestPreview>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<RequestPreview> {
        const auto plan = plan_of(reader, request);
        if (!plan) return plan.error();
        RequestPreview preview;
        PlaceholderValues values = values_of_info(request.info);
        add_recipient(values, user_of(caller));
        for (const MethodTemplate& each : plan->methods)
            preview.templates.push_back(filled(each, values));
        if (Result<> done = count_recipients(reader, *plan, request, preview, recipients_max);
            !done)
            return done.error();
        return preview;
    };
    co_return co_await read<RequestPreview>(platform, work);
}

Task<Result<store::Page<model::User>>> page_recipients(const Platform& platform, Caller caller,
                                                       model::NotificationTarget target,
                                                       store::PageLink link) {
    using Users = store::Page<model::User>;
    if (Result<> allowed = check(caller, Operation::read, Resource::notification); !allowed)
        co_return allowed.error();
    const Result<TargetConfig> config = TargetConfig::of(target.configuration);
    if (!config) co_return config.error();
    if (!config->users) co_return Users();
    const std::function<Result<Users>(store::Reader&)> work = [&](store::Reader& reader) {
        return reader.page<model::User>(recipients_of(*config->users, caller.tenant, Affected{}),
                                        link);
    };
    co_return co_await read<Users>(platform, work);
}

Task<Result<>> request_higher_limit(const Platform& platform, Caller caller, model::EntityType type,
                                    std::string base_url) {
    NotificationRequest request;
    request.tenant_id = model::system_tenant;
    request.originator_id = model::EntityId(caller.user);
    request.status = NotificationRequestStatus::processing;
    const std::string action = "Set new limit", what(wire_name(type));
    request.info = json::object{
        {"type",                     info_type("EntitiesLimitIncreaseRequest")},
        {"entityType",               what                                     },
        {"userEmail",                caller.email                             },
        {"increaseLimitActionLabel", action                                   },
        {"increaseLimitLink",        "/tenantProfiles"                        },
        {"baseUrl",                  base_url                                 }
    };
    const std::function<Result<NotificationRequest>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<NotificationRequest> {
        NotificationRequest fresh = request;
        const auto administrators = transaction.find<model::NotificationTarget>({
            {"tenantId",   model::system_tenant.uuid                                     },
            {"recipients", std::string(enum_name(UsersFilterType::system_administrators))}
        });
        if (!administrators) return administrators.error();
        if (!*administrators) return item_not_found();
        fresh.targets = {(*administrators)->id.uuid};
        const auto saved = transaction.find<model::NotificationTemplate>({
            {"tenantId",         model::system_tenant.uuid                                   },
            {"notificationType",
             std::string(enum_name(model::NotificationType::entities_limit_increase_request))}
        });
        if (!saved) return saved.error();
        if (*saved)
            fresh.template_id = (*saved)->id;
        else
            fresh.own_template = limit_template();
        const auto plan = plan_of(transaction, fresh);
        if (!plan) return plan.error();
        const EpochMs now = platform.clock.now_ms();
        if (Result<> done = insert_request(transaction, fresh, now, now); !done)
            return done.error();
        return fresh;
    };
    const auto stored = co_await write<NotificationRequest>(platform, work);
    if (!stored) co_return stored.error();
    co_return Result<>();
}

}  // namespace thingstead::core
