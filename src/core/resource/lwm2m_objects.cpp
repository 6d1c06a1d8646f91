#include "core/resource/lwm2m_objects.h"

#include <algorithm>

#include "protocol/lwm2m/object_model.h"

namespace thingstead::core {
namespace {

using model::TbResource;

constexpr std::size_t keys_max = 1'000;

Lwm2mObject object_of(const lwm2m::ObjectModel& model) {
    Lwm2mObject out;
    out.id = model.id;
    out.key_id = model.key();
    out.name = model.name;
    out.multiple = model.multiple;
    out.mandatory = model.mandatory;
    Lwm2mInstance instance;
    for (const lwm2m::ResourceModel& resource : model.resources)
        if (resource.readable())
            instance.resources.push_back(
                {resource.id, resource.name, false, false, false, lwm2m::key_name(resource.name)});
    out.instances.push_back(std::move(instance));
    return out;
}

Result<Lwm2mObject> read_object(store::Reader& reader, const TbResource& resource) {
    const Result<std::string> xml = read_file(reader, resource.id.uuid, model::FileKind::content);
    if (!xml) return xml.error();
    const auto model = lwm2m::parse_object_model(*xml);
    if (!model) return invalid(model.error().message);
    return object_of(*model);
}

void sort_objects(std::vector<Lwm2mObject>& objects, Lwm2mOrder order) {
    std::stable_sort(objects.begin(), objects.end(), [&](const auto& left, const auto& right) {
        const Lwm2mObject& a = order.descending ? right : left;
        const Lwm2mObject& b = order.descending ? left : right;
        return order.by_name ? a.name < b.name : a.id < b.id;
    });
}

store::Filter models_of(const Caller& caller) {
    const std::vector<model::TenantId> tenants = {caller.tenant, model::system_tenant};
    return {
        store::one_of("tenantId", tenants),
        {"resourceType", std::string(enum_name(model::ResourceType::lwm2m_model))}
    };
}

/// Of two models with one key only the tenant's.
void drop_overridden(std::vector<TbResource>& models) {
    std::stable_sort(models.begin(), models.end(), [](const TbResource& a, const TbResource& b) {
        if (a.resource_key != b.resource_key) return a.resource_key < b.resource_key;
        return a.tenant_id != model::system_tenant && b.tenant_id == model::system_tenant;
    });
    const auto same = [](const TbResource& a, const TbResource& b) {
        return a.resource_key == b.resource_key;
    };
    models.erase(std::unique(models.begin(), models.end(), same), models.end());
}

Result<std::vector<Lwm2mObject>> read_objects(store::Reader& reader, std::vector<TbResource> models,
                                              Lwm2mOrder order) {
    drop_overridden(models);
    std::vector<Lwm2mObject> objects;
    for (const TbResource& each : models) {
        Result<Lwm2mObject> object = read_object(reader, each);
        if (!object) return object.error();
        objects.push_back(*std::move(object));
    }
    sort_objects(objects, order);
    return objects;
}

}  // namespace

Task<Result<std::vector<Lwm2mObject>>> lwm2m_objects(const Platform& platform, Caller caller,
                                                     std::vector<std::string> keys,
                                                     Lwm2mOrder order) {
    if (Result<> allowed = check(caller, Operation::read, Resource::tb_resource); !allowed)
        co_return allowed.error();
    if (keys.size() > keys_max) co_return invalid("Too many object ids!");
    store::Filter filter = models_of(caller);
    std::vector<store::Cell> cells(keys.begin(), keys.end());
    filter.emplace_back("resourceKey", store::Compare::one_of, std::move(cells));
    const std::function<Result<std::vector<Lwm2mObject>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::vector<Lwm2mObject>> {
        Result<std::vector<TbResource>> models = reader.all<TbResource>(filter);
        if (!models) return models.error();
        return read_objects(reader, *std::move(models), order);
    };
    co_return co_await read<std::vector<Lwm2mObject>>(platform, work);
}

Task<Result<std::vector<Lwm2mObject>>> lwm2m_object_page(const Platform& platform, Caller caller,
                                                         store::PageLink link, Lwm2mOrder order) {
    if (Result<> allowed = check(caller, Operation::read, Resource::tb_resource); !allowed)
        co_return allowed.error();
    const store::Filter filter = models_of(caller);
    const std::function<Result<std::vector<Lwm2mObject>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::vector<Lwm2mObject>> {
        Result<store::Page<TbResource>> models = reader.page<TbResource>(filter, link);
        if (!models) return models.error();
        return read_objects(reader, std::move(models->data), order);
    };
    co_return co_await read<std::vector<Lwm2mObject>>(platform, work);
}

}  // namespace thingstead::core
