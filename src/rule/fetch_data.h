// What the enrichment nodes have in common: attributes, latest values or fields of some entity,
// put into a message under other names.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rule/message_body.h"
#include "rule/node.h"
#include "rule/pattern.h"

namespace thingstead::rule {

enum class FetchedData : std::uint8_t { attributes, latest_telemetry, fields };
constexpr auto enum_names(FetchedData) {
    using namespace std::literals;
    return std::array{
        std::pair{FetchedData::attributes,       "ATTRIBUTES"sv      },
        std::pair{FetchedData::latest_telemetry, "LATEST_TELEMETRY"sv},
        std::pair{FetchedData::fields,           "FIELDS"sv          }
    };
}

/// Configuration of nodes that fetch by a mapping; a part of theirs.
struct FetchConfig {
    std::optional<FetchedData> data_to_fetch = FetchedData::attributes;
    json::value data_mapping = json::object{
        {"alarmThreshold", "threshold"}
    };
    std::optional<MsgPart> fetch_to = MsgPart::metadata;
};
constexpr auto describe(const FetchConfig*) {
    return fields(field("dataToFetch", &FetchConfig::data_to_fetch,
                        "ATTRIBUTES of the server scope, LATEST_TELEMETRY or FIELDS."),
                  field("dataMapping", &FetchConfig::data_mapping,
                        "From keys of the entity to keys of the message; both are patterns."),
                  field("fetchTo", &FetchConfig::fetch_to, "DATA or METADATA."));
}

/// Source and target of one value.
using KeyMapping = std::vector<std::pair<std::string, std::string>>;
/// A configured object of texts. Errors: invalid_argument - it is none, or empty.
Result<KeyMapping> mapping_of(const json::value& configured, std::string_view field);

/// The text at a path of names in a document: a scalar as its text, anything else as JSON text.
/// Nullopt: nothing is there.
std::optional<std::string> field_text(const json::object& document, std::string_view path,
                                      bool ignore_null);

/// Old configurations: `telemetry` (a boolean or its text) and `attrMapping` became `dataToFetch`
/// and `dataMapping`; `fetchTo` came. Errors: malformed - they are not there.
Result<> upgrade_fetch(json::object& configuration);

/// Fetches for messages as it was configured.
class DataFetcher {
  public:
    /// Errors: invalid_argument - FIELDS without `with_fields`, no mapping, no `fetchTo`.
    static Result<DataFetcher> make(const FetchConfig& config, bool with_fields);

    MsgPart part() const { return part_; }
    /// What is fetched of `from`, an entity of the message's tenant, into `target`. `source` and
    /// `target` are the caller's, who awaits.
    Task<Result<>> fetch(NodeServices& services, model::TenantId tenant, model::EntityId from,
                         const PatternSource& source, FetchTarget& target) const;

  private:
    DataFetcher(FetchedData what, MsgPart part) : what_(what), part_(part) {}
    Task<Result<>> attributes(NodeServices& services, model::EntityId from, KeyMapping keys,
                              FetchTarget& target) const;
    Task<Result<>> latest(NodeServices& services, model::EntityId from, KeyMapping keys,
                          FetchTarget& target) const;
    Task<Result<>> fields(NodeServices& services, model::TenantId tenant, model::EntityId from,
                          KeyMapping keys, FetchTarget& target) const;

    FetchedData what_;
    MsgPart part_;
    std::vector<std::pair<Pattern, Pattern>> mapping_;
};

/// The entity whose data a message gets; an entity of its tenant. Called within a read.
using EntityFinder = std::function<Result<model::EntityId>(store::Reader& reader, const Visit&)>;

/// A node that adds what is fetched of the entity that is found to each message. No finder: of the
/// tenant. Errors: as DataFetcher::make().
Result<std::unique_ptr<Node>> fetching_node(const FetchConfig& config, bool with_fields,
                                            EntityFinder find, NodeServices& services);

}  // namespace thingstead::rule
