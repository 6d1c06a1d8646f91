// What happens to a name that is taken: refused, or made unique by a suffix.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "core/entity/kind.h"
#include "store/entity_store.h"

namespace thingstead::core {

enum class NameConflict : std::uint8_t { fail, uniquify };
constexpr auto enum_names(NameConflict) {
    using namespace std::literals;
    return std::array{
        std::pair{NameConflict::fail,     "FAIL"sv    },
        std::pair{NameConflict::uniquify, "UNIQUIFY"sv}
    };
}

enum class UniquifyStrategy : std::uint8_t { random, incremental };
constexpr auto enum_names(UniquifyStrategy) {
    using namespace std::literals;
    return std::array{
        std::pair{UniquifyStrategy::random,      "RANDOM"sv     },
        std::pair{UniquifyStrategy::incremental, "INCREMENTAL"sv}
    };
}

struct NamePolicy {
    NameConflict conflict = NameConflict::fail;
    std::string separator = "_";
    UniquifyStrategy strategy = UniquifyStrategy::random;
};

/// `name`, or the first of its variants that is not taken. Errors: those of `taken`;
/// invalid_argument - none is free within a bounded number of tries.
Result<std::string> unique_name(const std::string& name, const NamePolicy& policy,
                                const std::function<Result<bool>(const std::string&)>& taken);

/// Changes the name of `entity` if another one of its tenant has it and the policy says so.
template <class T>
Result<> make_unique(store::Reader& reader, T& entity, const NamePolicy& policy) {
    if (policy.conflict == NameConflict::fail) return {};
    const auto rename = [&](std::string_view field, std::string& name) -> Result<> {
        Result<std::string> free =
            unique_name(name, policy, [&](const std::string& wanted) -> Result<bool> {
                const auto other = reader.find<T>({
                    {"tenantId", EntityKind<T>::tenant(entity).uuid},
                    {field,      wanted                            }
                });
                if (!other) return other.error();
                return *other && (*other)->id != entity.id;
            });
        if (!free) return free.error();
        name = *std::move(free);
        return {};
    };
    if constexpr (requires { entity.name; })
        return rename("name", entity.name);
    else if constexpr (requires { entity.title; })
        return rename("title", entity.title);
    else
        return {};
}

}  // namespace thingstead::core
