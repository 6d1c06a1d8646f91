#include "core/widget/widget_rules.h"

#include "core/widget/fqn.h"

namespace thingstead::core {
namespace {

using model::WidgetsBundle;
using model::WidgetsBundleWidget;
using model::WidgetTypeDetails;

/// Whether another one of the tenant has that value in `field`.
template <class T>
std::function<Result<bool>(const std::string&)> taken_by_another(const Save<T>& save,
                                                                 std::string_view field) {
    return [&save, field](const std::string& wanted) -> Result<bool> {
        const Result<std::int64_t> count = save.transaction.template count<T>({
            {"tenantId", save.entity.tenant_id.uuid},
            {field,      wanted                    }
        });
        if (!count) return count.error();
        return *count > 0;
    };
}

}  // namespace

std::optional<std::string> widget_kind(const json::value& descriptor) {
    const json::object* members = descriptor.if_object();
    const json::value* type = members ? members->if_contains("type") : nullptr;
    const json::string* text = type ? type->if_string() : nullptr;
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

Result<> EntityRules<WidgetTypeDetails>::prepare(Save<WidgetTypeDetails>& save) {
    WidgetTypeDetails& type = save.entity;
    const json::object* descriptor = type.descriptor.if_object();
    if (!descriptor || descriptor->empty())
        return invalid("Widgets type descriptor can't be empty!");
    type.widget_type = widget_kind(type.descriptor);
    if (save.before) {
        if (type.fqn.empty()) type.fqn = save.before->fqn;
        if (type.fqn != save.before->fqn)
            return invalid("Update of widget type fqn is prohibited!");
        return {};
    }
    if (!type.fqn.empty()) return {};
    Result<std::string> fqn = free_alias(type.name, taken_by_another(save, "fqn"));
    if (!fqn) return fqn.error();
    type.fqn = *std::move(fqn);
    return {};
}

Result<> EntityRules<WidgetTypeDetails>::removing(Removal<WidgetTypeDetails>& removal) {
    const auto gone = removal.transaction.remove<WidgetsBundleWidget>({
        {"widgetTypeId", removal.entity.id.uuid}
    });
    if (!gone) return gone.error();
    return {};
}

Result<> EntityRules<WidgetsBundle>::prepare(Save<WidgetsBundle>& save) {
    WidgetsBundle& bundle = save.entity;
    if (save.before) {
        if (bundle.alias.empty()) bundle.alias = save.before->alias;
        if (bundle.alias != save.before->alias)
            return invalid("Update of widgets bundle alias is prohibited!");
        return {};
    }
    if (!bundle.alias.empty()) return {};
    Result<std::string> alias = free_alias(bundle.title, taken_by_another(save, "alias"));
    if (!alias) return alias.error();
    bundle.alias = *std::move(alias);
    return {};
}

Result<> EntityRules<WidgetsBundle>::removing(Removal<WidgetsBundle>& removal) {
    const auto gone = removal.transaction.remove<WidgetsBundleWidget>({
        {"widgetsBundleId", removal.entity.id.uuid}
    });
    if (!gone) return gone.error();
    return {};
}

}  // namespace thingstead::core
