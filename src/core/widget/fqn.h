// Names of widget types and bundles that never change: `cards.value_card`, and how clients say
// whose they are: `system.cards.value_card`, `tenant.my_widget`.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/ids.h"

namespace thingstead::core {

/// "My Widget (2)" → "my_widget_2_": lower case, and whatever is no letter, digit or `_` becomes
/// one
/// `_` a run.
std::string alias_of(std::string_view title);

/// The alias of `title`, or with the first number behind it with which `taken` says no. Errors:
/// those of `taken`; invalid_argument - none is free within a bounded number of tries.
Result<std::string> free_alias(std::string_view title,
                               const std::function<Result<bool>(const std::string&)>& taken);

struct ScopedFqn {
    std::optional<bool> system{};  ///< None: the name does not say.
    std::string fqn;
};
ScopedFqn parse_fqn(std::string_view text);
/// "system.…" or "tenant.…"
std::string scoped_fqn(model::TenantId owner, std::string_view fqn);

}  // namespace thingstead::core
