#include "core/calculated_field/dependencies.h"

#include <algorithm>
#include <vector>

#include "core/entity/kind.h"

namespace thingstead::core {
namespace {

/// Whether `reader` takes what `writer`, a field of the same owner, makes.
bool takes(const FieldInCycle& reader, const FieldInCycle& writer) {
    const FieldOutput& output = writer.configuration.output;
    if (output.name.empty()) return false;
    const auto is_output = [&](const FieldArgument& each) {
        if (each.key != output.name) return false;
        if (!each.is_own() && each.of != writer.owner) return false;
        if (each.type != ArgumentType::attribute) return !output.attributes;
        return output.attributes && each.scope == output.scope;
    };
    const auto& arguments = reader.configuration.arguments;
    return std::any_of(arguments.begin(), arguments.end(), is_output);
}

struct Search {
    const FieldInCycle& goal;
    std::span<const FieldInCycle> others;
    std::vector<bool> seen;
    std::string way;

    /// Whether what `from` makes comes, through others, to the goal.
    bool leads_back(const FieldInCycle& from) {
        for (std::size_t i = 0; i < others.size(); ++i) {
            if (seen[i] || !takes(others[i], from)) continue;
            seen[i] = true;
            if (takes(goal, others[i]) || leads_back(others[i])) {
                way = " → '" + others[i].name + "'" + way;
                return true;
            }
        }
        return false;
    }
};

}  // namespace

Result<> check_no_cycle(const FieldInCycle& field, std::span<const FieldInCycle> others) {
    Search search{field, others, std::vector<bool>(others.size()), {}};
    if (!search.leads_back(field)) return {};
    return invalid("Calculated fields are made of each other: '" + field.name + "'" + search.way +
                   " → '" + field.name + "'!");
}

}  // namespace thingstead::core
