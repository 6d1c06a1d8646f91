// What every address of electronic mail has to look like.
#pragma once
#include <optional>
#include <string>

#include "base/error.h"

namespace thingstead::core {

/// Nothing and an empty text pass. Errors: invalid_argument - "Invalid email address format 'x'!"
Result<> check_email(const std::optional<std::string>& email);

}  // namespace thingstead::core
