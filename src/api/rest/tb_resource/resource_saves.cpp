// Storing, changing and deleting resources.
#include "api/rest/entity_calls.h"
#include "api/rest/file_calls.h"
#include "api/rest/tb_resource/handlers.h"
#include "core/crypto.h"
#include "core/image/images.h"
#include "core/resource/resource_key.h"

namespace thingstead::api::tb_resource {
namespace {

using SavedResource = Result<core::Saved<model::TbResource>>;

/// Stores the resource with new bytes; those of images are looked at.
Task<SavedResource> save_with_bytes(Call call, model::TbResource resource, core::Content bytes) {
    const core::Platform& platform = call.services.platform;
    // Before a hash of it is taken: may the caller store resources at all?
    const core::Operation operation =
        resource.id.uuid == Uuid{} ? core::Operation::create : core::Operation::write;
    if (Result<> allowed = core::check(call.caller, operation, core::Resource::tb_resource);
        !allowed)
        co_return allowed.error();
    std::optional<core::ResourceFile> file;
    if (bytes && resource.resource_type == model::ResourceType::image) {
        Result<core::ImageFile> image = co_await core::image_file(platform, std::move(bytes));
        if (!image) co_return image.error();
        resource.descriptor = std::move(image->descriptor);
        if (!resource.resource_sub_type) resource.resource_sub_type = model::ResourceSubType::image;
        file = std::move(image->file);
    } else if (bytes) {
        Result<core::ResourceFile> plain = co_await core::resource_file(platform, std::move(bytes));
        if (!plain) co_return plain.error();
        file = *std::move(plain);
    }
    co_return co_await core::save_resource(platform, call.caller, std::move(resource),
                                           std::move(file));
}

Task<Result<net::Reply>> answer_saved(Call call, model::TbResource asked, SavedResource saved) {
    co_await tell_saved(call.services, call.caller, std::move(asked), saved);
    if (!saved) co_return saved.error();
    co_return json_reply_of(saved->entity);
}

/// The bytes of the JSON form. Null: none are sent.
Result<core::Content> base64_member(const json::value& body) {
    const json::object* members = body.if_object();
    const json::value* data = members ? members->if_contains("data") : nullptr;
    if (!data || data->is_null()) return core::Content();
    const json::string* text = data->if_string();
    std::optional<std::string> bytes = text ? core::base64_decode(*text) : std::nullopt;
    if (!bytes) return core::invalid("Resource data is not in base64!");
    if (bytes->empty()) return core::Content();
    return core::content_of(*std::move(bytes));
}

/// A new resource says its type; that of a stored one never changes.
Result<> require_type(const json::value& body) {
    const json::object* members = body.if_object();
    const json::value* type = members ? members->if_contains("resourceType") : nullptr;
    if (type && !type->is_null()) return {};
    return core::invalid("Resource type should be specified!");
}

Result<model::TbResource> resource_of_form(const FileForm& form, const SentFile& file) {
    model::TbResource resource;
    const std::string type = form.text("resourceType");
    if (type.empty()) return core::invalid("Resource type should be specified!");
    const Result<model::ResourceType> known = resource_type_of(type);
    if (!known) return known.error();
    resource.resource_type = *known;
    resource.title = form.text("title");
    if (resource.title.empty()) resource.title = file.name;
    resource.file_name = file.name;
    if (const std::string text = form.text("resourceSubType"); !text.empty()) {
        const Result<model::ResourceSubType> sub_type = sub_type_of(text);
        if (!sub_type) return sub_type.error();
        resource.resource_sub_type = *sub_type;
    }
    if (const std::string text = form.text("descriptor"); !text.empty()) {
        Result<json::value> descriptor = parse_json(text);
        if (!descriptor) return descriptor.error();
        resource.descriptor = *std::move(descriptor);
    } else if (resource.resource_type == model::ResourceType::general && !file.media_type.empty()) {
        resource.descriptor = json::object{
            {"mediaType", file.media_type}
        };
    }
    return resource;
}

}  // namespace

Task<Result<net::Reply>> save_resource(Call call) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    Result<model::TbResource> resource = from_json<model::TbResource>(*body);
    if (!resource) co_return resource.error();
    resource->public_resource_key.reset();
    Result<core::Content> bytes = base64_member(*body);
    if (!bytes) co_return bytes.error();
    if (resource->id.uuid == Uuid{}) {
        if (Result<> typed = require_type(*body); !typed) co_return typed.error();
    } else {
        core::ResourceName name;
        name.id = resource->id;
        const Result<model::TbResource> stored = co_await core::find_resource(
            call.services.platform, call.caller, std::move(name), core::Operation::write);
        if (!stored) co_return stored.error();
        resource->resource_type = stored->resource_type;
        resource->public_resource_key = stored->public_resource_key;
        if (resource->descriptor.is_null()) resource->descriptor = stored->descriptor;
    }
    const model::TbResource asked = *resource;
    SavedResource saved = co_await save_with_bytes(call, *std::move(resource), *std::move(bytes));
    co_return co_await answer_saved(std::move(call), asked, std::move(saved));
}

Task<Result<net::Reply>> upload_resource(Call call) {
    const Result<FileForm> form = file_form(call);
    if (!form) co_return form.error();
    Result<SentFile> file = sent_file(*form);
    if (!file) co_return file.error();
    Result<model::TbResource> resource = resource_of_form(*form, *file);
    if (!resource) co_return resource.error();
    const model::TbResource asked = *resource;
    SavedResource saved =
        co_await save_with_bytes(call, *std::move(resource), std::move(file->bytes));
    co_return co_await answer_saved(std::move(call), asked, std::move(saved));
}

Task<Result<net::Reply>> replace_data(Call call) {
    const auto id = call.id<model::TbResourceId>("id");
    if (!id) co_return id.error();
    const Result<FileForm> form = file_form(call);
    if (!form) co_return form.error();
    Result<SentFile> file = sent_file(*form);
    if (!file) co_return file.error();
    core::ResourceName name;
    name.id = *id;
    Result<model::TbResource> stored = co_await core::find_resource(
        call.services.platform, call.caller, std::move(name), core::Operation::write);
    if (!stored) co_return stored.error();
    const model::TbResource asked = *stored;
    if (!file->name.empty()) stored->file_name = file->name;
    if (stored->resource_type == model::ResourceType::general && !file->media_type.empty())
        stored->descriptor = json::object{
            {"mediaType", file->media_type}
        };
    SavedResource saved =
        co_await save_with_bytes(call, *std::move(stored), std::move(file->bytes));
    co_return co_await answer_saved(std::move(call), asked, std::move(saved));
}

Task<Result<net::Reply>> save_info(Call call) {
    const auto id = call.id<model::TbResourceId>("id");
    if (!id) co_return id.error();
    Result<model::TbResource> wanted = call.body_as<model::TbResource>();
    if (!wanted) co_return wanted.error();
    model::TbResource asked = *wanted;
    asked.id = *id;
    SavedResource saved = co_await core::save_resource_info(call.services.platform, call.caller,
                                                            *id, *std::move(wanted));
    co_return co_await answer_saved(std::move(call), std::move(asked), std::move(saved));
}

Task<Result<net::Reply>> remove_resource(Call call) {
    const auto id = call.id<model::TbResourceId>("resourceId");
    if (!id) co_return id.error();
    const Result<bool> force = call.flag("force", false);
    if (!force) co_return force.error();
    core::ResourceName name;
    name.id = *id;
    const Result<core::RemovedResource> removed = co_await core::remove_resource(
        call.services.platform, call.caller, std::move(name), *force);
    if (!removed) {
        core::AuditNote failed = note_of(model::ActionType::deleted, model::EntityId(*id));
        co_await audit(call.services, call.caller, std::move(failed), removed);
        co_return removed.error();
    }
    if (removed->removed) {
        core::AuditNote note = entity_note(model::ActionType::deleted, removed->resource);
        co_await audit(call.services, call.caller, std::move(note), removed);
        RuleEvent event = entity_event(model::msg_type::entity_deleted, removed->resource);
        co_await tell_rules(call.services, call.caller, std::move(event));
    }
    co_return removal_reply(*removed);
}

}  // namespace thingstead::api::tb_resource
