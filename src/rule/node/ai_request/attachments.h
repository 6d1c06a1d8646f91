// What a request to a model takes from the store: the model, and resources that go with the prompt.
#pragma once
#include <memory>
#include <vector>

#include "core/ai/chat.h"
#include "model/ai_model.h"
#include "rule/node.h"

namespace thingstead::rule::ai_request {

/// Of all resources of a request together.
inline constexpr std::size_t attachments_bytes_max = std::size_t{20} << 20;

struct Attached {
    core::AiModelConfig model{};
    std::vector<core::ChatContent> contents{};
};

/// The tenant's model and resources, as they are now. Errors: not_found - of one of them;
/// invalid_argument - the model's configuration, a resource that is not of type GENERAL, a text
/// that is none; too_large - attachments_bytes_max.
Task<Result<Attached>> attached(NodeServices& services, model::TenantId tenant,
                                model::AiModelId model, std::vector<Uuid> resources);

}  // namespace thingstead::rule::ai_request
