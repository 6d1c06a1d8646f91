#include "core/customer/customers.h"

#include "core/dashboard/home.h"
#include "core/entity/read.h"

namespace thingstead::core {

using model::Customer;

Task<Result<Customer>> customer_details(const Platform& platform, Caller caller,
                                        model::CustomerId id) {
    const std::function<Result<Customer>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Customer> {
        Result<Customer> customer = load<Customer>(reader, caller, Operation::read, id);
        if (!customer) return customer;
        if (Result<> done = forget_lost_dashboards(reader, customer->additional_info); !done)
            return done.error();
        return customer;
    };
    co_return co_await read<Customer>(platform, work);
}

Task<Result<Customer>> customer_by_title(const Platform& platform, Caller caller,
                                         std::string title) {
    const std::function<Result<Customer>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Customer> {
        auto customer = reader.find<Customer>({
            {"tenantId", caller.tenant.uuid},
            {"title",    title             }
        });
        if (!customer) return customer.error();
        if (!*customer) return item_not_found();
        if (Result<> allowed = check(reader, caller, Operation::read, subject_of(**customer));
            !allowed)
            return allowed.error();
        return **std::move(customer);
    };
    co_return co_await read<Customer>(platform, work);
}

}  // namespace thingstead::core
