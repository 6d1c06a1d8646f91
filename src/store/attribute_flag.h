// The table of attributes as lists of entities look into it: who has a flag that is set, which keys
// there are. Attributes are read and written with the store's own operations.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/describe.h"
#include "base/uuid.h"

namespace thingstead::store {

struct AttributeFlag {
    Uuid entity_id{};
    std::int64_t scope = 0;  ///< A model::AttributeScope.
    std::string key;
    std::optional<bool> value;  ///< None: the attribute is no boolean.
};
constexpr auto describe(const AttributeFlag*) {
    return fields(field("entityId", &AttributeFlag::entity_id, "", in_key),
                  field("attributeType", &AttributeFlag::scope, "", in_key),
                  field("attributeKey", &AttributeFlag::key, "", in_key),
                  field("boolV", &AttributeFlag::value));
}
constexpr std::string_view table_name(const AttributeFlag*) { return "attribute_kv"; }

}  // namespace thingstead::store
