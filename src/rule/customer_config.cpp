#include "rule/customer_config.h"

#include <string>

namespace thingstead::rule {

Result<> check_assignable(model::EntityType originator) {
    switch (originator) {
        case model::EntityType::asset:
        case model::EntityType::device:
        case model::EntityType::entity_view:
        case model::EntityType::dashboard:
        case model::EntityType::edge:        return {};
        default:
            return Error{ErrorCode::unsupported,
                         "Unsupported originator type '" + std::string(wire_name(originator)) +
                             "'! Only 'ASSET', 'DEVICE', 'ENTITY_VIEW', 'DASHBOARD', 'EDGE' "
                             "types are allowed."};
    }
}

}  // namespace thingstead::rule
