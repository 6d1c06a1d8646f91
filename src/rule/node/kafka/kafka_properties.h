// Properties of a Kafka producer as configurations have them, by the names of Kafka's Java client,
// and what librdkafka calls them.
// Sources: "Producer Configs" of Apache Kafka's documentation; CONFIGURATION.md of librdkafka.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace thingstead::rule::kafka {

using Properties = std::vector<std::pair<std::string, std::string>>;

/// `properties` is an object of texts, numbers and booleans. Only names that are known here pass:
/// librdkafka has properties that load libraries or run commands.
/// Errors: invalid_argument - "otherProperties: …", which names the property.
Result<Properties> library_properties(const json::value& properties);

}  // namespace thingstead::rule::kafka
