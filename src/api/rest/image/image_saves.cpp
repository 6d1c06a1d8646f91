// Storing, changing and deleting images.
#include "api/rest/entity_calls.h"
#include "api/rest/file_calls.h"
#include "api/rest/image/handlers.h"
#include "core/image/images.h"
#include "core/resource/resource_key.h"

namespace thingstead::api::image {
namespace {

using SavedImage = Result<core::Saved<model::TbResource>>;

/// An image as it was asked for, for the entry of a save that failed.
model::TbResource asked_image(std::string title, model::TbResourceId id = {}) {
    model::TbResource asked;
    asked.id = id;
    asked.title = std::move(title);
    asked.resource_type = model::ResourceType::image;
    return asked;
}

Task<Result<net::Reply>> answer_saved(Call call, model::TbResource asked, SavedImage saved) {
    co_await tell_saved(call.services, call.caller, std::move(asked), saved);
    if (!saved) co_return saved.error();
    co_return json_reply_of(saved->entity);
}

Result<core::NewImage> new_image(const FileForm& form, const SentFile& file) {
    core::NewImage image;
    image.title = form.text("title");
    image.file_name = file.name;
    const std::string sub_type = form.text("imageSubType");
    if (sub_type.empty()) return image;
    const auto known = enum_value<model::ResourceSubType>(sub_type);
    if (!known) return core::invalid("ResourceSubType \"" + sub_type + "\" is not supported!");
    image.sub_type = *known;
    return image;
}

}  // namespace

Task<Result<net::Reply>> upload_image(Call call) {
    const Result<FileForm> form = file_form(call);
    if (!form) co_return form.error();
    Result<SentFile> file = sent_file(*form);
    if (!file) co_return file.error();
    Result<core::NewImage> image = new_image(*form, *file);
    if (!image) co_return image.error();
    model::TbResource asked = asked_image(image->title.empty() ? file->name : image->title);
    SavedImage saved = co_await core::create_image(call.services.platform, call.caller,
                                                   *std::move(image), std::move(file->bytes));
    co_return co_await answer_saved(std::move(call), std::move(asked), std::move(saved));
}

Task<Result<net::Reply>> replace_image(Call call) {
    Result<core::ResourceName> name = image_name(call);
    if (!name) co_return name.error();
    const Result<FileForm> form = file_form(call);
    if (!form) co_return form.error();
    Result<SentFile> file = sent_file(*form);
    if (!file) co_return file.error();
    const Result<model::TbResource> stored =
        co_await core::find_resource(call.services.platform, call.caller, *name);
    if (!stored) co_return stored.error();
    SavedImage saved =
        co_await core::replace_image(call.services.platform, call.caller, *std::move(name),
                                     std::move(file->name), std::move(file->bytes));
    co_return co_await answer_saved(std::move(call), *stored, std::move(saved));
}

Task<Result<net::Reply>> save_image_info(Call call) {
    Result<core::ResourceName> name = image_name(call);
    if (!name) co_return name.error();
    Result<model::TbResource> wanted = call.body_as<model::TbResource>();
    if (!wanted) co_return wanted.error();
    const Result<model::TbResource> stored =
        co_await core::find_resource(call.services.platform, call.caller, *std::move(name));
    if (!stored) co_return stored.error();
    SavedImage saved = co_await core::save_resource_info(call.services.platform, call.caller,
                                                         stored->id, *std::move(wanted));
    co_return co_await answer_saved(std::move(call), *stored, std::move(saved));
}

Task<Result<net::Reply>> publish_image(Call call) {
    Result<core::ResourceName> name = image_name(call);
    if (!name) co_return name.error();
    const std::string& wanted = call.variable("isPublic");
    if (wanted != "true" && wanted != "false")
        co_return core::invalid("Parameter 'isPublic' is neither true nor false: \"" + wanted +
                                "\"");
    const bool is_public = wanted == "true";
    const Result<model::TbResource> stored =
        co_await core::find_resource(call.services.platform, call.caller, *name);
    if (!stored) co_return stored.error();
    SavedImage saved = co_await core::publish_image(call.services.platform, call.caller,
                                                    *std::move(name), is_public);
    co_return co_await answer_saved(std::move(call), *stored, std::move(saved));
}

Task<Result<net::Reply>> import_image(Call call) {
    Result<model::ResourceExportData> data = call.body_as<model::ResourceExportData>();
    if (!data) co_return data.error();
    model::TbResource asked = asked_image(data->title);
    SavedImage saved =
        co_await core::import_image(call.services.platform, call.caller, *std::move(data));
    co_return co_await answer_saved(std::move(call), std::move(asked), std::move(saved));
}

Task<Result<net::Reply>> remove_image(Call call) {
    Result<core::ResourceName> name = image_name(call);
    if (!name) co_return name.error();
    const Result<bool> force = call.flag("force", false);
    if (!force) co_return force.error();
    const Result<core::RemovedResource> removed = co_await core::remove_resource(
        call.services.platform, call.caller, *std::move(name), *force);
    if (!removed) co_return removed.error();
    if (removed->removed) {
        core::AuditNote note = entity_note(model::ActionType::deleted, removed->resource);
        co_await audit(call.services, call.caller, std::move(note), removed);
        RuleEvent event = entity_event(model::msg_type::entity_deleted, removed->resource);
        co_await tell_rules(call.services, call.caller, std::move(event));
    }
    co_return removal_reply(*removed);
}

}  // namespace thingstead::api::image
