// Widget types and bundles: saving with what they bring along, members of bundles, lookups by name.
#pragma once
#include <string>
#include <vector>

#include "core/widget/widget_rules.h"
#include "model/resource.h"

namespace thingstead::core {

struct WidgetTypeSave {
    model::WidgetTypeDetails type;
    std::vector<model::ResourceExportData> resources{};  ///< That its descriptor links to.
    /// A new type takes the place of the tenant's one with the same fqn.
    bool update_by_fqn = false;
};

/// Images in the descriptor become resources. Errors: those of save(); invalid_argument - images or
/// resources that are none.
Task<Result<Saved<model::WidgetTypeDetails>>> save_widget_type(const Platform& platform,
                                                               Caller caller,
                                                               WidgetTypeSave wanted);
Task<Result<Saved<model::WidgetsBundle>>> save_widgets_bundle(const Platform& platform,
                                                              Caller caller,
                                                              model::WidgetsBundle bundle);

/// Replaces the types of a bundle, in that order; a type that comes twice counts once. Returns the
/// bundle. Errors: not_found, forbidden.
Task<Result<model::WidgetsBundle>> set_bundle_types(const Platform& platform, Caller caller,
                                                    model::WidgetsBundleId bundle,
                                                    std::vector<model::WidgetTypeId> types);
/// The same by their names; those that are not known are left out.
Task<Result<model::WidgetsBundle>> set_bundle_types_by_fqn(const Platform& platform, Caller caller,
                                                           model::WidgetsBundleId bundle,
                                                           std::vector<std::string> fqns);

/// Ids of the types of a bundle, in its order.
Result<std::vector<model::WidgetTypeId>> types_of_bundle(store::Reader& reader,
                                                         model::WidgetsBundleId bundle);
/// A bundle that the caller may read, by its alias: of the installation, or of the caller's tenant.
/// Errors: not_found - item_not_found(); forbidden.
Result<model::WidgetsBundle> bundle_by_alias(store::Reader& reader, const Caller& caller,
                                             bool system, const std::string& alias);

/// The types of a bundle, in its order, as T: WidgetType, WidgetTypeDetails or WidgetTypeInfo.
template <class T>
Result<std::vector<T>> bundle_members(store::Reader& reader, model::WidgetsBundleId bundle) {
    const auto ids = types_of_bundle(reader, bundle);
    if (!ids) return ids.error();
    std::vector<T> out;
    for (const model::WidgetTypeId id : *ids) {
        auto found = reader.find<T>({
            {"id", id.uuid}
        });
        if (!found) return found.error();
        if (*found) out.push_back(**std::move(found));
    }
    return out;
}

/// The type of that name, which begins with "system." or "tenant.". Errors: invalid_argument - it
/// begins otherwise; not_found - item_not_found(); forbidden.
template <class T>
Result<T> type_by_fqn(store::Reader& reader, const Caller& caller, bool system,
                      const std::string& fqn) {
    const model::TenantId tenant = system ? model::system_tenant : caller.tenant;
    auto found = reader.find<T>({
        {"tenantId", tenant.uuid},
        {"fqn",      fqn        }
    });
    if (!found) return found.error();
    if (!*found) return item_not_found();
    if (Result<> allowed = check(reader, caller, Operation::read, subject_of(**found)); !allowed)
        return allowed.error();
    return **std::move(found);
}

}  // namespace thingstead::core
