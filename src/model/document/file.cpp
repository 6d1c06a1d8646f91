// Shapes of files: resources, images, packages, widgets.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr std::string_view checksum_algorithm_names[] = {
    "MD5", "SHA256", "SHA384", "SHA512", "CRC32", "MURMUR3_32", "MURMUR3_128"};

constexpr std::string_view ota_package_type_names[] = {"FIRMWARE", "SOFTWARE"};

constexpr Member resource_export_data_members[] = {
    {.name = "data", .kind = Kind::text},
    {.name = "fileName", .kind = Kind::text},
    {.name = "isPublic", .kind = Kind::boolean},
    {.name = "link", .kind = Kind::text},
    {.name = "mediaType", .kind = Kind::text},
    {.name = "public", .kind = Kind::boolean},
    {.name = "publicResourceKey", .kind = Kind::text},
    {.name = "resourceKey", .kind = Kind::text},
    {.name = "subType", .kind = Kind::text, .shape = "ResourceSubType"},
    {.name = "title", .kind = Kind::text},
    {.name = "type", .kind = Kind::text, .shape = "ResourceType"},
};

constexpr std::string_view resource_sub_type_names[] = {"IMAGE", "SCADA_SYMBOL", "EXTENSION",
                                                        "MODULE"};

constexpr std::string_view resource_type_names[] = {
    "LWM2M_MODEL", "JKS", "PKCS_12", "JS_MODULE", "IMAGE", "DASHBOARD", "GENERAL"};

constexpr Member save_ota_package_info_request_members[] = {
    {.name = "additionalInfo", .kind = Kind::any, .shape = "JsonNode"},
    {.name = "checksum", .kind = Kind::text, .read_only = true},
    {.name = "checksumAlgorithm",
     .kind = Kind::text,
     .shape = "ChecksumAlgorithm",
     .read_only = true},
    {.name = "contentType", .kind = Kind::text, .read_only = true},
    {.name = "createdTime", .kind = Kind::long_integer, .read_only = true},
    {.name = "dataSize", .kind = Kind::long_integer, .read_only = true},
    {.name = "deviceProfileId", .kind = Kind::id, .shape = "DeviceProfileId"},
    {.name = "fileName", .kind = Kind::text, .read_only = true},
    {.name = "hasData", .kind = Kind::boolean, .read_only = true},
    {.name = "id", .kind = Kind::id, .shape = "OtaPackageId"},
    {.name = "name", .kind = Kind::text, .read_only = true},
    {.name = "tag", .kind = Kind::text, .read_only = true},
    {.name = "tenantId", .kind = Kind::id, .shape = "TenantId", .read_only = true},
    {.name = "title", .kind = Kind::text},
    {.name = "type", .kind = Kind::text, .shape = "OtaPackageType"},
    {.name = "url", .kind = Kind::text},
    {.name = "usesUrl", .kind = Kind::boolean, .read_only = true},
    {.name = "version", .kind = Kind::text},
};

constexpr Member tb_image_delete_result_members[] = {
    {.name = "references", .kind = Kind::object, .shape = "HasIdObject", .list = true, .map = true},
    {.name = "success", .kind = Kind::boolean},
};

constexpr Member tb_resource_delete_result_members[] = {
    {.name = "references", .kind = Kind::object, .shape = "EntityInfo", .list = true, .map = true},
    {.name = "success", .kind = Kind::boolean},
};

constexpr Member widget_bundle_info_members[] = {
    {.name = "id", .kind = Kind::id, .shape = "EntityId"},
    {.name = "name", .kind = Kind::text},
};

constexpr Shape file_table[] = {
    {.name = "ChecksumAlgorithm",         .names = checksum_algorithm_names               },
    {.name = "OtaPackageType",            .names = ota_package_type_names                 },
    {.name = "ResourceExportData",        .members = resource_export_data_members         },
    {.name = "ResourceSubType",           .names = resource_sub_type_names                },
    {.name = "ResourceType",              .names = resource_type_names                    },
    {.name = "SaveOtaPackageInfoRequest", .members = save_ota_package_info_request_members},
    {.name = "TbImageDeleteResult",       .members = tb_image_delete_result_members       },
    {.name = "TbResourceDeleteResult",    .members = tb_resource_delete_result_members    },
    {.name = "WidgetBundleInfo",          .members = widget_bundle_info_members           },
};

}  // namespace

std::span<const Shape> file_shapes() { return file_table; }

}  // namespace thingstead::model
