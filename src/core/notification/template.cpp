#include "core/notification/template.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "core/identity/settings.h"
#include "model/entities.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

using model::NotificationDeliveryMethod;
using model::NotificationTemplate;

struct TextLimit {
    NotificationDeliveryMethod method;
    std::string_view member;
    std::size_t length_max;  ///< 0: none.
    bool required;
};
using TemplateMethod = NotificationDeliveryMethod;
constexpr TextLimit text_limits[] = {
    {TemplateMethod::web,             "subject", 150, true},
    {TemplateMethod::web,             "body",    250, true},
    {TemplateMethod::email,           "subject", 250, true},
    {TemplateMethod::email,           "body",    0,   true},
    {TemplateMethod::sms,             "body",    320, true},
    {TemplateMethod::slack,           "body",    0,   true},
    {TemplateMethod::microsoft_teams, "body",    0,   true},
    {TemplateMethod::mobile_app,      "subject", 150, true},
    {TemplateMethod::mobile_app,      "body",    250, true},
};
constexpr std::size_t button_text_max = 50, link_max = 300;

/// Where a template has a button: objects within each other.
constexpr std::pair<std::string_view, std::string_view> button_places[] = {
    {"additionalConfig", "actionButtonConfig"},
    {"additionalConfig", "onClick"           },
    {"button",           ""                  },
};

/// Of a template, or of one that may be changed.
template <class Object>
Object* button_of(Object& document, const std::pair<std::string_view, std::string_view>& place) {
    auto* found = document.if_contains(place.first);
    Object* object = found ? found->if_object() : nullptr;
    if (!object || place.second.empty()) return object;
    found = object->if_contains(place.second);
    return found ? found->if_object() : nullptr;
}

Error too_long(const std::string& what, std::size_t length_max) {
    return invalid("Validation error: " + what + " length must be equal or less than " +
                   std::to_string(length_max));
}

Result<> check_button(const json::object& button, const std::string& of) {
    if (model::characters(text_member(button, "text")) > button_text_max)
        return too_long(of + " button text", button_text_max);
    if (model::characters(text_member(button, "link")) > link_max)
        return too_long(of + " button link", link_max);
    return {};
}

Result<> check_method(NotificationDeliveryMethod method, const json::object& document) {
    const std::string name(enum_name(method));
    const bool enabled = flag_member(document, "enabled");
    for (const TextLimit& limit : text_limits) {
        if (limit.method != method) continue;
        const std::string text = text_member(document, limit.member);
        const std::string what = name + " " + std::string(limit.member);
        if (enabled && limit.required && model::is_blank(text))
            return invalid("Validation error: " + what + " must not be empty");
        if (limit.length_max != 0 && model::characters(text) > limit.length_max)
            return too_long(what, limit.length_max);
    }
    for (const auto& place : button_places)
        if (const json::object* button = button_of(document, place))
            if (Result<> good = check_button(*button, name); !good) return good;
    return {};
}

const json::object* methods_of(const json::value& configuration) {
    const json::object* const members = configuration.if_object();
    const json::value* const found =
        members ? members->if_contains("deliveryMethodsTemplates") : nullptr;
    return found ? found->if_object() : nullptr;
}

void fill_member(json::object& document, std::string_view name, const PlaceholderValues& values,
                 PlaceholderTarget target = PlaceholderTarget::text) {
    json::value* const found = document.if_contains(name);
    if (found && found->is_string())
        *found = fill_placeholders(found->get_string(), values, target);
}

}  // namespace

bool is_system_type(model::NotificationType type) {
    return type == model::NotificationType::entities_limit_increase_request;
}

Result<> check_template(const json::value& configuration) {
    const json::object* const methods = methods_of(configuration);
    if (!methods || methods->empty())
        return invalid(
            "Validation error: configuration.deliveryMethodsTemplates must not be empty");
    for (const auto& [name, value] : *methods) {
        const auto method = enum_value<NotificationDeliveryMethod>(name);
        const json::object* const document = value.if_object();
        if (!method || !document)
            return invalid("Validation error: configuration.deliveryMethodsTemplates." +
                           std::string(name) + " is not a delivery method");
        if (Result<> good = check_method(*method, *document); !good) return good;
    }
    return {};
}

Result<> EntityRules<NotificationTemplate>::prepare(Save<NotificationTemplate>& save) {
    NotificationTemplate& entity = save.entity;
    if (Result<> good = check_template(entity.configuration); !good) return good;
    if (!save.creates())
        return entity.type == save.before->type
                   ? Result<>()
                   : Result<>(invalid("Notification type cannot be updated"));
    if (!is_system_type(*entity.type)) return {};
    const auto others = save.transaction.count<NotificationTemplate>({
        {"tenantId",         entity.tenant_id.uuid               },
        {"notificationType", std::string(enum_name(*entity.type))}
    });
    if (!others) return others.error();
    return *others == 0
               ? Result<>()
               : Result<>(invalid("There can only be one notification template of this type"));
}

Result<> EntityRules<NotificationTemplate>::removing(Removal<NotificationTemplate>& removal) {
    const NotificationTemplate& entity = removal.entity;
    if (entity.type && is_system_type(*entity.type))
        return invalid("System notification template cannot be deleted");
    const auto waiting = removal.transaction.count<model::NotificationRequest>({
        {"tenantId",   entity.tenant_id.uuid                                              },
        {"status",     std::string(enum_name(model::NotificationRequestStatus::scheduled))},
        {"templateId", entity.id.uuid                                                     }
    });
    if (!waiting) return waiting.error();
    if (*waiting == 0) return {};
    return invalid("Notification template is referenced by scheduled notification request");
}

std::string MethodTemplate::text(std::string_view member) const {
    return text_member(document, member);
}

std::vector<MethodTemplate> enabled_methods(const json::value& configuration) {
    std::vector<MethodTemplate> out;
    const json::object* const methods = methods_of(configuration);
    if (!methods) return out;
    for (const auto& [value, name] : enum_names(NotificationDeliveryMethod{})) {
        const json::value* const found = methods->if_contains(name);
        const json::object* const document = found ? found->if_object() : nullptr;
        if (document && flag_member(*document, "enabled")) out.push_back({value, *document});
    }
    return out;
}

MethodTemplate filled(MethodTemplate source, const PlaceholderValues& values) {
    json::object& document = source.document;
    fill_member(document, "subject", values);
    fill_member(document, "body", values,
                source.method == NotificationDeliveryMethod::email ? PlaceholderTarget::html
                                                                   : PlaceholderTarget::text);
    for (const auto& place : button_places)
        if (json::object* button = button_of(document, place)) {
            fill_member(*button, "text", values);
            fill_member(*button, "link", values);
        }
    return source;
}

void add_recipient(PlaceholderValues& values, const model::User& user) {
    values["recipientTitle"] = title_of(user);
    values["recipientEmail"] = user.email;
    values["recipientFirstName"] = user.first_name.value_or("");
    values["recipientLastName"] = user.last_name.value_or("");
}

std::string title_of(const model::User& user) {
    std::string title = user.first_name.value_or("");
    const std::string last = user.last_name.value_or("");
    if (!title.empty() && !last.empty()) title += ' ';
    title += last;
    return title.empty() ? user.email : title;
}

}  // namespace thingstead::core
