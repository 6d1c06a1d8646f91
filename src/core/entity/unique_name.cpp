#include "core/entity/unique_name.h"

#include "base/random.h"

namespace thingstead::core {
namespace {

constexpr int tries_max = 10'000;
constexpr std::size_t random_characters = 6;

}  // namespace

Result<std::string> unique_name(const std::string& name, const NamePolicy& policy,
                                const std::function<Result<bool>(const std::string&)>& taken) {
    std::string wanted = name;
    for (int i = 1; i <= tries_max; ++i) {
        const Result<bool> found = taken(wanted);
        if (!found) return found.error();
        if (!*found) return wanted;
        wanted =
            name + policy.separator +
            (policy.strategy == UniquifyStrategy::random ? random_alphanumeric(random_characters)
                                                         : std::to_string(i));
    }
    return invalid("No free name for " + name + " was found!");
}

}  // namespace thingstead::core
