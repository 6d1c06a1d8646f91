// Whatever is read has a name and a bounded number of resources, and a key that begins with its id.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/lwm2m/object_model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace thingstead::lwm2m;
    const auto model =
        parse_object_model(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!model) return 0;
    if (model->name.empty() || model->resources.size() > resources_max) std::abort();
    if (!model->key().starts_with(std::to_string(model->id) + "_")) std::abort();
    for (const ResourceModel& resource : model->resources)
        for (const char c : key_name(resource.name))
            if (c == ' ' || c == '_') std::abort();
    return 0;
}
