#include "core/cleanup/tenant_steps.h"

#include "core/alarm/alarm_removal.h"
#include "core/entity/kind.h"
#include "core/entity/remove.h"
#include "core/user/user_rules.h"
#include "model/ai_model.h"
#include "model/asset.h"
#include "model/calculated_field.h"
#include "model/dashboard.h"
#include "model/device_claim.h"
#include "model/entity_group.h"
#include "model/entity_view.h"
#include "model/identity.h"
#include "model/notification.h"
#include "model/oauth2.h"
#include "model/ota_package.h"
#include "model/queue.h"
#include "model/resource.h"
#include "model/widget.h"

namespace thingstead::core {
namespace {

using store::Transaction;

/// Rows of T whose `field` is `id`.
template <class T>
Result<> remove_rows(Transaction& transaction, std::string_view field, const Uuid& id) {
    const auto gone = transaction.remove<T>({
        {field, id}
    });
    if (!gone) return gone.error();
    return {};
}

/// A removal of what an entity has beside its own row, relations and attributes. Kinds that have
/// something add an overload.
struct Leaving {
    Transaction& transaction;
    EpochMs now_ms;
    EntityChange& change;
};

template <class T>
Result<> remove_own(const Leaving&, const T&) {
    return {};
}

Result<> remove_own(const Leaving& leaving, const model::Device& device) {
    const auto credentials = leaving.transaction.find<model::DeviceCredentials>({
        {"deviceId", device.id.uuid}
    });
    if (!credentials) return credentials.error();
    if (*credentials) leaving.change.credentials_ids.push_back((*credentials)->credentials_id);
    if (Result<> gone =
            remove_rows<model::DeviceCredentials>(leaving.transaction, "deviceId", device.id.uuid);
        !gone)
        return gone;
    return remove_rows<model::DeviceClaim>(leaving.transaction, "deviceId", device.id.uuid);
}

Result<> remove_own(const Leaving& leaving, const model::User& user) {
    return remove_user_rows(leaving.transaction, user.id, leaving.now_ms);
}

Result<> remove_own(const Leaving& leaving, const model::Customer& customer) {
    for (const std::string_view field : {"ancestorId", "descendantId"})
        if (Result<> gone =
                remove_rows<model::CustomerBranch>(leaving.transaction, field, customer.id.uuid);
            !gone)
            return gone;
    return {};
}

Result<> remove_own(const Leaving& leaving, const model::EntityGroup& group) {
    return remove_rows<model::EntityGroupMember>(leaving.transaction, "groupId", group.id.uuid);
}

Result<> remove_own(const Leaving& leaving, const model::WidgetTypeInfo& type) {
    return remove_rows<model::WidgetsBundleWidget>(leaving.transaction, "widgetTypeId",
                                                   type.id.uuid);
}

Result<> remove_own(const Leaving& leaving, const model::WidgetsBundle& bundle) {
    return remove_rows<model::WidgetsBundleWidget>(leaving.transaction, "widgetsBundleId",
                                                   bundle.id.uuid);
}

Result<> remove_own(const Leaving& leaving, const model::TbResource& resource) {
    return remove_rows<model::FilePart>(leaving.transaction, "ownerId", resource.id.uuid);
}

Result<> remove_own(const Leaving& leaving, const model::OtaPackage& package) {
    return remove_rows<model::FilePart>(leaving.transaction, "ownerId", package.id.uuid);
}

Result<> remove_own(const Leaving& leaving, const model::Domain& domain) {
    return remove_rows<model::DomainOAuth2Client>(leaving.transaction, "domainId", domain.id.uuid);
}

Result<> remove_own(const Leaving& leaving, const model::OAuth2Client& client) {
    return remove_rows<model::DomainOAuth2Client>(leaving.transaction, "oauth2ClientId",
                                                  client.id.uuid);
}

Result<> remove_own(const Leaving& leaving, const model::Alarm& alarm) {
    return remove_alarm_rows(leaving.transaction, alarm);
}

Result<> remove_own(const Leaving& leaving, const model::NotificationRequest& request) {
    return remove_rows<model::Notification>(leaving.transaction, "requestId", request.id.uuid);
}

/// Kinds that have no time series, events or anything else that is removed later.
constexpr bool leaves_data(model::EntityType type) {
    using enum model::EntityType;
    return type != role && type != group_permission && type != admin_settings && type != queue &&
           type != tb_resource && type != ota_package && type != widget_type &&
           type != widgets_bundle && type != domain && type != oauth2_client && type != api_key &&
           type != alarm && type != notification_target && type != notification_template &&
           type != notification_request && type != ai_model;
}

template <class T>
Result<CleanupPart> remove_some(Transaction& transaction, model::TenantId tenant,
                                std::int32_t rows_max, EpochMs now_ms) {
    CleanupPart part;
    const auto entities = transaction.all<T>(
        {
            {"tenantId", tenant.uuid}
    },
        rows_max);
    if (!entities) return entities.error();
    for (const T& entity : *entities) {
        EntityChange change{ChangeKind::deleted, tenant, entity.id};
        if (Result<> gone = remove_own(Leaving{transaction, now_ms, change}, entity); !gone)
            return gone.error();
        if (Result<> gone =
                forget_entity(transaction, tenant, entity.id, now_ms, leaves_data(IdOf<T>::kind));
            !gone)
            return gone.error();
        if (Result<> gone = remove_rows<T>(transaction, "id", entity.id.uuid); !gone)
            return gone.error();
        ++part.rows;
        part.changes.push_back(std::move(change));
    }
    return part;
}

constexpr TenantStep steps[] = {
    {"admin_settings",        &remove_some<model::AdminSettings>       },
    {"calculated_field",      &remove_some<model::CalculatedField>     },
    {"entity_view",           &remove_some<model::EntityView>          },
    {"widgets_bundle",        &remove_some<model::WidgetsBundle>       },
    {"widget_type",           &remove_some<model::WidgetTypeInfo>      },
    {"asset",                 &remove_some<model::Asset>               },
    {"asset_profile",         &remove_some<model::AssetProfile>        },
    {"device",                &remove_some<model::Device>              },
    {"device_profile",        &remove_some<model::DeviceProfile>       },
    {"dashboard",             &remove_some<model::DashboardInfo>       },
    {"rule_chain",            &remove_some<model::RuleChain>           },
    {"resource",              &remove_some<model::TbResource>          },
    {"ota_package",           &remove_some<model::OtaPackage>          },
    {"queue",                 &remove_some<model::Queue>               },
    {"queue_stats",           &remove_some<model::QueueStats>          },
    {"user",                  &remove_some<model::User>                },
    {"api_key",               &remove_some<model::ApiKey>              },
    {"group_permission",      &remove_some<model::GroupPermission>     },
    {"entity_group",          &remove_some<model::EntityGroup>         },
    {"role",                  &remove_some<model::Role>                },
    {"customer",              &remove_some<model::Customer>            },
    {"domain",                &remove_some<model::Domain>              },
    {"oauth2_client",         &remove_some<model::OAuth2Client>        },
    {"alarm",                 &remove_some<model::Alarm>               },
    {"ai_model",              &remove_some<model::AiModel>             },
    {"notification_request",  &remove_some<model::NotificationRequest> },
    {"notification_target",   &remove_some<model::NotificationTarget>  },
    {"notification_template", &remove_some<model::NotificationTemplate>},
};

}  // namespace

std::span<const TenantStep> tenant_steps() { return steps; }

}  // namespace thingstead::core
