#include "core/widget/fqn.h"

#include "core/entity/kind.h"

namespace thingstead::core {
namespace {

constexpr int tries_max = 10'000;
constexpr std::string_view system_prefix = "system.";
constexpr std::string_view tenant_prefix = "tenant.";

}  // namespace

std::string alias_of(std::string_view title) {
    std::string out;
    bool in_run = false;
    for (const char c : title) {
        const bool is_upper = c >= 'A' && c <= 'Z';
        const bool is_word =
            is_upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        if (is_word)
            out += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
        else if (!in_run)
            out += '_';
        in_run = !is_word;
    }
    return out;
}

Result<std::string> free_alias(std::string_view title,
                               const std::function<Result<bool>(const std::string&)>& taken) {
    const std::string alias = alias_of(title);
    std::string wanted = alias;
    for (int i = 1; i <= tries_max; ++i) {
        const Result<bool> found = taken(wanted);
        if (!found) return found.error();
        if (!*found) return wanted;
        wanted = alias + std::to_string(i);
    }
    return invalid("No free alias for " + alias + " was found!");
}

ScopedFqn parse_fqn(std::string_view text) {
    if (text.starts_with(system_prefix))
        return {true, std::string(text.substr(system_prefix.size()))};
    if (text.starts_with(tenant_prefix))
        return {false, std::string(text.substr(tenant_prefix.size()))};
    return {std::nullopt, std::string(text)};
}

std::string scoped_fqn(model::TenantId owner, std::string_view fqn) {
    std::string out(owner == model::system_tenant ? system_prefix : tenant_prefix);
    return out.append(fqn);
}

}  // namespace thingstead::core
