#include "core/public_customer.h"

#include "core/entity/kind.h"
#include "model/entity_group.h"

namespace thingstead::core {

bool is_public(const model::Customer& customer) {
    const json::object* const info = customer.additional_info.if_object();
    const json::value* const flag = info ? info->if_contains("isPublic") : nullptr;
    return flag && flag->is_bool() && flag->get_bool();
}

Result<> add_branch(store::Transaction& transaction, model::CustomerId customer,
                    std::optional<model::CustomerId> parent) {
    if (Result<> made = transaction.put(model::CustomerBranch{customer, customer}); !made)
        return made;
    if (!parent) return {};
    const auto above = transaction.distinct<model::CustomerBranch>(
        "ancestorId", {
                          {"descendantId", parent->uuid}
    });
    if (!above) return above.error();
    for (const store::Cell& cell : *above) {
        const auto ancestor = store::ColumnCodec<model::CustomerId>::read(cell);
        if (!ancestor) return ancestor.error();
        if (Result<> made = transaction.put(model::CustomerBranch{*ancestor, customer}); !made)
            return made;
    }
    return {};
}

Result<model::Customer> public_customer(store::Transaction& transaction, model::TenantId tenant,
                                        EpochMs now_ms) {
    auto stored = transaction.find<model::Customer>({
        {"tenantId", tenant.uuid                       },
        {"title",    std::string(public_customer_title)}
    });
    if (!stored) return stored.error();
    if (*stored) return **std::move(stored);
    model::Customer fresh;
    fresh.id = model::CustomerId::make();
    fresh.created_time = now_ms;
    fresh.tenant_id = tenant;
    fresh.title = public_customer_title;
    fresh.additional_info = json::object{
        {"isPublic", true}
    };
    fresh.version = 1;
    if (Result<> made = transaction.insert(fresh); !made) return in_words(made.error());
    if (Result<> made = add_branch(transaction, fresh.id, std::nullopt); !made) return made.error();
    return fresh;
}

}  // namespace thingstead::core
