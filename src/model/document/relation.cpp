// Shapes of relations and what is asked of them.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr Member asset_search_query_members[] = {
    {.name = "assetTypes", .kind = Kind::text, .list = true},
    {.name = "parameters", .kind = Kind::object, .shape = "RelationsSearchParameters"},
    {.name = "relationType", .kind = Kind::text},
};

constexpr Member device_search_query_members[] = {
    {.name = "deviceTypes", .kind = Kind::text, .list = true},
    {.name = "parameters", .kind = Kind::object, .shape = "RelationsSearchParameters"},
    {.name = "relationType", .kind = Kind::text},
};

constexpr Member entity_view_search_query_members[] = {
    {.name = "entityViewTypes", .kind = Kind::text, .list = true},
    {.name = "parameters", .kind = Kind::object, .shape = "RelationsSearchParameters"},
    {.name = "relationType", .kind = Kind::text},
};

constexpr Shape relation_table[] = {
    {.name = "AssetSearchQuery",      .members = asset_search_query_members      },
    {.name = "DeviceSearchQuery",     .members = device_search_query_members     },
    {.name = "EntityViewSearchQuery", .members = entity_view_search_query_members},
};

}  // namespace

std::span<const Shape> relation_shapes() { return relation_table; }

}  // namespace thingstead::model
