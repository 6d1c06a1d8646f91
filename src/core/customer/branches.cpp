#include "core/customer/branches.h"

#include <vector>

#include "model/entities.h"
#include "model/entity_group.h"

namespace thingstead::core {
namespace {

using model::CustomerBranch;
using model::CustomerId;

/// Values of `field` in the rows whose `other` is `customer`.
Result<std::vector<CustomerId>> ends(store::Reader& reader, std::string_view field,
                                     std::string_view other, CustomerId customer) {
    const auto cells = reader.distinct<CustomerBranch>(field, {
                                                                  {other, customer.uuid}
    });
    if (!cells) return cells.error();
    std::vector<CustomerId> found;
    for (const store::Cell& cell : *cells) {
        const auto id = store::ColumnCodec<CustomerId>::read(cell);
        if (!id) return id.error();
        found.push_back(*id);
    }
    return found;
}

}  // namespace

Result<bool> is_below(store::Reader& reader, CustomerId above, CustomerId customer) {
    const auto row = reader.find<CustomerBranch>({
        {"ancestorId",   above.uuid   },
        {"descendantId", customer.uuid}
    });
    if (!row) return row.error();
    return row->has_value();
}

Result<> move_branch(store::Transaction& transaction, CustomerId customer,
                     std::optional<CustomerId> parent) {
    const auto branch = ends(transaction, "descendantId", "ancestorId", customer);
    if (!branch) return branch.error();
    store::Condition outside = store::one_of("ancestorId", *branch);
    outside.compare = store::Compare::none_of;
    const auto cut = transaction.remove<CustomerBranch>(
        {store::one_of("descendantId", *branch), std::move(outside)});
    if (!cut) return cut.error();
    if (!parent) return {};
    const auto above = ends(transaction, "ancestorId", "descendantId", *parent);
    if (!above) return above.error();
    for (const CustomerId ancestor : *above)
        for (const CustomerId each : *branch)
            if (Result<> made = transaction.put(CustomerBranch{ancestor, each}); !made) return made;
    return {};
}

Result<> remove_branch(store::Transaction& transaction, CustomerId customer,
                       std::optional<CustomerId> parent) {
    const store::Cell to = parent ? store::Cell(parent->uuid) : store::Cell();
    const auto moved = transaction.change<model::Customer>(
        {
            {"parentCustomerId", to}
    },
        {{"parentCustomerId", customer.uuid}});
    if (!moved) return moved.error();
    // What is below stays below whatever is above: only the rows of the customer itself go.
    for (const std::string_view field : {"ancestorId", "descendantId"})
        if (const auto gone = transaction.remove<CustomerBranch>({
                {field, customer.uuid}
        });
            !gone)
            return gone.error();
    return {};
}

}  // namespace thingstead::core
