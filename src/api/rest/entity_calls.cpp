#include "api/rest/entity_calls.h"

namespace thingstead::api {
namespace {

template <NamedEnum E>
Result<E> named(const Call& call, std::string_view parameter, std::string_view noun, E otherwise) {
    const std::optional<std::string> text = call.parameter(parameter);
    if (!text) return otherwise;
    if (const std::optional<E> value = enum_value<E>(*text)) return *value;
    return core::invalid(std::string(noun) + " \"" + *text + "\" is not supported!");
}

}  // namespace

Result<core::SaveOptions> save_options(const Call& call) {
    core::SaveOptions options;
    const auto conflict =
        named(call, "nameConflictPolicy", "NameConflictPolicy", core::NameConflict::fail);
    if (!conflict) return conflict.error();
    const auto strategy =
        named(call, "uniquifyStrategy", "UniquifyStrategy", core::UniquifyStrategy::random);
    if (!strategy) return strategy.error();
    options.name_policy.conflict = *conflict;
    options.name_policy.strategy = *strategy;
    if (auto separator = call.parameter("uniquifySeparator"))
        options.name_policy.separator = *std::move(separator);
    return options;
}

}  // namespace thingstead::api
