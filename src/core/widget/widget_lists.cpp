#include "core/widget/widget_lists.h"

#include <algorithm>

namespace thingstead::core {
namespace {

using model::WidgetsBundle;
using model::WidgetsBundleWidget;
using model::WidgetTypeInfo;

store::Condition owned_by(const Caller& caller, bool tenant_only) {
    std::vector<model::TenantId> tenants = {caller.tenant};
    if (!tenant_only && caller.tenant != model::system_tenant)
        tenants.push_back(model::system_tenant);
    return store::one_of("tenantId", tenants);
}

/// A page in which SCADA ones come before all others. They are few: all rows are read.
template <class T>
Result<store::Page<T>> page_scada_first(store::Reader& reader, const store::Filter& filter,
                                        const store::PageLink& link) {
    store::PageLink whole = link;
    whole.page = 0;
    whole.page_size = sorted_rows_max;
    Result<store::Page<T>> page = reader.page<T>(filter, whole);
    if (!page) return page;
    std::stable_partition(page->data.begin(), page->data.end(),
                          [](const T& each) { return each.scada; });
    const std::size_t from =
        std::min(static_cast<std::size_t>(link.page) * static_cast<std::size_t>(link.page_size),
                 page->data.size());
    const std::size_t to =
        std::min(from + static_cast<std::size_t>(link.page_size), page->data.size());
    std::vector<T> rows(
        std::make_move_iterator(page->data.begin() + static_cast<std::ptrdiff_t>(from)),
        std::make_move_iterator(page->data.begin() + static_cast<std::ptrdiff_t>(to)));
    page->data = std::move(rows);
    page->total_pages = (page->total_elements + link.page_size - 1) / link.page_size;
    page->has_next = std::int64_t{link.page} + 1 < page->total_pages;
    return page;
}

store::Filter type_filter(const Caller& caller, const WidgetTypeFilter& filter) {
    store::Filter out{owned_by(caller, filter.tenant_only)};
    if (filter.deprecated) out.emplace_back("deprecated", *filter.deprecated);
    if (!filter.kinds.empty()) {
        std::vector<store::Cell> kinds(filter.kinds.begin(), filter.kinds.end());
        out.emplace_back("widgetType", store::Compare::one_of, std::move(kinds));
    }
    if (filter.bundle)
        out.push_back(
            store::chosen_from<WidgetsBundleWidget>("id", "widgetTypeId",
                                                    {
                                                        {"widgetsBundleId", filter.bundle->uuid}
        }));
    return out;
}

/// Types of a bundle in its order, where no other one is asked for.
Result<store::Page<WidgetTypeInfo>> page_of_bundle(store::Reader& reader,
                                                   const store::Filter& filter,
                                                   const store::PageLink& link,
                                                   model::WidgetsBundleId bundle) {
    store::PageLink whole = link;
    whole.page = 0;
    whole.page_size = sorted_rows_max;
    Result<store::Page<WidgetTypeInfo>> page = reader.page<WidgetTypeInfo>(filter, whole);
    if (!page) return page;
    const auto order = types_of_bundle(reader, bundle);
    if (!order) return order.error();
    const auto place = [&](const WidgetTypeInfo& type) {
        return std::find(order->begin(), order->end(), type.id) - order->begin();
    };
    std::vector<std::pair<std::ptrdiff_t, WidgetTypeInfo>> placed;
    for (WidgetTypeInfo& type : page->data) {
        const std::ptrdiff_t at = place(type);
        placed.emplace_back(at, std::move(type));
    }
    std::stable_sort(placed.begin(), placed.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    page->data.clear();
    const std::int64_t from = std::int64_t{link.page} * link.page_size;
    for (std::int64_t i = from; i < from + link.page_size && i < std::ssize(placed); ++i)
        page->data.push_back(std::move(placed[static_cast<std::size_t>(i)].second));
    page->total_pages = (page->total_elements + link.page_size - 1) / link.page_size;
    page->has_next = std::int64_t{link.page} + 1 < page->total_pages;
    return page;
}

Result<store::Page<WidgetTypeInfo>> page_of_types(store::Reader& reader,
                                                  const WidgetTypeFilter& filter,
                                                  const store::Filter& rows,
                                                  const store::PageLink& link) {
    if (filter.bundle && link.sort_property.empty())
        return page_of_bundle(reader, rows, link, *filter.bundle);
    if (filter.scada_first) return page_scada_first<WidgetTypeInfo>(reader, rows, link);
    return reader.page<WidgetTypeInfo>(rows, link);
}

/// Text searches of bundles look at their types too; the condition is added by hand then.
store::Filter bundle_rows(const Caller& caller, const BundleFilter& filter, store::PageLink& link) {
    store::Filter out{owned_by(caller, filter.tenant_only)};
    if (!filter.full_search || link.text_search.empty()) return out;
    using store::Compare;
    const std::string text = std::exchange(link.text_search, {});
    const auto types = store::chosen_from<WidgetTypeInfo>(
        "widgetTypeId", "id",
        {store::either({{{"name", Compare::contains, text}},
                        {{"description", Compare::contains, text}},
                        {{"tags", Compare::contains, text}}})});
    out.push_back(store::either(
        {{{"title", Compare::contains, text}},
         {{"description", Compare::contains, text}},
         {store::chosen_from<WidgetsBundleWidget>("id", "widgetsBundleId", {types})}}));
    return out;
}

}  // namespace

Result<WidgetTypeRow> with_bundles(store::Reader& reader, WidgetTypeInfo type) {
    const store::Condition named =
        store::chosen_from<WidgetsBundleWidget>("id", "widgetsBundleId",
                                                {
                                                    {"widgetTypeId", type.id.uuid}
    });
    const auto bundles = reader.all<WidgetsBundle>({named});
    if (!bundles) return bundles.error();
    WidgetTypeRow row{std::move(type), {}};
    for (const WidgetsBundle& each : *bundles) row.bundles.push_back({each.id, each.title});
    std::stable_sort(row.bundles.begin(), row.bundles.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
    return row;
}

Task<Result<store::Page<WidgetTypeRow>>> list_widget_types(const Platform& platform, Caller caller,
                                                           WidgetTypeFilter filter,
                                                           store::PageLink link) {
    if (Result<> allowed = check(caller, Operation::read, core::Resource::widget_type); !allowed)
        co_return allowed.error();
    if (filter.full_search) link.search_fields = {"name", "description", "tags"};
    const store::Filter rows = type_filter(caller, filter);
    const std::function<Result<store::Page<WidgetTypeRow>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<store::Page<WidgetTypeRow>> {
        Result<store::Page<WidgetTypeInfo>> page = page_of_types(reader, filter, rows, link);
        if (!page) return page.error();
        store::Page<WidgetTypeRow> out;
        out.total_elements = page->total_elements;
        out.total_pages = page->total_pages;
        out.has_next = page->has_next;
        for (WidgetTypeInfo& type : page->data) {
            Result<WidgetTypeRow> row = with_bundles(reader, std::move(type));
            if (!row) return row.error();
            out.data.push_back(*std::move(row));
        }
        return out;
    };
    co_return co_await read<store::Page<WidgetTypeRow>>(platform, work);
}

Task<Result<store::Page<WidgetsBundle>>> list_bundles(const Platform& platform, Caller caller,
                                                      BundleFilter filter, store::PageLink link) {
    if (Result<> allowed = check(caller, Operation::read, core::Resource::widgets_bundle); !allowed)
        co_return allowed.error();
    const store::Filter rows = bundle_rows(caller, filter, link);
    const std::function<Result<store::Page<WidgetsBundle>>(store::Reader&)> work =
        [&](store::Reader& reader) {
            return filter.scada_first ? page_scada_first<WidgetsBundle>(reader, rows, link)
                                      : reader.page<WidgetsBundle>(rows, link);
        };
    co_return co_await read<store::Page<WidgetsBundle>>(platform, work);
}

}  // namespace thingstead::core
