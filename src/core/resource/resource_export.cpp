#include "core/resource/resource_export.h"

#include "core/crypto.h"
#include "core/resource/resource_key.h"

namespace thingstead::core {

Result<model::ResourceExportData> export_resource(store::Reader& reader,
                                                  const model::TbResource& resource) {
    const Result<std::string> bytes = read_file(reader, resource.id.uuid, model::FileKind::content);
    if (!bytes) return bytes.error();
    model::ResourceExportData out;
    out.link = link_of(resource);
    out.title = resource.title;
    out.type = resource.resource_type;
    out.sub_type = resource.resource_sub_type;
    out.resource_key = resource.resource_key;
    out.file_name = resource.file_name;
    out.public_resource_key = resource.public_resource_key;
    out.is_public = resource.is_public;
    out.media_type = media_type_of(resource);
    out.data = base64(*bytes);
    return out;
}

Result<std::vector<model::ResourceExportData>> export_linked(store::Reader& reader,
                                                             const Caller& caller,
                                                             std::string_view document) {
    std::vector<model::ResourceExportData> out;
    for (const std::string& link : links_in(document)) {
        const std::optional<LinkTarget> target = parse_link(link);
        if (!target) continue;
        const auto resource = load_resource(reader, caller, Operation::read, target->type,
                                            target->system, target->key);
        if (!resource) {
            if (resource.error().code == ErrorCode::not_found ||
                resource.error().code == ErrorCode::forbidden)
                continue;
            return resource.error();
        }
        Result<model::ResourceExportData> exported = export_resource(reader, *resource);
        if (!exported) return exported.error();
        out.push_back(*std::move(exported));
    }
    return out;
}

Result<ImportedResource> imported_resource(const model::ResourceExportData& data) {
    std::optional<std::string> bytes = base64_decode(data.data);
    if (!bytes || bytes->empty()) return invalid("Resource data should be specified!");
    ImportedResource out;
    out.resource.title = data.title;
    out.resource.resource_type = data.type;
    out.resource.resource_sub_type = data.sub_type;
    out.resource.resource_key = data.resource_key;
    out.resource.file_name = data.file_name.value_or(data.resource_key);
    out.resource.is_public = data.is_public;
    if (data.type == model::ResourceType::general && data.media_type)
        out.resource.descriptor = json::object{
            {"mediaType", *data.media_type}
        };
    out.bytes = content_of(*std::move(bytes));
    return out;
}

Result<std::optional<model::TbResource>> find_same(store::Reader& reader, const Caller& caller,
                                                   model::ResourceType type,
                                                   const std::string& etag) {
    auto found = reader.find<model::TbResource>({
        {"tenantId",     caller.tenant.uuid          },
        {"etag",         etag                        },
        {"resourceType", std::string(enum_name(type))}
    });
    if (found && *found) show_links(**found);
    return found;
}

}  // namespace thingstead::core
