// RuleChainMetaData: the document that is stored with a chain and answered by the interface.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/json.h"
#include "model/ids.h"

namespace thingstead::rule {

struct NodeDocument {
    std::optional<model::RuleNodeId> id;
    std::string type;
    std::string name;
    std::int32_t configuration_version = 0;
    json::value configuration;
};
constexpr auto describe(const NodeDocument*) {
    return fields(field("id", &NodeDocument::id), field("type", &NodeDocument::type),
                  field("name", &NodeDocument::name),
                  field("configurationVersion", &NodeDocument::configuration_version),
                  field("configuration", &NodeDocument::configuration));
}

struct ConnectionDocument {
    std::int64_t from_index = -1;
    std::int64_t to_index = -1;
    std::string type;
};
constexpr auto describe(const ConnectionDocument*) {
    return fields(field("fromIndex", &ConnectionDocument::from_index),
                  field("toIndex", &ConnectionDocument::to_index),
                  field("type", &ConnectionDocument::type));
}

struct ChainDocument {
    std::optional<std::int64_t> first_node_index;
    std::vector<NodeDocument> nodes;
    std::vector<ConnectionDocument> connections;
};
constexpr auto describe(const ChainDocument*) {
    return fields(field("firstNodeIndex", &ChainDocument::first_node_index),
                  field("nodes", &ChainDocument::nodes),
                  field("connections", &ChainDocument::connections));
}

}  // namespace thingstead::rule
