#include "core/entity/shown.h"

#include "store/attribute_flag.h"

namespace thingstead::core {
namespace {

store::Filter active_flag() {
    return {
        {"attributeType", static_cast<std::int64_t>(model::AttributeScope::server)},
        {"attributeKey",  std::string("active")                                   },
        {"boolV",         true                                                    }
    };
}

}  // namespace

Result<std::unordered_set<Uuid>> active_among(store::Reader& reader, std::vector<Uuid> ids) {
    std::unordered_set<Uuid> active;
    const Result<> done = in_parts(std::move(ids), [&](const std::vector<Uuid>& part) -> Result<> {
        store::Filter filter = active_flag();
        filter.push_back(store::one_of("entityId", part));
        const auto rows = reader.all<store::AttributeFlag>(filter);
        if (!rows) return rows.error();
        for (const store::AttributeFlag& each : *rows) active.insert(each.entity_id);
        return {};
    });
    if (!done) return done.error();
    return active;
}

store::Condition is_active(bool active) {
    return active ? store::has_row<store::AttributeFlag>("id", "entityId", active_flag())
                  : store::has_no_row<store::AttributeFlag>("id", "entityId", active_flag());
}

Task<Result<>> check_customer_list(const Platform& platform, Caller caller,
                                   model::CustomerId customer) {
    const std::function<Result<>(store::Reader&)> work = [&](store::Reader& reader) -> Result<> {
        // Customers do not learn which other customers there are.
        if (caller.customer != model::no_customer && caller.customer != customer) {
            const auto found = reader.find<model::Customer>({
                {"id", customer.uuid}
            });
            if (!found) return found.error();
            if (!*found) return permission_denied();
        }
        const auto loaded = load<model::Customer>(reader, caller, Operation::read, customer);
        return loaded ? Result<>() : Result<>(loaded.error());
    };
    co_return co_await platform.store.read(work);
}

}  // namespace thingstead::core
