#include "core/ai/ai_models.h"

#include <string_view>

namespace thingstead::core {
namespace {

constexpr std::string_view secret_members[] = {
    "apiKey", "personalAccessToken", "serviceAccountKey", "secretAccessKey", "password", "token",
};

void drop_secrets(json::value& from) {
    json::object* members = from.if_object();
    if (!members) return;
    for (const std::string_view name : secret_members) members->erase(name);
    for (auto& each : *members) drop_secrets(each.value());
}

}  // namespace

Result<> EntityRules<model::AiModel>::prepare(Save<model::AiModel>& save) {
    model::AiModel& entity = save.entity;
    const Result<AiModelConfig> config = ai_model_config(entity.configuration);
    if (!config) return config.error();
    entity.configuration.as_object()["modelType"] = "CHAT";
    entity.provider = std::string(enum_name(config->provider));
    entity.model_id = config->model_id;
    return {};
}

model::AiModel without_secrets(model::AiModel model) {
    drop_secrets(model.configuration);
    return model;
}

}  // namespace thingstead::core
