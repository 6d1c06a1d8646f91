// What notifications say, method by method, and how it becomes what one recipient reads.
// Source: the interface's NotificationTemplate and DeliveryMethodNotificationTemplate.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "core/notification/placeholders.h"
#include "model/notification.h"

namespace thingstead::core {

template <>
struct EntityRules<model::NotificationTemplate> {
    static Result<> prepare(Save<model::NotificationTemplate>& save);
    /// Refuses while a request that waits needs it, and templates of the system's own types.
    static Result<> removing(Removal<model::NotificationTemplate>& removal);
};

/// Lengths, and what may not be empty in methods that are enabled. Errors: invalid_argument.
Result<> check_template(const json::value& configuration);

/// A template of one method, as the interface has it.
struct MethodTemplate {
    model::NotificationDeliveryMethod method;
    json::object document;

    std::string text(std::string_view member) const;  ///< Empty: it is not there.
};

/// Those that are enabled. `configuration` has passed check_template().
std::vector<MethodTemplate> enabled_methods(const json::value& configuration);

/// With subject, body, and texts and links of buttons filled in.
MethodTemplate filled(MethodTemplate source, const PlaceholderValues& values);

/// What a template may say of who reads it.
void add_recipient(PlaceholderValues& values, const model::User& user);
/// First and last name, else the address.
std::string title_of(const model::User& user);

/// Types of which the installation has one template that stays.
bool is_system_type(model::NotificationType type);

}  // namespace thingstead::core
