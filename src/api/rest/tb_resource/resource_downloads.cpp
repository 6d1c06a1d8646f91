// The bytes of resources.
#include "api/rest/file_calls.h"
#include "api/rest/json_text.h"
#include "api/rest/tb_resource/handlers.h"
#include "core/crypto.h"
#include "core/entity/kind.h"

namespace thingstead::api::tb_resource {
namespace {

FileAnswer resource_answer(core::ResourceBytes found, bool with_etag) {
    FileAnswer answer;
    answer.bytes = std::move(found.bytes);
    answer.media_type = core::media_type_of(found.resource);
    answer.file_name = found.resource.file_name;
    if (with_etag) {
        answer.etag = found.resource.etag.value_or("");
        answer.cache_control = "no-cache";
    }
    return answer;
}

Task<Result<net::Reply>> answer_if_changed(Call call, core::ResourceName name) {
    std::string known = known_etag(call);
    Result<core::ResourceBytes> found = co_await core::download_resource(
        call.services.platform, call.caller, std::move(name), std::move(known));
    if (!found) co_return found.error();
    const FileAnswer answer = resource_answer(*std::move(found), true);
    co_return file_reply(answer);
}

/// Of a route that is for one type only.
Task<Result<net::Reply>> answer_typed(Call call, model::ResourceType type) {
    const auto id = call.id<model::TbResourceId>("resourceId");
    if (!id) co_return id.error();
    core::ResourceName name;
    name.id = *id;
    const Result<model::TbResource> found =
        co_await core::find_resource(call.services.platform, call.caller, name);
    if (!found) co_return found.error();
    if (found->resource_type != type) co_return core::item_not_found();
    co_return co_await answer_if_changed(std::move(call), std::move(name));
}

}  // namespace

Task<Result<net::Reply>> download_resource(Call call) {
    const auto id = call.id<model::TbResourceId>("resourceId");
    if (!id) co_return id.error();
    core::ResourceName name;
    name.id = *id;
    Result<core::ResourceBytes> found =
        co_await core::download_resource(call.services.platform, call.caller, std::move(name), {});
    if (!found) co_return found.error();
    const FileAnswer answer = resource_answer(*std::move(found), false);
    co_return file_reply(answer);
}

Task<Result<net::Reply>> download_lwm2m(Call call) {
    return answer_typed(std::move(call), model::ResourceType::lwm2m_model);
}
Task<Result<net::Reply>> download_jks(Call call) {
    return answer_typed(std::move(call), model::ResourceType::jks);
}
Task<Result<net::Reply>> download_pkcs12(Call call) {
    return answer_typed(std::move(call), model::ResourceType::pkcs_12);
}
Task<Result<net::Reply>> download_js(Call call) {
    return answer_typed(std::move(call), model::ResourceType::js_module);
}

Task<Result<net::Reply>> download_by_key(Call call) {
    Result<core::ResourceName> name = resource_name(call);
    if (!name) co_return name.error();
    co_return co_await answer_if_changed(std::move(call), *std::move(name));
}

Task<Result<net::Reply>> get_resource(Call call) {
    const auto id = call.id<model::TbResourceId>("resourceId");
    if (!id) co_return id.error();
    core::ResourceName name;
    name.id = *id;
    const Result<core::ResourceBytes> found =
        co_await core::download_resource(call.services.platform, call.caller, std::move(name), {});
    if (!found) co_return found.error();
    std::string body = "{";
    append_members(body, found->resource);
    body += ",\"data\":";
    append_text(body, core::base64(*found->bytes));
    body += ",\"preview\":null}";
    co_return json_reply(std::move(body));
}

}  // namespace thingstead::api::tb_resource
