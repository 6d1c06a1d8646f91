// What this process is among others, for pages that show it.
#pragma once
#include <string>

namespace thingstead::core {

struct ServerFacts {
    std::string version;
    std::string service_id;
    bool monolith = true;     ///< There is no other process.
    std::string data_folder;  ///< Empty: nothing is kept on disk here.
};

}  // namespace thingstead::core
