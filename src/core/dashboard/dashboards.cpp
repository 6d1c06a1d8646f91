#include "core/dashboard/dashboards.h"

#include <algorithm>
#include <limits>

#include "core/dashboard/assignment.h"
#include "core/entity/read.h"
#include "core/entity_events.h"
#include "core/public_customer.h"

namespace thingstead::core {
namespace {

using model::Customer;
using model::CustomerId;
using model::Dashboard;
using model::DashboardInfo;
using model::DashboardOrder;
using store::Filter;

/// Those the caller may read: readable() knows of owners, dashboards are also assigned.
Result<Filter> readable_dashboards(const Caller& caller) {
    Result<Filter> owned = readable(caller, Resource::dashboard, model::EntityType::dashboard);
    if (caller.customer == model::no_customer) return owned;
    const Result<> may_read = check(caller, Operation::read, Resource::dashboard);
    if (!may_read) return may_read.error();
    Filter filter{
        {"tenantId", caller.tenant.uuid}
    };
    std::vector<Filter> ways;
    ways.push_back({assigned_under(caller.customer)});
    if (owned) ways.push_back(*std::move(owned));
    filter.push_back(store::either(std::move(ways)));
    return filter;
}

Result<Filter> filter_of(store::Reader& reader, const Caller& caller, const DashboardList& list) {
    Result<Filter> filter = readable_dashboards(caller);
    if (!filter) return filter.error();
    if (list.tenant) filter->emplace_back("tenantId", list.tenant->uuid);
    if (list.mobile) filter->emplace_back("mobileHide", false);
    if (list.customer) {
        const auto customer = load<Customer>(reader, caller, Operation::read, *list.customer);
        if (!customer) return customer.error();
        filter->push_back(assigned_to(*list.customer));
    }
    return filter;
}

bool before_on_phones(const DashboardOrder& a, const DashboardOrder& b) {
    constexpr auto last = std::numeric_limits<std::int64_t>::max();
    const std::int64_t x = a.mobile_order ? *a.mobile_order : last;
    const std::int64_t y = b.mobile_order ? *b.mobile_order : last;
    if (x != y) return x < y;
    return a.title != b.title ? a.title < b.title : a.id < b.id;
}

/// By the order that people gave, then the title: two columns, so it is sorted here. What is
/// sorted is small, and only the page is read whole.
Result<store::Page<DashboardInfo>> page_for_phones(store::Reader& reader, Filter filter,
                                                   const store::PageLink& link) {
    if (!link.text_search.empty())
        filter.emplace_back("title", store::Compare::contains, link.text_search);
    auto order = reader.all<DashboardOrder>(filter);
    if (!order) return order.error();
    std::sort(order->begin(), order->end(), before_on_phones);
    if (link.descending) std::reverse(order->begin(), order->end());
    const std::int64_t total = static_cast<std::int64_t>(order->size());
    const std::int64_t size = link.page_size;
    const std::int64_t first = std::min(size * link.page, total);
    const std::int64_t end = std::min(first + size, total);
    store::Page<DashboardInfo> page;
    page.total_elements = total;
    page.total_pages = (total + size - 1) / size;
    page.has_next = std::int64_t{link.page} + 1 < page.total_pages;
    for (std::int64_t i = first; i < end; ++i) {
        auto one = reader.find<DashboardInfo>({
            {"id", (*order)[static_cast<std::size_t>(i)].id.uuid}
        });
        if (!one) return one.error();
        if (*one) page.data.push_back(**std::move(one));
    }
    return page;
}

/// Assigns and unassigns; `out` says what changed.
Result<> apply(store::Transaction& transaction, Reassigned& out, const std::vector<Customer>& to,
               CustomersChange how) {
    Dashboard& dashboard = out.dashboard;
    const auto is_named = [&](CustomerId id) {
        return std::any_of(to.begin(), to.end(), [&](const auto& each) { return each.id == id; });
    };
    if (how != CustomersChange::remove)
        for (const Customer& each : to) {
            const Result<bool> done = assign(transaction, dashboard, each);
            if (!done) return done.error();
            if (*done) out.added.push_back(each);
        }
    const std::vector<model::ShortCustomerInfo> assigned = dashboard.assigned_customers;
    if (how != CustomersChange::add)
        for (const model::ShortCustomerInfo& each : assigned) {
            if (is_named(each.customer_id) == (how == CustomersChange::replace)) continue;
            const Result<bool> done = unassign(transaction, dashboard, each.customer_id);
            if (!done) return done.error();
            Customer gone;
            gone.id = each.customer_id;
            gone.title = each.title;
            out.removed.push_back(std::move(gone));
        }
    if (out.added.empty() && out.removed.empty()) return {};
    dashboard.version = dashboard.version.value_or(0) + 1;
    const auto changed = transaction.change<Dashboard>(
        {
            {"version", *dashboard.version}
    },
        {{"id", dashboard.id.uuid}});
    if (!changed) return changed.error();
    return write_assigned(transaction, dashboard);
}

Operation operation_of(CustomersChange change) {
    return change == CustomersChange::remove ? Operation::unassign_from_customer
                                             : Operation::assign_to_customer;
}

using Work = std::function<Result<Reassigned>(store::Transaction&)>;

Task<Result<Reassigned>> run(const Platform& platform, model::TenantId tenant,
                             model::DashboardId id, Work work) {
    Result<Reassigned> done = co_await write<Reassigned>(platform, work);
    const EntityChange change{ChangeKind::updated, tenant, id};
    if (done) platform.events.publish(change);
    co_return done;
}

}  // namespace

Task<Result<store::Page<DashboardInfo>>> list_dashboards(const Platform& platform, Caller caller,
                                                         DashboardList list, store::PageLink link) {
    using Infos = store::Page<DashboardInfo>;
    const std::function<Result<Infos>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Infos> {
        Result<Filter> filter = filter_of(reader, caller, list);
        if (!filter) return filter.error();
        if (list.mobile && link.sort_property.empty())
            return page_for_phones(reader, *std::move(filter), link);
        return reader.page<DashboardInfo>(*filter, link);
    };
    co_return co_await read<Infos>(platform, work);
}

Task<Result<Reassigned>> change_customers(const Platform& platform, Caller caller,
                                          model::DashboardId dashboard, CustomersChange change,
                                          std::vector<CustomerId> customers) {
    const Work work = [&](store::Transaction& transaction) -> Result<Reassigned> {
        Reassigned out;
        auto found = load<Dashboard>(transaction, caller, operation_of(change), dashboard);
        if (!found) return found.error();
        out.dashboard = *std::move(found);
        std::vector<Customer> named;
        for (const CustomerId id : customers) {
            auto customer = load<Customer>(transaction, caller, Operation::read, id);
            if (!customer) return customer.error();
            named.push_back(*std::move(customer));
        }
        if (Result<> done = apply(transaction, out, named, change); !done) return done.error();
        return out;
    };
    co_return co_await run(platform, caller.tenant, dashboard, work);
}

Task<Result<Reassigned>> change_public(const Platform& platform, Caller caller,
                                       model::DashboardId dashboard, bool assigned) {
    const CustomersChange change = assigned ? CustomersChange::add : CustomersChange::remove;
    const Work work = [&](store::Transaction& transaction) -> Result<Reassigned> {
        Reassigned out;
        auto found = load<Dashboard>(transaction, caller, operation_of(change), dashboard);
        if (!found) return found.error();
        out.dashboard = *std::move(found);
        auto customer =
            public_customer(transaction, out.dashboard.tenant_id, platform.clock.now_ms());
        if (!customer) return customer.error();
        const std::vector<Customer> named{*std::move(customer)};
        if (Result<> done = apply(transaction, out, named, change); !done) return done.error();
        return out;
    };
    co_return co_await run(platform, caller.tenant, dashboard, work);
}

}  // namespace thingstead::core
