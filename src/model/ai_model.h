// AI models: which model of which provider rule chains may ask, and how. Source: the interface's
// schema AiModel.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::model {

using AiModelId = Id<EntityType::ai_model>;

struct AiModel {
    AiModelId id;
    EpochMs created_time = 0;
    TenantId tenant_id;
    std::string name;           ///< Unique within the tenant.
    std::string provider;       ///< As in the configuration.
    std::string model_id;       ///< Likewise.
    json::value configuration;  ///< Of the shape AiModelConfig; has the provider's secrets.
    std::optional<AiModelId> external_id;
    std::optional<std::int64_t> version;
};
constexpr auto describe(const AiModel*) {
    using Field = AiModel;
    return fields(field("id", &Field::id),
                  field("createdTime", &Field::created_time, "", server_owned),
                  field("tenantId", &Field::tenant_id, "", server_owned),
                  field("name", &Field::name, "", searchable, short_text,
                        required_as("AI model name should be specified!")),
                  field("provider", &Field::provider, "", stored_only, searchable),
                  field("modelId", &Field::model_id, "", stored_only, searchable),
                  field("configuration", &Field::configuration, "", up_to(100'000),
                        of_schema("AiModelConfig"),
                        required_as("AI model configuration should be specified!")),
                  field("externalId", &Field::external_id, "", undocumented),
                  field("version", &Field::version));
}
constexpr std::string_view table_name(const AiModel*) { return "ai_model"; }

}  // namespace thingstead::model

namespace thingstead {
TS_JSON_ELSEWHERE(model::AiModel)
}  // namespace thingstead
