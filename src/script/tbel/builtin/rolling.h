// Rolling arguments of calculated fields, as scripts see them.
#pragma once
#include "script/tbel/run.h"

namespace thingstead::script::tbel {

Value from_rolling(Run& run, const RollingArgument& argument);
/// {timeWindow, values}: what leaves the script.
Value rolling_as_map(Run& run, const Rolling& rolling);

}  // namespace thingstead::script::tbel
