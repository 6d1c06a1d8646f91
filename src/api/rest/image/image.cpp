// Images: lists and descriptions. And the table of all routes of images.
#include "api/rest/image/handlers.h"
#include "api/rest/json_text.h"
#include "core/resource/resource_key.h"

namespace thingstead::api::image {
namespace {

Task<Result<net::Reply>> get_image_info(Call call) {
    Result<core::ResourceName> name = image_name(call);
    if (!name) co_return name.error();
    const Result<model::TbResource> found =
        co_await core::find_resource(call.services.platform, call.caller, *std::move(name));
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

Result<core::ResourceListFilter> image_list_filter(const Call& call) {
    core::ResourceListFilter filter;
    filter.type = model::ResourceType::image;
    const Result<bool> with_system = call.flag("includeSystemImages", false);
    if (!with_system) return with_system.error();
    filter.with_system = *with_system;
    filter.sub_type = model::ResourceSubType::image;
    if (const std::optional<std::string> text = call.parameter("imageSubType")) {
        filter.sub_type = enum_value<model::ResourceSubType>(*text);
        if (!filter.sub_type)
            return core::invalid("ResourceSubType \"" + *text + "\" is not supported!");
    }
    return filter;
}

Task<Result<net::Reply>> list_images(Call call) {
    Result<core::ResourceListFilter> filter = image_list_filter(call);
    if (!filter) co_return filter.error();
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const Result<store::Page<model::TbResource>> page = co_await core::list_resources(
        call.services.platform, call.caller, *std::move(filter), *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/image",
     .allowed = allow::administrators,
     .handler = &upload_image,
     .summary = "Stores an image",
     .body = BodyKind::multipart,
     .answer = "TbResourceInfo"},
    {.method = put,
     .pattern = "/api/image/import",
     .allowed = allow::administrators,
     .handler = &import_image,
     .summary = "Stores an image as it was exported",
     .body = BodyKind::json,
     .answer = "TbResourceInfo",
     .takes = "ResourceExportData"},
    {.method = get,
     .pattern = "/api/images",
     .allowed = allow::administrators,
     .handler = &list_images,
     .summary = "A page of images",
     .parameters =
         "pageSize!,page!,imageSubType,includeSystemImages,textSearch,sortProperty,sortOrder", .answer = "PageData<TbResourceInfo>"},
    {.method = get,
     .pattern = "/api/images/public/{publicResourceKey}",
     .allowed = allow::everyone,
     .handler = &download_public,
     .summary = "An image that is public"},
    {.method = get,
     .pattern = "/api/images/{type}/{key}",
     .allowed = allow::users,
     .handler = &download_image,
     .summary = "An image"},
    {.method = put,
     .pattern = "/api/images/{type}/{key}",
     .allowed = allow::administrators,
     .handler = &replace_image,
     .summary = "Replaces the picture of an image; its links stay",
     .body = BodyKind::multipart,
     .answer = "TbResourceInfo"},
    {.method = del,
     .pattern = "/api/images/{type}/{key}",
     .allowed = allow::administrators,
     .handler = &remove_image,
     .summary = "Deletes an image unless something shows it",
     .parameters = "force",
     .answer = "TbImageDeleteResult"},
    {.method = get,
     .pattern = "/api/images/{type}/{key}/export",
     .allowed = allow::administrators,
     .handler = &export_image,
     .summary = "An image as a document for another installation",
     .answer = "ResourceExportData"},
    {.method = get,
     .pattern = "/api/images/{type}/{key}/info",
     .allowed = allow::administrators,
     .handler = &get_image_info,
     .summary = "What is known of an image",
     .answer = "TbResourceInfo"},
    {.method = put,
     .pattern = "/api/images/{type}/{key}/info",
     .allowed = allow::administrators,
     .handler = &save_image_info,
     .summary = "Changes the title of an image",
     .body = BodyKind::json,
     .answer = "TbResourceInfo",
     .takes = "TbResourceInfo"},
    {.method = get,
     .pattern = "/api/images/{type}/{key}/preview",
     .allowed = allow::users,
     .handler = &download_preview,
     .summary = "A small picture of an image"},
    {.method = put,
     .pattern = "/api/images/{type}/{key}/public/{isPublic}",
     .allowed = allow::administrators,
     .handler = &publish_image,
     .summary = "Makes an image public, or no longer",
     .answer = "TbResourceInfo"},
};

}  // namespace

Result<core::ResourceName> image_name(const Call& call) {
    const Result<bool> system = core::is_system_scope(call.variable("type"));
    if (!system) return system.error();
    core::ResourceName name;
    name.type = model::ResourceType::image;
    name.system = *system;
    name.key = call.variable("key");
    return name;
}

extern const Resource descriptor{"image", "Images and SCADA symbols.", routes};

}  // namespace thingstead::api::image
