// The rules of entity views, and the copies that a view has of what it shows.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "model/entity_view.h"
#include "model/kv.h"

namespace thingstead::core {

template <>
struct EntityRules<model::EntityView> {
    /// The entity must be a device or asset that the caller may read the data of.
    static Result<> prepare(Save<model::EntityView>& save);
    /// Copies the listed attributes that were updated within the view's time.
    static Result<> written(Save<model::EntityView>& save);
};

/// Saves the view with its copies, of latest values too. Errors: as save().
Task<Result<Saved<model::EntityView>>> save_entity_view(const Platform& platform, Caller caller,
                                                        model::EntityView view,
                                                        SaveOptions options);

/// Keys of a list of the view's document; none: every key.
using KeyList = std::optional<std::vector<std::string>>;
KeyList telemetry_keys(const model::EntityView& view);
KeyList attribute_keys(const model::EntityView& view, model::AttributeScope scope);
/// Whether a time lies within the view's.
bool is_within(const model::EntityView& view, EpochMs ts);

}  // namespace thingstead::core
