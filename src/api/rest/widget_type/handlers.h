// The handlers of widget types; their table is in widget_type.cpp.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/rest/call.h"
#include "model/resource.h"
#include "model/widget.h"

namespace thingstead::api::widget_type {

/// The bundle whose types are asked for: by its id, or by its alias.
struct BundleOf {
    std::optional<model::WidgetsBundleId> id{};
    bool system = false;
    std::string alias{};
};

/// A type, and what it links to.
struct DetailsWithResources {
    model::WidgetTypeDetails type;
    std::vector<model::ResourceExportData> resources;
};

Task<Result<net::Reply>> list_types(Call call);
Task<Result<net::Reply>> list_bundle_infos(Call call);
Task<Result<net::Reply>> infos_of_alias(Call call);
Task<Result<net::Reply>> types_of_bundle(Call call);
Task<Result<net::Reply>> types_of_path(Call call);
Task<Result<net::Reply>> types_of_alias(Call call);
Task<Result<net::Reply>> details_of_bundle(Call call);
Task<Result<net::Reply>> details_of_alias(Call call);
Task<Result<net::Reply>> fqns_of_bundle(Call call);

}  // namespace thingstead::api::widget_type
