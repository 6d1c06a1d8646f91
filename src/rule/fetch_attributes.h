// Attributes of every scope and latest values, added to messages: what the nodes for originators
// and for related devices have in common.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "rule/message_body.h"
#include "rule/node.h"
#include "rule/pattern.h"

namespace thingstead::rule {

struct AttributesConfig {
    std::vector<std::string> client, shared, server, latest;
    bool tell_absent = true;
    bool latest_with_ts = false;
    std::optional<MsgPart> fetch_to = MsgPart::metadata;
};
constexpr auto describe(const AttributesConfig*) {
    return fields(field("clientAttributeNames", &AttributesConfig::client,
                        "Patterns of keys, added as cs_…."),
                  field("sharedAttributeNames", &AttributesConfig::shared,
                        "Patterns of keys, added as shared_…."),
                  field("serverAttributeNames", &AttributesConfig::server,
                        "Patterns of keys, added as ss_…."),
                  field("latestTsKeyNames", &AttributesConfig::latest,
                        "Patterns of keys of telemetry, added as they are."),
                  field("tellFailureIfAbsent", &AttributesConfig::tell_absent,
                        "A message for which a key is missing fails."),
                  field("getLatestValueWithTs", &AttributesConfig::latest_with_ts,
                        "Add latest values with their time."),
                  field("fetchTo", &AttributesConfig::fetch_to, "DATA or METADATA."));
}

class AttributesFetcher {
  public:
    /// Errors: invalid_argument - no `fetchTo`.
    static Result<AttributesFetcher> make(const AttributesConfig& config);

    /// Adds what there is of `from`, an entity of the message's tenant. Errors: not_found - with
    /// the keys that are missing, if that is told; what was found is added all the same.
    Task<Result<>> enrich(NodeServices& services, Visit& visit, model::EntityId from) const;

  private:
    AttributesFetcher() = default;

    std::vector<Pattern> client_, shared_, server_, latest_;
    bool tell_absent_ = true;
    bool latest_with_ts_ = false;
    MsgPart part_ = MsgPart::metadata;
};

/// 0 → 1: `fetchToData` became `fetchTo`.
Result<> upgrade_attributes(std::int32_t from, json::object& configuration);

}  // namespace thingstead::rule
