// OTA packages: firmware and software of devices.
#pragma once
#include <optional>
#include <string>

#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "core/resource/files.h"
#include "model/ota_package.h"

namespace thingstead::core {

template <>
struct EntityRules<model::OtaPackage> {
    static Result<> prepare(Save<model::OtaPackage>& save);
    static Result<> removing(Removal<model::OtaPackage>& removal);
};

/// Creates or updates what is said of a package. With `uses_url` its bytes are at its url. What was
/// set once is not changed. Errors: those of save(); invalid_argument - "Updating otaPackage title
/// is prohibited!" and the like.
Task<Result<Saved<model::OtaPackage>>> save_ota_package(const Platform& platform, Caller caller,
                                                        model::OtaPackage package, bool uses_url);

struct OtaFile {
    Content bytes;
    std::string file_name;
    std::string content_type;
    model::ChecksumAlgorithm algorithm = model::ChecksumAlgorithm::sha256;
    std::string checksum{};  ///< As the client has it; empty: it is computed.
};

/// Stores the bytes of a package, once. Errors: invalid_argument - "Wrong otaPackage file!" if the
/// checksum is another one, the limit of the tenant, the package has bytes already.
Task<Result<Saved<model::OtaPackage>>> save_ota_file(const Platform& platform, Caller caller,
                                                     model::OtaPackageId id, OtaFile file);

struct OtaBytes {
    model::OtaPackage package;
    Content bytes;  ///< Empty if there are none here.
};
Task<Result<OtaBytes>> load_ota_bytes(const Platform& platform, Caller caller,
                                      model::OtaPackageId id);

/// Packages that have bytes, of one profile and type if they are given. Errors: forbidden.
Task<Result<store::Page<model::OtaPackage>>> list_ota_packages(
    const Platform& platform, Caller caller, std::optional<model::DeviceProfileId> profile,
    std::optional<model::OtaPackageType> type, store::PageLink link);

}  // namespace thingstead::core
