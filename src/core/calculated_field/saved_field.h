// How the rule engine hears that a calculated field is to be run for what its entities have,
// because it was saved.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/describe.h"
#include "model/calculated_field.h"

namespace thingstead::core {

/// A message of our own, to the originator that the field is. Never enters a chain. Its data is a
/// SavedField.
inline constexpr std::string_view field_saved_type = "CALCULATED_FIELD_SAVED";

struct SavedField {
    model::CalculatedFieldId id;
    std::int64_t version = 0;
    model::EntityId owner;  ///< As CalculatedField::entity_id.
    /// Of the owner's entities, some at a time: those from here on have not heard of it.
    std::int32_t page = 0;
};
constexpr auto describe(const SavedField*) {
    return fields(field("id", &SavedField::id), field("version", &SavedField::version),
                  field("owner", &SavedField::owner), field("page", &SavedField::page));
}

inline SavedField saved_field(const model::CalculatedField& field) {
    return {field.id, field.version.value_or(0), field.entity_id};
}

}  // namespace thingstead::core
