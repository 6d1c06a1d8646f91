// Names of threads, as `top -H` and a debugger show them.
#pragma once
#include <string>

namespace thingstead::net {

/// Names the calling thread; the system keeps the first 15 bytes.
void name_this_thread(const std::string& name);

}  // namespace thingstead::net
