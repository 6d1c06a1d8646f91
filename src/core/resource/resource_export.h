// Resources as documents that go with a widget type, a dashboard, or alone, to another
// installation.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "core/resource/resources.h"

namespace thingstead::core {

/// With its bytes in base64.
Result<model::ResourceExportData> export_resource(store::Reader& reader,
                                                  const model::TbResource& resource);
/// Those that a document links to and that the caller may read, in the order of their links.
Result<std::vector<model::ResourceExportData>> export_linked(store::Reader& reader,
                                                             const Caller& caller,
                                                             std::string_view document);

/// An exported resource as it may be saved: no id, with decoded bytes. Errors: invalid_argument.
struct ImportedResource {
    model::TbResource resource;
    Content bytes;
};
Result<ImportedResource> imported_resource(const model::ResourceExportData& data);

/// A resource of the caller's tenant with the same type and bytes. Nullopt: there is none.
Result<std::optional<model::TbResource>> find_same(store::Reader& reader, const Caller& caller,
                                                   model::ResourceType type,
                                                   const std::string& etag);

}  // namespace thingstead::core
