// Nodes that only tests have.
#pragma once
#include <vector>

#include "rule/node.h"

namespace thingstead::rule::testing {

/// "test.Answer" {"relation":"x"}: goes that way; "test.Fork" {"relations":["x","y"]};
/// "test.Fail" {"text":"x"}: fails; "test.Throw": throws; "test.Limit": is over a rate limit;
/// "test.Mark" {"text":"x"}: appends to the metadata `marks`, then Success;
/// "test.Save": writes the metadata `marks` as telemetry of that key, awaiting a task first;
/// "test.Refuse": cannot be made.
std::vector<const NodeDescriptor*> test_nodes();

}  // namespace thingstead::rule::testing
