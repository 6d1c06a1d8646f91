#include "core/resource/resources.h"

#include <algorithm>

#include "core/resource/checksum.h"
#include "core/resource/resource_key.h"
#include "protocol/lwm2m/object_model.h"

namespace thingstead::core {
namespace {

using model::FileKind;
using model::ResourceType;
using model::TbResource;

bool is_replaceable(ResourceType type) {
    return type == ResourceType::js_module || type == ResourceType::image ||
           type == ResourceType::dashboard || type == ResourceType::general;
}

/// Key, title and search text of a model are what it defines.
Result<> read_definition(TbResource& resource, const std::string& xml) {
    const auto model = lwm2m::parse_object_model(xml);
    if (!model) return invalid(model.error().message);
    resource.resource_key = model->key();
    resource.title = model->name + " id=" + std::to_string(model->id) + " v" + model->version;
    resource.search_text = model->key() + ":" + model->name;
    return {};
}

Result<> complete(TbResource& resource, const std::optional<TbResource>& before,
                  const std::optional<ResourceFile>& file) {
    if (before) {
        if (file && !is_replaceable(before->resource_type))
            return invalid("This type of resource can't be updated");
        resource.resource_type = before->resource_type;
        resource.resource_key = before->resource_key;
        resource.data_size = before->data_size;
        resource.etag = before->etag;
        resource.search_text = before->search_text;
        if (resource.file_name.empty()) resource.file_name = before->file_name;
        if (before->resource_type == ResourceType::lwm2m_model) resource.title = before->title;
    } else {
        if (!file) return invalid("Resource data should be specified!");
        if (resource.resource_key.empty()) resource.resource_key = resource.file_name;
        if (resource.resource_type == ResourceType::lwm2m_model)
            if (Result<> read = read_definition(resource, *file->bytes); !read) return read;
    }
    if (file) {
        resource.data_size = static_cast<std::int64_t>(file->bytes->size());
        resource.etag = file->etag;
    }
    return {};
}

Result<> write_files(store::Transaction& transaction, const TbResource& resource,
                     const ResourceFile& file) {
    const Uuid id = resource.id.uuid;
    if (Result<> done =
            write_file(transaction, resource.tenant_id, id, FileKind::content, *file.bytes);
        !done)
        return done;
    return write_file(transaction, resource.tenant_id, id, FileKind::preview,
                      file.preview ? std::string_view(*file.preview) : std::string_view());
}

Result<TbResource> load_public(store::Reader& reader, const std::string& key) {
    auto found = reader.find<TbResource>({
        {"publicResourceKey", key                                        },
        {"resourceType",      std::string(enum_name(ResourceType::image))},
        {"public",            true                                       }
    });
    if (!found) return found.error();
    if (!*found) return item_not_found();
    show_links(**found);
    return **std::move(found);
}

Result<TbResource> load_named(store::Reader& reader, const Caller& caller, Operation operation,
                              const ResourceName& name) {
    if (name.is_public) return load_public(reader, name.key);
    if (name.id) return load_resource(reader, caller, operation, *name.id);
    return load_resource(reader, caller, operation, name.type, name.system, name.key);
}

/// The member `name` of the preview's part of an image's descriptor.
std::string preview_etag(const TbResource& resource) {
    const json::object* image = resource.descriptor.if_object();
    const json::value* preview = image ? image->if_contains("previewDescriptor") : nullptr;
    const json::object* members = preview ? preview->if_object() : nullptr;
    const json::value* etag = members ? members->if_contains("etag") : nullptr;
    const json::string* text = etag ? etag->if_string() : nullptr;
    return text ? std::string(*text) : resource.etag.value_or("");
}

std::vector<store::Cell> listed_types(const ResourceListFilter& filter) {
    std::vector<store::Cell> cells;
    for (const auto& [type, name] : enum_names(ResourceType{})) {
        const bool hidden = type == ResourceType::js_module || type == ResourceType::image ||
                            type == ResourceType::dashboard;
        if (filter.type ? *filter.type == type : !hidden) cells.emplace_back(std::string(name));
    }
    return cells;
}

}  // namespace

Task<Result<ResourceFile>> resource_file(const Platform& platform, Content bytes) {
    const std::function<Result<std::string>()> work = [bytes]() -> Result<std::string> {
        return sha256_hex(*bytes);
    };
    Result<std::string> etag = co_await on_file_threads<std::string>(platform, work);
    if (!etag) co_return etag.error();
    ResourceFile file;
    file.bytes = std::move(bytes);
    file.etag = *std::move(etag);
    co_return file;
}

Result<Saved<TbResource>> save_resource_in(store::Transaction& transaction, const Caller& caller,
                                           EpochMs now_ms, TbResource resource,
                                           const std::optional<ResourceFile>& file,
                                           EntityChange& change) {
    std::optional<TbResource> before;
    if (resource.id.uuid != Uuid{}) {
        Result<TbResource> stored =
            load_resource(transaction, caller, Operation::write, resource.id);
        if (!stored) return stored.error();
        before = *std::move(stored);
    }
    if (Result<> done = complete(resource, before, file); !done) return done.error();
    Result<Saved<TbResource>> saved =
        save_in(transaction, caller, now_ms, std::move(resource), change);
    if (!saved) return saved;
    if (file)
        if (Result<> written = write_files(transaction, saved->entity, *file); !written)
            return written.error();
    show_links(saved->entity);
    return saved;
}

Task<Result<Saved<TbResource>>> save_resource(const Platform& platform, Caller caller,
                                              TbResource resource,
                                              std::optional<ResourceFile> file) {
    EntityChange change{ChangeKind::updated, caller.tenant, resource.id};
    const std::function<Result<Saved<TbResource>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return save_resource_in(transaction, caller, platform.clock.now_ms(), resource, file,
                                    change);
        };
    Result<Saved<TbResource>> saved = co_await write<Saved<TbResource>>(platform, work);
    if (saved) platform.events.publish(change);
    co_return saved;
}

Task<Result<Saved<TbResource>>> save_resource_info(const Platform& platform, Caller caller,
                                                   model::TbResourceId id, TbResource wanted) {
    EntityChange change{ChangeKind::updated, caller.tenant, id};
    const std::function<Result<Saved<TbResource>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Saved<TbResource>> {
        Result<TbResource> stored = load_resource(transaction, caller, Operation::write, id);
        if (!stored) return stored.error();
        stored->title = wanted.title;
        if (stored->resource_type == ResourceType::general && wanted.descriptor.is_object())
            stored->descriptor = wanted.descriptor;
        return save_resource_in(transaction, caller, platform.clock.now_ms(), *std::move(stored),
                                std::nullopt, change);
    };
    Result<Saved<TbResource>> saved = co_await write<Saved<TbResource>>(platform, work);
    if (saved) platform.events.publish(change);
    co_return saved;
}

Task<Result<TbResource>> find_resource(const Platform& platform, Caller caller, ResourceName name,
                                       Operation operation) {
    const std::function<Result<TbResource>(store::Reader&)> work = [&](store::Reader& reader) {
        return load_named(reader, caller, operation, name);
    };
    co_return co_await read<TbResource>(platform, work);
}

Task<Result<ResourceBytes>> download_resource(const Platform& platform, Caller caller,
                                              ResourceName name, std::string known_etag,
                                              FileKind kind) {
    const std::function<Result<ResourceBytes>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<ResourceBytes> {
        Result<TbResource> resource = load_named(reader, caller, Operation::read, name);
        if (!resource) return resource.error();
        ResourceBytes out{*std::move(resource)};
        const std::string etag =
            kind == FileKind::content ? out.resource.etag.value_or("") : preview_etag(out.resource);
        if (!etag.empty() && etag == known_etag) return out;
        const Uuid id = out.resource.id.uuid;
        Result<std::string> bytes = read_file(reader, id, kind);
        if (bytes && bytes->empty() && kind == FileKind::preview)
            bytes = read_file(reader, id, FileKind::content);
        if (!bytes) return bytes.error();
        out.bytes = content_of(*std::move(bytes));
        return out;
    };
    co_return co_await read<ResourceBytes>(platform, work);
}

Task<Result<RemovedResource>> remove_resource(const Platform& platform, Caller caller,
                                              ResourceName name, bool force) {
    EntityChange change{ChangeKind::deleted, caller.tenant,
                        model::EntityId(model::EntityType::tb_resource, Uuid{})};
    const std::function<Result<RemovedResource>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<RemovedResource> {
        Result<TbResource> resource = load_named(transaction, caller, Operation::remove, name);
        if (!resource) return resource.error();
        RemovedResource out{*std::move(resource)};
        if (!force) {
            Result<References> references = find_references(transaction, out.resource);
            if (!references) return references.error();
            out.references = *std::move(references);
            if (!out.references.empty()) return out;
        }
        if (Result<> done =
                remove_in(transaction, caller, platform.clock.now_ms(), out.resource, change);
            !done)
            return done.error();
        out.removed = true;
        return out;
    };
    Result<RemovedResource> removed = co_await write<RemovedResource>(platform, work);
    if (removed && removed->removed) platform.events.publish(change);
    co_return removed;
}

Task<Result<store::Page<TbResource>>> list_resources(const Platform& platform, Caller caller,
                                                     ResourceListFilter filter,
                                                     store::PageLink link) {
    using Kind = EntityKind<TbResource>;
    if (Result<> allowed = check(caller, Operation::read, Kind::resource()); !allowed)
        co_return allowed.error();
    std::vector<model::TenantId> tenants;
    if (filter.with_tenant) tenants.push_back(caller.tenant);
    if (filter.with_system && caller.tenant != model::system_tenant)
        tenants.push_back(model::system_tenant);
    store::Filter rows{
        store::one_of("tenantId", tenants),
        {"resourceType", store::Compare::one_of, listed_types(filter)}
    };
    if (filter.sub_type)
        rows.emplace_back("resourceSubType", std::string(enum_name(*filter.sub_type)));
    const std::function<Result<store::Page<TbResource>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<store::Page<TbResource>> {
        Result<store::Page<TbResource>> page = reader.page<TbResource>(rows, link);
        if (page)
            for (TbResource& each : page->data) show_links(each);
        return page;
    };
    co_return co_await read<store::Page<TbResource>>(platform, work);
}

std::string media_type_of(const TbResource& resource) {
    switch (resource.resource_type) {
        case ResourceType::lwm2m_model: return "application/xml";
        case ResourceType::jks:         return "application/x-java-keystore";
        case ResourceType::pkcs_12:     return "application/x-pkcs12";
        case ResourceType::js_module:   return "application/javascript";
        case ResourceType::dashboard:   return "application/json";
        case ResourceType::image:
        case ResourceType::general:     break;
    }
    const json::object* members = resource.descriptor.if_object();
    const json::value* type = members ? members->if_contains("mediaType") : nullptr;
    const json::string* text = type ? type->if_string() : nullptr;
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '.' || c == '+' || c == '-';
    };
    if (!text || text->empty() || !std::all_of(text->begin(), text->end(), is_plain) ||
        std::count(text->begin(), text->end(), '/') != 1)
        return "application/octet-stream";
    return std::string(*text);
}

}  // namespace thingstead::core
