#include "rule/node/ai_request/attachments.h"

#include <functional>
#include <string>

#include "core/ai/model_config.h"
#include "core/resource/files.h"
#include "core/resource/resources.h"
#include "model/resource.h"
#include "rule/entity_reads.h"

namespace thingstead::rule::ai_request {
namespace {

Error missing(const char* noun, const Uuid& id) {
    return {ErrorCode::not_found,
            std::string(noun) + " with id [" + id.to_string() + "] is not found"};
}

/// What JSON takes as a text: UTF-8.
bool is_text(const std::string& bytes) {
    return parse_json(json::serialize(json::value(bytes))).has_value();
}

Result<core::ChatContent> content_of(store::Reader& reader, model::TenantId tenant, const Uuid& id,
                                     std::size_t& bytes_left) {
    const auto found = find_own<model::TbResource>(reader, tenant, id);
    if (!found) return found.error();
    if (!*found) return missing("Resource", id);
    const model::TbResource& resource = **found;
    if (resource.resource_type != model::ResourceType::general)
        return Error{ErrorCode::invalid_argument,
                     "Resource \"" + resource.title + "\" is not of type GENERAL!"};
    Result<std::string> bytes =
        core::read_file(reader, id, model::FileKind::content, 0, bytes_left + 1);
    if (!bytes) return bytes.error();
    if (bytes->size() > bytes_left)
        return Error{ErrorCode::too_large, "The resources of the request are too large!"};
    bytes_left -= bytes->size();
    core::ChatContent content;
    content.media_type = core::media_type_of(resource);
    content.file_name = resource.file_name;
    content.data = *std::move(bytes);
    if (content.media_type == "application/pdf")
        content.kind = core::ChatContent::Kind::pdf;
    else if (content.media_type.starts_with("image/"))
        content.kind = core::ChatContent::Kind::image;
    else if (!is_text(content.data))
        return Error{ErrorCode::invalid_argument,
                     "Resource \"" + resource.title + "\" is neither a text, a PDF nor an image!"};
    return content;
}

Result<Attached> read_attached(store::Reader& reader, model::TenantId tenant,
                               model::AiModelId model, const std::vector<Uuid>& resources) {
    const auto found = find_own<model::AiModel>(reader, tenant, model.uuid);
    if (!found) return found.error();
    if (!*found) return missing("AI model", model.uuid);
    Result<core::AiModelConfig> config = core::ai_model_config((*found)->configuration);
    if (!config) return config.error();
    Attached out{*std::move(config), {}};
    std::size_t bytes_left = attachments_bytes_max;
    for (const Uuid& each : resources) {
        Result<core::ChatContent> content = content_of(reader, tenant, each, bytes_left);
        if (!content) return content.error();
        out.contents.push_back(*std::move(content));
    }
    return out;
}

}  // namespace

Task<Result<Attached>> attached(NodeServices& services, model::TenantId tenant,
                                model::AiModelId model, std::vector<Uuid> resources) {
    const std::function<Result<Attached>(store::Reader&)> work = [&](store::Reader& reader) {
        return read_attached(reader, tenant, model, resources);
    };
    co_return co_await read_entities<Attached>(services, work);
}

}  // namespace thingstead::rule::ai_request
