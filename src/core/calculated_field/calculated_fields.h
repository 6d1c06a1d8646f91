// Calculated fields and alarm rules as users manage them. A field has no rights of its own: who may
// read or write the calculated fields of its entity may read or write it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/entity/save.h"
#include "model/calculated_field.h"

namespace thingstead::core {

/// Errors: invalid_argument - the configuration, the owner, a limit of the tenant's profile, a name
/// that is taken; not_found, forbidden - of the owner and of what arguments refer to; conflict -
/// the version.
Task<Result<Saved<model::CalculatedField>>> save_calculated_field(const Platform& platform,
                                                                  Caller caller,
                                                                  model::CalculatedField field);
/// Errors: not_found, forbidden.
Task<Result<model::CalculatedField>> get_calculated_field(const Platform& platform, Caller caller,
                                                          model::CalculatedFieldId id);
/// What it was. Errors: not_found, forbidden.
Task<Result<model::CalculatedField>> remove_calculated_field(const Platform& platform,
                                                             Caller caller,
                                                             model::CalculatedFieldId id);

struct FieldQuery {
    std::vector<model::CalculatedFieldType> types;  ///< None: every type but alarm rules.
    std::optional<model::EntityType> owner_type{};
    std::vector<Uuid> owners{};  ///< None: any.
    std::vector<std::string> names{};
};
struct ShownField {
    model::CalculatedField field;
    std::string owner_name;
};
/// Fields of the caller's tenant, with the names of their entities. Errors: forbidden;
/// invalid_argument - the page link.
Task<Result<store::Page<ShownField>>> page_calculated_fields(const Platform& platform,
                                                             Caller caller, FieldQuery query,
                                                             store::PageLink link);
/// Fields of one entity. Errors: not_found, forbidden.
Task<Result<store::Page<model::CalculatedField>>> page_calculated_fields_of(
    const Platform& platform, Caller caller, model::EntityId owner,
    std::optional<model::CalculatedFieldType> type, store::PageLink link);
/// Different names that contain `text`, sorted. Errors: forbidden.
Task<Result<std::vector<std::string>>> calculated_field_names(const Platform& platform,
                                                              Caller caller,
                                                              model::CalculatedFieldType type,
                                                              std::string text);

}  // namespace thingstead::core
