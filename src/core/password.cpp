#include "core/password.h"

#include <crypt.h>

#include "core/crypto.h"

namespace thingstead::core {

Result<std::string> hash_password(const std::string& password) {
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    if (!crypt_gensalt_rn("$y$", 0, nullptr, 0, setting, sizeof setting))
        return Error{ErrorCode::internal, "password cannot be hashed", "crypt_gensalt_rn"};
    crypt_data data{};
    const char* hash = crypt_rn(password.c_str(), setting, &data, sizeof data);
    if (!hash) return Error{ErrorCode::internal, "password cannot be hashed", "crypt_rn"};
    return std::string(hash);
}

bool verify_password(const std::string& password, const std::string& hash) {
    // A text with NUL would be compared only up to it.
    if (password.find('\0') != std::string::npos) return false;
    crypt_data data{};
    const char* again = crypt_rn(password.c_str(), hash.c_str(), &data, sizeof data);
    return again && equal_secret(again, hash);
}

}  // namespace thingstead::core
