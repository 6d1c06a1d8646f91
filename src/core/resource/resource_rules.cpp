#include "core/resource/resource_rules.h"

#include "base/random.h"
#include "core/resource/files.h"
#include "core/resource/resource_key.h"

namespace thingstead::core {
namespace {

using model::ResourceType;
using model::TbResource;

constexpr std::size_t public_key_characters = 32;

Result<> check_sizes(Save<TbResource>& save) {
    const TbResource& resource = save.entity;
    const std::int64_t before = save.before ? save.before->data_size : 0;
    if (resource.data_size == before && save.before) return {};
    const Result<std::int64_t> most =
        profile_limit(save.transaction, resource.tenant_id, "maxResourceSize");
    if (!most) return most.error();
    if (*most > 0 && resource.data_size > *most)
        return invalid("Resource exceeds the maximum size of " + shown_size(*most));
    return check_total_size<TbResource>(save.transaction, resource.tenant_id, "maxResourcesInBytes",
                                        resource.data_size - before);
}

Result<> find_key(Save<TbResource>& save) {
    TbResource& resource = save.entity;
    const bool is_model = resource.resource_type == ResourceType::lwm2m_model;
    if (is_model) return {};  // its key is what it defines: a second one is refused
    resource.resource_key = linkable(resource.resource_key);
    const std::function<Result<bool>(const std::string&)> taken =
        [&](const std::string& key) -> Result<bool> {
        const Result<std::int64_t> count = save.transaction.count<TbResource>({
            {"tenantId",     resource.tenant_id.uuid                       },
            {"resourceType", std::string(enum_name(resource.resource_type))},
            {"resourceKey",  key                                           }
        });
        if (!count) return count.error();
        return *count > 0;
    };
    Result<std::string> key = free_key(resource.resource_key, taken);
    if (!key) return key.error();
    resource.resource_key = *std::move(key);
    return {};
}

bool is_shown_to_customers(ResourceType type) {
    return type == ResourceType::js_module || type == ResourceType::image ||
           type == ResourceType::dashboard;
}

Result<> check_customer(const Caller& caller, const TbResource& resource) {
    if (caller.is(model::Authority::customer_user) &&
        !is_shown_to_customers(resource.resource_type))
        return permission_denied();
    return {};
}

}  // namespace

Result<> EntityRules<TbResource>::prepare(Save<TbResource>& save) {
    TbResource& resource = save.entity;
    if (save.before) {
        resource.resource_type = save.before->resource_type;
        resource.resource_key = save.before->resource_key;
    } else {
        if (Result<> fits = check_file_key(resource.resource_key); !fits) return fits;
        if (Result<> found = find_key(save); !found) return found;
    }
    if (resource.resource_type == ResourceType::image && !resource.public_resource_key)
        resource.public_resource_key = random_alphanumeric(public_key_characters);
    return check_sizes(save);
}

Result<> EntityRules<TbResource>::removing(Removal<TbResource>& removal) {
    return remove_files(removal.transaction, removal.entity.id.uuid);
}

Result<TbResource> load_resource(store::Reader& reader, const Caller& caller, Operation operation,
                                 model::TbResourceId id) {
    Result<TbResource> resource = load<TbResource>(reader, caller, operation, id);
    if (!resource) return resource;
    if (Result<> allowed = check_customer(caller, *resource); !allowed) return allowed.error();
    show_links(*resource);
    return resource;
}

Result<TbResource> load_resource(store::Reader& reader, const Caller& caller, Operation operation,
                                 ResourceType type, bool system, const std::string& key) {
    const model::TenantId tenant = system ? model::system_tenant : caller.tenant;
    auto found = reader.find<TbResource>({
        {"tenantId",     tenant.uuid                 },
        {"resourceType", std::string(enum_name(type))},
        {"resourceKey",  key                         }
    });
    if (!found) return found.error();
    if (!*found) return item_not_found();
    if (Result<> allowed = check(reader, caller, operation, subject_of(**found)); !allowed)
        return allowed.error();
    if (Result<> allowed = check_customer(caller, **found); !allowed) return allowed.error();
    show_links(**found);
    return **std::move(found);
}

std::string shown_size(std::int64_t bytes) {
    constexpr std::string_view units[] = {" bytes", " KB", " MB", " GB"};
    std::size_t unit = 0;
    for (; bytes >= 1024 && unit + 1 < std::size(units); ++unit) bytes /= 1024;
    return std::to_string(bytes) + std::string(units[unit]);
}

}  // namespace thingstead::core
