// Nodes of the interface that this server has nothing to work with for: they are known, so that
// chains with them can be imported and keep their configuration, but they do not start, and say
// why; messages that reach them fail.
#pragma once
#include <memory>

#include "rule/node.h"

namespace thingstead::rule {

/// A `make` that refuses. `Why` is a function, for a text that is a constant of its file.
template <std::string_view (*Why)()>
Result<std::unique_ptr<Node>> cannot_work(const json::value&, const NodeInfo&, NodeServices&) {
    return Error{ErrorCode::unsupported, std::string(Why())};
}

}  // namespace thingstead::rule
