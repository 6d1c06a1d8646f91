// The rules of saving and removing widget types and bundles.
#pragma once
#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "model/widget.h"

namespace thingstead::core {

template <>
struct EntityRules<model::WidgetTypeDetails> {
    static Result<> prepare(Save<model::WidgetTypeDetails>& save);
    static Result<> removing(Removal<model::WidgetTypeDetails>& removal);
};

template <>
struct EntityRules<model::WidgetsBundle> {
    static Result<> prepare(Save<model::WidgetsBundle>& save);
    static Result<> removing(Removal<model::WidgetsBundle>& removal);
};

/// Kind of the widget: member `type` of its descriptor.
std::optional<std::string> widget_kind(const json::value& descriptor);

}  // namespace thingstead::core
