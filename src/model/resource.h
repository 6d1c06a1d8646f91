// Files of a tenant or of the installation: images, modules, LwM2M models, key stores; and the
// bytes of files, which are kept apart so that no list reads them.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

enum class ResourceType : std::uint8_t {
    lwm2m_model,
    jks,
    pkcs_12,
    js_module,
    image,
    dashboard,
    general,
};
constexpr auto enum_names(ResourceType) {
    using namespace std::literals;
    using enum ResourceType;
    return std::array{
        std::pair{lwm2m_model, "LWM2M_MODEL"sv},
        std::pair{jks,         "JKS"sv        },
        std::pair{pkcs_12,     "PKCS_12"sv    },
        std::pair{js_module,   "JS_MODULE"sv  },
        std::pair{image,       "IMAGE"sv      },
        std::pair{dashboard,   "DASHBOARD"sv  },
        std::pair{general,     "GENERAL"sv    }
    };
}

enum class ResourceSubType : std::uint8_t { image, scada_symbol, extension, module };
constexpr auto enum_names(ResourceSubType) {
    using namespace std::literals;
    return std::array{
        std::pair{ResourceSubType::image,        "IMAGE"sv       },
        std::pair{ResourceSubType::scada_symbol, "SCADA_SYMBOL"sv},
        std::pair{ResourceSubType::extension,    "EXTENSION"sv   },
        std::pair{ResourceSubType::module,       "MODULE"sv      }
    };
}

/// Without its bytes: see FilePart.
struct TbResource {
    TbResourceId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string title;
    ResourceType resource_type = ResourceType::general;
    std::optional<ResourceSubType> resource_sub_type;
    std::string resource_key;  ///< Unique of its tenant and type.
    bool is_public = false;    ///< Of images: anyone who knows the public key may see it.
    std::optional<std::string> public_resource_key;
    std::optional<std::string> etag;  ///< SHA-256 of the bytes, hexadecimal.
    std::string file_name;
    json::value descriptor;  ///< Of images: media type, size, and those of the preview.
    std::optional<TbResourceId> external_id;
    std::optional<std::string> search_text;
    std::int64_t data_size = 0;
    std::optional<std::string> link;         ///< Path of the bytes.
    std::optional<std::string> public_link;  ///< The same for everybody.
};
constexpr auto describe(const TbResource*) {
    return fields(
        field("id", &TbResource::id),
        field("createdTime", &TbResource::created_time, "", server_owned),
        field("tenantId", &TbResource::tenant_id, "", server_owned),
        field("title", &TbResource::title, "", searchable, short_text,
              required_as("Resource title should be specified!")),
        field("resourceType", &TbResource::resource_type, "", of_schema("ResourceType")),
        field("resourceSubType", &TbResource::resource_sub_type, "", of_schema("ResourceSubType")),
        field("resourceKey", &TbResource::resource_key, "", short_text,
              required_as("Resource key should be specified!")),
        field("public", &TbResource::is_public),
        field("publicResourceKey", &TbResource::public_resource_key, "", up_to(32)),
        field("etag", &TbResource::etag, "", server_owned),
        field("fileName", &TbResource::file_name, "", short_text, shown_as("file name"),
              required_as("Resource file name should be specified!")),
        field("descriptor", &TbResource::descriptor),
        field("externalId", &TbResource::external_id, "", undocumented),
        field("searchText", &TbResource::search_text, "", stored_only, searchable),
        field("dataSize", &TbResource::data_size, "", stored_only),
        field("name", &TbResource::title, "", wire_only, server_owned),
        field("link", &TbResource::link, "", wire_only, server_owned),
        field("publicLink", &TbResource::public_link, "", wire_only, server_owned));
}
constexpr std::string_view table_name(const TbResource*) { return "resource"; }

enum class FileKind : std::uint8_t { content, preview };
constexpr auto enum_names(FileKind) {
    using namespace std::literals;
    return std::array{
        std::pair{FileKind::content, "CONTENT"sv},
        std::pair{FileKind::preview, "PREVIEW"sv}
    };
}

/// Largest part of a file in one row, in bytes.
inline constexpr std::size_t file_part_bytes = 1u << 20;

/// Bytes of a resource or an OTA package, in parts of file_part_bytes but the last.
struct FilePart {
    Uuid owner_id{};
    FileKind kind = FileKind::content;
    std::int32_t position = 0;  ///< From 0.
    TenantId tenant_id;
    Binary bytes;
};
constexpr auto describe(const FilePart*) {
    return fields(field("ownerId", &FilePart::owner_id, "", in_key),
                  field("kind", &FilePart::kind, "", in_key),
                  field("position", &FilePart::position, "", in_key),
                  field("tenantId", &FilePart::tenant_id), field("bytes", &FilePart::bytes));
}
constexpr std::string_view table_name(const FilePart*) { return "file_part"; }

/// A resource as a document that another installation imports; `data` is base64.
struct ResourceExportData {
    std::optional<std::string> link;  ///< Where the exported document refers to it.
    std::string title;
    ResourceType type = ResourceType::general;
    std::optional<ResourceSubType> sub_type;
    std::string resource_key;
    std::optional<std::string> file_name;
    std::optional<std::string> public_resource_key;
    bool is_public = false;
    std::optional<std::string> media_type;
    std::string data;
};
constexpr auto describe(const ResourceExportData*) {
    return fields(
        field("link", &ResourceExportData::link, "", omit_null),
        field("title", &ResourceExportData::title),
        field("type", &ResourceExportData::type, "", of_schema("ResourceType")),
        field("subType", &ResourceExportData::sub_type, "", omit_null,
              of_schema("ResourceSubType")),
        field("resourceKey", &ResourceExportData::resource_key),
        field("fileName", &ResourceExportData::file_name, "", omit_null),
        field("publicResourceKey", &ResourceExportData::public_resource_key, "", omit_null),
        field("public", &ResourceExportData::is_public),
        field("mediaType", &ResourceExportData::media_type, "", omit_null),
        field("data", &ResourceExportData::data));
}

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::TbResource)
TS_JSON_ELSEWHERE(model::ResourceExportData)
}  // namespace thingstead
