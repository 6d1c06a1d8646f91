// The LwM2M objects that a tenant's profiles may use, from its models and the installation's.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/resource/resources.h"

namespace thingstead::core {

struct Lwm2mResourceObserve {
    std::int32_t id = 0;
    std::string name;
    bool observe = false;
    bool attribute = false;
    bool telemetry = false;
    std::string key_name;
};
constexpr auto describe(const Lwm2mResourceObserve*) {
    using T = Lwm2mResourceObserve;
    return fields(field("id", &T::id), field("name", &T::name), field("observe", &T::observe),
                  field("attribute", &T::attribute), field("telemetry", &T::telemetry),
                  field("keyName", &T::key_name));
}

struct Lwm2mInstance {
    std::int32_t id = 0;
    std::vector<Lwm2mResourceObserve> resources;  ///< Those that can be read.
};
constexpr auto describe(const Lwm2mInstance*) {
    return fields(field("id", &Lwm2mInstance::id), field("resources", &Lwm2mInstance::resources, "",
                                                         of_schema("LwM2mResourceObserve")));
}

struct Lwm2mObject {
    std::int32_t id = 0;
    std::string key_id;
    std::string name;
    bool multiple = false;
    bool mandatory = false;
    std::vector<Lwm2mInstance> instances;
};
constexpr auto describe(const Lwm2mObject*) {
    using T = Lwm2mObject;
    return fields(field("id", &T::id), field("keyId", &T::key_id), field("name", &T::name),
                  field("multiple", &T::multiple), field("mandatory", &T::mandatory),
                  field("instances", &T::instances, "", of_schema("LwM2mInstance")));
}

struct Lwm2mOrder {
    bool by_name = false;  ///< Else by id.
    bool descending = false;
};

/// The objects with these keys ("3_1.2"); the tenant's definition goes before the installation's.
/// Keys that are not there are left out.
Task<Result<std::vector<Lwm2mObject>>> lwm2m_objects(const Platform& platform, Caller caller,
                                                     std::vector<std::string> keys,
                                                     Lwm2mOrder order);
/// Those of a page of models. `link` is sorted by what models have.
Task<Result<std::vector<Lwm2mObject>>> lwm2m_object_page(const Platform& platform, Caller caller,
                                                         store::PageLink link, Lwm2mOrder order);

}  // namespace thingstead::core
