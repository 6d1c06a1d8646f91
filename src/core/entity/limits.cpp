#include "core/entity/limits.h"

#include <string>

namespace thingstead::core {

Result<json::object> profile_configuration(store::Reader& reader, model::TenantId tenant) {
    if (tenant == model::system_tenant) return json::object();
    const auto found = reader.find<model::Tenant>({
        {"id", tenant.uuid}
    });
    if (!found) return found.error();
    if (!*found) return json::object();
    auto profile = reader.find<model::TenantProfile>({
        {"id", (*found)->tenant_profile_id.uuid}
    });
    if (!profile) return profile.error();
    json::object* data = *profile ? (*profile)->profile_data.if_object() : nullptr;
    json::value* configuration = data ? data->if_contains("configuration") : nullptr;
    if (!configuration || !configuration->is_object()) return json::object();
    return std::move(configuration->get_object());
}

Result<std::int64_t> profile_limit(store::Reader& reader, model::TenantId tenant,
                                   std::string_view member) {
    const Result<json::object> configuration = profile_configuration(reader, tenant);
    if (!configuration) return configuration.error();
    const json::value* value = configuration->if_contains(member);
    if (!value || !value->is_number()) return std::int64_t{0};
    boost::system::error_code failed;
    const auto limit = value->to_number<std::int64_t>(failed);
    return failed ? std::int64_t{0} : limit;
}

Error limit_reached(model::EntityType type, std::int64_t limit) {
    return {ErrorCode::limit_reached,
            std::string(normal_name(type)) + "s limit reached",
            {},
            "\"entityType\":\"" + std::string(wire_name(type)) +
                "\",\"limit\":" + std::to_string(limit)};
}

}  // namespace thingstead::core
