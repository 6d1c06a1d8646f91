// The kinds of nodes as the interface lists them.
#pragma once
#include <span>
#include <vector>

#include "core/component_catalogue.h"
#include "rule/node.h"

namespace thingstead::rule {

/// `created_ms`: since when they are said to be there.
std::vector<core::Component> components_of(std::span<const NodeDescriptor* const> descriptors,
                                           EpochMs created_ms);

}  // namespace thingstead::rule
