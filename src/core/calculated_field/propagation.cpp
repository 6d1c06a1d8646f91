#include "core/calculated_field/propagation.h"

#include "core/calculated_field/configuration.h"
#include "core/calculated_field/members.h"
#include "core/entity/kind.h"
#include "model/validate.h"

namespace thingstead::core {

Result<> read_propagation(const json::object& document, FieldConfiguration& into) {
    PropagationPart part;
    const json::value* relation = member_of(document, "relation");
    if (!relation) return invalid("Propagation calculated field should have a relation!");
    Result<RelationStep> step = read_step(*relation, "relation");
    if (!step) return step.error();
    part.relation = *std::move(step);
    part.by_script = flag_of(document, "applyExpressionToResolvedArguments", false);
    if (Result<> read = read_arguments(document, into); !read) return read;
    for (const FieldArgument& each : into.arguments) {
        if (each.name == "propagationCtx")
            return invalid("Argument name 'propagationCtx' is reserved and cannot be used.");
        if (part.by_script) continue;
        if (!each.is_own())
            return invalid("Argument '" + each.name +
                           "' should be of the current entity, for no expression is applied!");
        if (each.type == ArgumentType::ts_rolling)
            return invalid("Argument '" + each.name +
                           "' of type TS_ROLLING needs an expression that is applied!");
    }
    if (!part.by_script)
        into.expression.clear();
    else if (model::is_blank(into.expression))
        return invalid("Calculated field should have an expression!");
    into.propagation = std::move(part);
    return {};
}

}  // namespace thingstead::core
