// Definitions of LwM2M objects: the DDF files of OMA and others (`<LWM2M><Object …>`).
// Source: OMA LwM2M 1.0 and 1.1, schema LWM2M.xsd and LWM2M-v1_1.xsd.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thingstead::lwm2m {

struct ResourceModel {
    std::uint16_t id = 0;
    std::string name;
    std::string operations;  ///< "R", "W", "RW", "E" or nothing.
    bool multiple = false;
    bool mandatory = false;
    std::string type;  ///< "String", "Integer", …; empty: there is nothing to read or write.
    std::string range;
    std::string units;

    bool readable() const { return operations.find('R') != std::string::npos; }
};

struct ObjectModel {
    std::uint16_t id = 0;
    std::string version = "1.0";
    std::string name;
    bool multiple = false;
    bool mandatory = false;
    std::vector<ResourceModel> resources;  ///< In the order of the file.

    /// "3_1.2"
    std::string key() const { return std::to_string(id) + "_" + version; }
};

/// Largest number of resources of an object.
inline constexpr std::size_t resources_max = 4'096;

/// The first object of a file. Whatever is not known is skipped.
/// Errors: malformed - no XML, a document type is declared, or no object with an id and a name.
Result<ObjectModel> parse_object_model(std::string_view xml);

/// "Battery Level" → "batteryLevel": the name as a key of telemetry.
std::string key_name(std::string_view name);

}  // namespace thingstead::lwm2m
