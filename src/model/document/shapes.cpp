#include "model/document/shapes.h"

#include <algorithm>
#include <vector>

namespace thingstead::model {

std::span<const Shape* const> all_shapes() {
    static const std::vector<const Shape*> sorted = [] {
        std::vector<const Shape*> found;
        for (const std::span<const Shape> each :
             {calculated_field_shapes(), device_shapes(), device_profile_shapes(), event_shapes(),
              file_shapes(), identity_shapes(), shared_shapes(), notification_shapes(),
              oauth2_shapes(), queue_shapes(), relation_shapes(), rule_chain_shapes(),
              settings_shapes(), tenant_profile_shapes(), two_factor_shapes(), ai_model_shapes()})
            for (const Shape& shape : each) found.push_back(&shape);
        std::sort(found.begin(), found.end(),
                  [](const Shape* a, const Shape* b) { return a->name < b->name; });
        return found;
    }();
    return sorted;
}

}  // namespace thingstead::model
