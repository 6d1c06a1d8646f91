// Checksums of files, as clients write them.
#pragma once
#include <string>
#include <string_view>

#include "model/ota_package.h"

namespace thingstead::core {

/// Lower-case hexadecimal. CRC32 and the Murmur hashes (seed 0) have their lowest byte first.
std::string checksum(model::ChecksumAlgorithm algorithm, std::string_view bytes);

/// What resources have for an ETag.
inline std::string sha256_hex(std::string_view bytes) {
    return checksum(model::ChecksumAlgorithm::sha256, bytes);
}

}  // namespace thingstead::core
