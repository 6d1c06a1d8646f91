// The customer whose things everybody may see without logging in.
#pragma once
#include "base/clock.h"
#include "base/error.h"
#include "model/entities.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// Reserved: no other customer may be called so.
inline constexpr std::string_view public_customer_title = "Public";

/// `additionalInfo.isPublic`
bool is_public(const model::Customer& customer);

/// The tenant's; made when it is asked for the first time.
Result<model::Customer> public_customer(store::Transaction& transaction, model::TenantId tenant,
                                        EpochMs now_ms);

/// Enters a new customer among the branches: under itself and under all above `parent`.
Result<> add_branch(store::Transaction& transaction, model::CustomerId customer,
                    std::optional<model::CustomerId> parent);

}  // namespace thingstead::core
