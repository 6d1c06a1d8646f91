// Lists of widget types and bundles.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/widget/widgets.h"

namespace thingstead::core {

/// A bundle that has a type, as the type's information names it.
struct BundleName {
    model::WidgetsBundleId id;
    std::string name;
};
constexpr auto describe(const BundleName*) {
    return fields(field("id", &BundleName::id), field("name", &BundleName::name));
}

struct WidgetTypeRow {
    model::WidgetTypeInfo type;
    std::vector<BundleName> bundles;  ///< Sorted by name.
};

struct WidgetTypeFilter {
    bool tenant_only = false;  ///< Without the installation's.
    bool full_search = false;  ///< In descriptions and tags too.
    bool scada_first = false;
    std::optional<bool> deprecated{};
    std::vector<std::string> kinds{};  ///< "timeseries", "latest", …; empty: all.
    std::optional<model::WidgetsBundleId> bundle{};
};

/// Most rows that are sorted when SCADA ones come first.
inline constexpr std::int32_t sorted_rows_max = 10'000;

/// Errors: forbidden; invalid_argument - the page link.
Task<Result<store::Page<WidgetTypeRow>>> list_widget_types(const Platform& platform, Caller caller,
                                                           WidgetTypeFilter filter,
                                                           store::PageLink link);
/// The names of the bundles of a type.
Result<WidgetTypeRow> with_bundles(store::Reader& reader, model::WidgetTypeInfo type);

struct BundleFilter {
    bool tenant_only = false;
    bool full_search = false;  ///< In descriptions and in names of types too.
    bool scada_first = false;
};
Task<Result<store::Page<model::WidgetsBundle>>> list_bundles(const Platform& platform,
                                                             Caller caller, BundleFilter filter,
                                                             store::PageLink link);

}  // namespace thingstead::core
