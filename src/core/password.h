// How passwords are kept.
#pragma once
#include <string>

#include "base/error.h"

namespace thingstead::core {

/// crypt(3) text of a password: yescrypt as the system sets it, for new passwords.
Result<std::string> hash_password(const std::string& password);
/// Whether `password` gives `hash`; bcrypt, yescrypt and what else crypt(3) knows. Takes ~100 ms.
bool verify_password(const std::string& password, const std::string& hash);

}  // namespace thingstead::core
