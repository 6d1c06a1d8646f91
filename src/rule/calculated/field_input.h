// Values that may concern calculated fields, and the messages that carry them.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "core/calculated_field/saved_field.h"
#include "model/msg.h"
#include "model/payload.h"
#include "model/relation.h"
#include "rule/calculated/field_values.h"

namespace thingstead::rule {

/// A message of our own: values of one entity, brought to another whose fields take them. Never
/// enters a chain.
inline constexpr std::string_view linked_values_type = "CALCULATED_FIELD_VALUES";

struct FieldInput {
    model::TenantId tenant;
    model::EntityId entity;  ///< Whose fields are run.
    model::EntityId source;  ///< Whose values they are.
    std::vector<ChangedValue> values{};
    std::vector<model::CalculatedFieldId> calculated_by{};
    bool reload = false;  ///< What of it remains is in the stores alone.
    /// No values but relations of the entity changed; `related` is the one that was made.
    bool relations = false;
    std::optional<model::EntityRelation> related{};
    /// No values: this field alone is run, for it was saved.
    std::optional<core::SavedField> saved{};
    /// The message that it came with, for debug events.
    std::optional<Uuid> msg_id{};
    std::string msg_type{};

    /// Whether the field is one of those that made it.
    bool has_run(model::CalculatedFieldId field) const;
    /// What follows from it, for `entity`.
    FieldInput without_values(model::EntityId of) const;
};

/// Nothing yet, of the message's originator.
FieldInput input_of(model::TenantId tenant, const model::Msg& msg);

/// Adds the values of one save.
void add_values(FieldInput& input, EpochMs ts, const std::vector<model::KeyValue>& values);
void add_attributes(FieldInput& input, model::AttributeScope scope, EpochMs now,
                    const std::vector<model::KeyValue>& values);

/// Makes a message one that is of the type linked_values_type, and such a one what it was.
void wrap(model::QueuedMsg& queued);
void unwrap(model::QueuedMsg& queued);

/// Whether a message that comes out of the queue tells of values that were written without a node:
/// by REST, or for another entity.
bool brings_values(const model::Msg& msg);
/// Whether a message is of the rule engine's own, and enters no chain.
bool is_for_fields_alone(const model::Msg& msg);
/// Whether a message tells of changed relations of its originator.
bool tells_of_relations(const model::Msg& msg);
/// The values or relations of such a message. Errors: malformed - its data.
Result<FieldInput> values_of(const model::QueuedMsg& queued, model::PayloadParser& parser,
                             EpochMs now);
/// The message that brings the values of `input`, which are its entity's own, to `target`.
model::QueuedMsg linked_message(const FieldInput& input, model::EntityId target, EpochMs now);

}  // namespace thingstead::rule
