// AI models as users manage them: what saving one asks for. Anybody of the tenant's administrators
// may read the provider's secrets that it has.
#pragma once
#include "core/ai/model_config.h"
#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "core/platform.h"
#include "model/ai_model.h"
#include "net/task.h"

namespace thingstead::core {

template <>
struct EntityRules<model::AiModel> {
    static Result<> prepare(Save<model::AiModel>& save);
};

/// For logs and messages: the provider's secrets are left out of the configuration.
model::AiModel without_secrets(model::AiModel model);

}  // namespace thingstead::core
