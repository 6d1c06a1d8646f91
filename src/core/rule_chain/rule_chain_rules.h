// What saving and deleting a rule chain asks for; its nodes are core/rule_chain/metadata.h.
#pragma once
#include <optional>
#include <string_view>

#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "model/entities.h"

namespace thingstead::core {

template <>
struct EntityRules<model::RuleChain> {
    /// A save changes neither type nor nodes, and never leaves a tenant without its root.
    static Result<> prepare(Save<model::RuleChain>& save);
    /// Refuses roots and chains that profiles name.
    static Result<> removing(Removal<model::RuleChain>& removal);
    static constexpr std::string_view limit = "maxRuleChains";
};

/// The root of a tenant's chains of one type.
Result<std::optional<model::RuleChain>> root_chain(store::Reader& reader, model::TenantId tenant,
                                                   model::RuleChainType type);

}  // namespace thingstead::core
