#include "core/image/images.h"

#include "core/image/preview.h"
#include "core/resource/checksum.h"
#include "core/resource/resource_key.h"
#include "protocol/image/image_info.h"

namespace thingstead::core {
namespace {

using model::ResourceType;
using model::TbResource;

json::object descriptor_of(std::string_view media_type, std::uint32_t width, std::uint32_t height,
                           std::size_t bytes, const std::string& etag) {
    return {
        {"mediaType", media_type},
        {"width",     width     },
        {"height",    height    },
        {"size",      bytes     },
        {"etag",      etag      }
    };
}

Result<ImageFile> look_at(const Content& bytes) {
    const auto info = thingstead::image::read_image_info(*bytes);
    if (!info) return invalid(info.error().message);
    Result<std::optional<Preview>> preview = make_preview(*bytes, *info);
    if (!preview) return invalid(preview.error().message);
    ImageFile out;
    out.extension = extension(info->format);
    out.file.bytes = bytes;
    out.file.etag = sha256_hex(*bytes);
    json::object descriptor = descriptor_of(media_type(info->format), info->width, info->height,
                                            bytes->size(), out.file.etag);
    if (*preview) {
        Preview& made = **preview;
        descriptor["previewDescriptor"] = descriptor_of("image/png", made.width, made.height,
                                                        made.bytes.size(), sha256_hex(made.bytes));
        out.file.preview = content_of(std::move(made.bytes));
    } else {
        json::object own = descriptor;
        descriptor["previewDescriptor"] = std::move(own);
    }
    out.descriptor = std::move(descriptor);
    return out;
}

TbResource resource_of_image(const NewImage& image, const ImageFile& file) {
    TbResource out;
    out.resource_type = ResourceType::image;
    out.resource_sub_type = image.sub_type;
    out.file_name = image.file_name.empty() ? "image." + file.extension : image.file_name;
    out.title = image.title.empty() ? out.file_name : image.title;
    out.is_public = image.is_public;
    out.descriptor = file.descriptor;
    return out;
}

}  // namespace

Task<Result<ImageFile>> image_file(const Platform& platform, Content bytes) {
    const std::function<Result<ImageFile>()> work = [bytes] { return look_at(bytes); };
    co_return co_await on_file_threads<ImageFile>(platform, work);
}

Task<Result<Saved<TbResource>>> create_image(const Platform& platform, Caller caller,
                                             NewImage image, Content bytes) {
    if (Result<> allowed = check(caller, Operation::create, core::Resource::tb_resource); !allowed)
        co_return allowed.error();
    Result<ImageFile> file = co_await image_file(platform, std::move(bytes));
    if (!file) co_return file.error();
    TbResource resource = resource_of_image(image, *file);
    co_return co_await save_resource(platform, std::move(caller), std::move(resource),
                                     std::move(file->file));
}

Task<Result<Saved<TbResource>>> replace_image(const Platform& platform, Caller caller,
                                              ResourceName name, std::string file_name,
                                              Content bytes) {
    Result<TbResource> stored =
        co_await find_resource(platform, caller, std::move(name), Operation::write);
    if (!stored) co_return stored.error();
    if (stored->resource_type != ResourceType::image) co_return item_not_found();
    Result<ImageFile> file = co_await image_file(platform, std::move(bytes));
    if (!file) co_return file.error();
    if (!file_name.empty()) stored->file_name = std::move(file_name);
    stored->descriptor = std::move(file->descriptor);
    co_return co_await save_resource(platform, std::move(caller), *std::move(stored),
                                     std::move(file->file));
}

Task<Result<Saved<TbResource>>> publish_image(const Platform& platform, Caller caller,
                                              ResourceName name, bool is_public) {
    Result<TbResource> stored =
        co_await find_resource(platform, caller, std::move(name), Operation::write);
    if (!stored) co_return stored.error();
    stored->is_public = is_public;
    co_return co_await save_resource(platform, std::move(caller), *std::move(stored), std::nullopt);
}

Task<Result<Saved<TbResource>>> import_image(const Platform& platform, Caller caller,
                                             model::ResourceExportData data) {
    if (Result<> allowed = check(caller, Operation::create, core::Resource::tb_resource); !allowed)
        co_return allowed.error();
    data.type = ResourceType::image;
    Result<ImportedResource> imported = imported_resource(data);
    if (!imported) co_return imported.error();
    Result<ImageFile> file = co_await image_file(platform, imported->bytes);
    if (!file) co_return file.error();
    imported->resource.descriptor = std::move(file->descriptor);
    if (!imported->resource.resource_sub_type)
        imported->resource.resource_sub_type = model::ResourceSubType::image;
    EntityChange change{ChangeKind::created, caller.tenant,
                        model::EntityId(model::EntityType::tb_resource, Uuid{})};
    const std::optional<ResourceFile> content = std::move(file->file);
    const std::function<Result<Saved<TbResource>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Saved<TbResource>> {
        Result<std::optional<TbResource>> same =
            find_same(transaction, caller, ResourceType::image, content->etag);
        if (!same) return same.error();
        if (*same) return Saved<TbResource>{**std::move(same)};
        return save_resource_in(transaction, caller, platform.clock.now_ms(), imported->resource,
                                content, change);
    };
    Result<Saved<TbResource>> saved = co_await write<Saved<TbResource>>(platform, work);
    if (saved && saved->created) platform.events.publish(change);
    co_return saved;
}

}  // namespace thingstead::core
