// One evaluation of an alarm rule; for the files of CalculatedFields alone.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "rule/calculated/field.h"

namespace thingstead::rule {

struct CalculatedFields::AlarmRun {
    AlarmRun(FieldRef of, EntityRef about, std::vector<model::CalculatedFieldId> by)
        : field(std::move(of)), entity(std::move(about)), calculated_by(std::move(by)) {}

    FieldRef field;
    EntityRef entity;
    std::vector<model::CalculatedFieldId> calculated_by;
    core::RuleMoment moment{};

    /// What is known of the entity for the field: there, and with a state once it was recalled.
    Entity::Known& known() const { return entity->known.at(field->stored.id.uuid); }
};

/// One that is no longer active.
struct CalculatedFields::EndedAlarm {
    model::AlarmId id;
    std::string type;
};

}  // namespace thingstead::rule
