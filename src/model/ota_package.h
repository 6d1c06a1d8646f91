// Firmware and software packages of device profiles. Their bytes are FilePart rows.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

enum class OtaPackageType : std::uint8_t { firmware, software };
constexpr auto enum_names(OtaPackageType) {
    using namespace std::literals;
    return std::array{
        std::pair{OtaPackageType::firmware, "FIRMWARE"sv},
        std::pair{OtaPackageType::software, "SOFTWARE"sv}
    };
}

enum class ChecksumAlgorithm : std::uint8_t {
    md5,
    sha256,
    sha384,
    sha512,
    crc32,
    murmur3_32,
    murmur3_128,
};
constexpr auto enum_names(ChecksumAlgorithm) {
    using namespace std::literals;
    using enum ChecksumAlgorithm;
    return std::array{
        std::pair{md5,         "MD5"sv        },
        std::pair{sha256,      "SHA256"sv     },
        std::pair{sha384,      "SHA384"sv     },
        std::pair{sha512,      "SHA512"sv     },
        std::pair{crc32,       "CRC32"sv      },
        std::pair{murmur3_32,  "MURMUR3_32"sv },
        std::pair{murmur3_128, "MURMUR3_128"sv}
    };
}

struct OtaPackage {
    OtaPackageId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::optional<DeviceProfileId> device_profile_id;
    std::optional<OtaPackageType> type;
    std::string title;  ///< With the version unique within the tenant.
    std::string version;
    std::optional<std::string> tag;
    std::optional<std::string> url;  ///< Where the bytes are, if not here.
    bool has_data = false;           ///< Here or at `url`.
    std::optional<std::string> file_name;
    std::optional<std::string> content_type;
    std::optional<ChecksumAlgorithm> checksum_algorithm;
    std::optional<std::string> checksum;  ///< Lower-case hexadecimal.
    std::optional<std::int64_t> data_size;
    std::optional<OtaPackageId> external_id;
    json::value additional_info;

    bool has_url() const { return url && !url->empty(); }
};
constexpr auto describe(const OtaPackage*) {
    return fields(field("id", &OtaPackage::id),
                  field("createdTime", &OtaPackage::created_time, "", server_owned),
                  field("tenantId", &OtaPackage::tenant_id, "", server_owned),
                  field("deviceProfileId", &OtaPackage::device_profile_id),
                  field("type", &OtaPackage::type, "", of_schema("OtaPackageType"),
                        required_as("Type should be specified!")),
                  field("title", &OtaPackage::title, "", searchable, short_text,
                        required_as("OtaPackage title should be specified!")),
                  field("version", &OtaPackage::version, "", short_text,
                        required_as("OtaPackage version should be specified!")),
                  field("tag", &OtaPackage::tag, "", short_text),
                  field("url", &OtaPackage::url, "", up_to(255)),
                  field("hasData", &OtaPackage::has_data, "", server_owned),
                  field("fileName", &OtaPackage::file_name, "", server_owned, short_text,
                        shown_as("file name")),
                  field("contentType", &OtaPackage::content_type, "", server_owned, up_to(255)),
                  field("checksumAlgorithm", &OtaPackage::checksum_algorithm, "", server_owned,
                        of_schema("ChecksumAlgorithm")),
                  field("checksum", &OtaPackage::checksum, "", server_owned, up_to(1020)),
                  field("dataSize", &OtaPackage::data_size, "", server_owned),
                  field("externalId", &OtaPackage::external_id, "", undocumented),
                  field("additionalInfo", &OtaPackage::additional_info),
                  field("name", &OtaPackage::title, "", wire_only, server_owned));
}
constexpr std::string_view table_name(const OtaPackage*) { return "ota_package"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::OtaPackage)
}  // namespace thingstead
