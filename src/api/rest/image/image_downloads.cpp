// The bytes of images.
#include "api/rest/file_calls.h"
#include "api/rest/image/handlers.h"
#include "api/rest/json_text.h"
#include "core/entity/read.h"
#include "core/resource/resource_export.h"

namespace thingstead::api::image {
namespace {

/// Of a descriptor, or of the preview's part of one.
std::string descriptor_text(const json::value* descriptor, std::string_view member) {
    const json::object* members = descriptor ? descriptor->if_object() : nullptr;
    const json::value* value = members ? members->if_contains(member) : nullptr;
    const json::string* text = value ? value->if_string() : nullptr;
    return text ? std::string(*text) : std::string();
}

const json::value* preview_of(const json::value& descriptor) {
    const json::object* members = descriptor.if_object();
    return members ? members->if_contains("previewDescriptor") : nullptr;
}

FileAnswer image_answer(core::ResourceBytes image, model::FileKind kind) {
    FileAnswer answer;
    answer.bytes = std::move(image.bytes);
    answer.media_type = core::media_type_of(image.resource);
    answer.etag = image.resource.etag.value_or("");
    if (kind == model::FileKind::preview) {
        const json::value* preview = preview_of(image.resource.descriptor);
        const std::string etag = descriptor_text(preview, "etag");
        const std::string media_type = descriptor_text(preview, "mediaType");
        if (!etag.empty()) answer.etag = etag;
        if (!media_type.empty()) answer.media_type = media_type;
    }
    answer.file_name = image.resource.file_name;
    // Asked for again each time, and answered 304: a picture may be replaced under its link.
    answer.cache_control = "no-cache";
    return answer;
}

Task<Result<net::Reply>> answer_image(Call call, core::ResourceName name, model::FileKind kind) {
    std::string known = known_etag(call);
    Result<core::ResourceBytes> image = co_await core::download_resource(
        call.services.platform, call.caller, std::move(name), std::move(known), kind);
    if (!image) co_return image.error();
    const FileAnswer answer = image_answer(*std::move(image), kind);
    co_return file_reply(answer);
}

}  // namespace

Task<Result<net::Reply>> download_image(Call call) {
    Result<core::ResourceName> name = image_name(call);
    if (!name) co_return name.error();
    co_return co_await answer_image(std::move(call), *std::move(name), model::FileKind::content);
}

Task<Result<net::Reply>> download_preview(Call call) {
    Result<core::ResourceName> name = image_name(call);
    if (!name) co_return name.error();
    co_return co_await answer_image(std::move(call), *std::move(name), model::FileKind::preview);
}

Task<Result<net::Reply>> download_public(Call call) {
    core::ResourceName name;
    name.is_public = true;
    name.key = call.variable("publicResourceKey");
    co_return co_await answer_image(std::move(call), std::move(name), model::FileKind::content);
}

Task<Result<net::Reply>> export_image(Call call) {
    Result<core::ResourceName> name = image_name(call);
    if (!name) co_return name.error();
    const std::function<Result<model::ResourceExportData>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<model::ResourceExportData> {
        const auto image = core::load_resource(reader, call.caller, core::Operation::read,
                                               name->type, name->system, name->key);
        if (!image) return image.error();
        return core::export_resource(reader, *image);
    };
    const Result<model::ResourceExportData> exported =
        co_await core::read<model::ResourceExportData>(call.services.platform, work);
    if (!exported) co_return exported.error();
    co_return json_reply_of(*exported);
}

}  // namespace thingstead::api::image
