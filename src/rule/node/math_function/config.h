// The configuration of the math function node.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/describe.h"
#include "base/json.h"

namespace thingstead::rule::math_function {

inline constexpr std::size_t arguments_max = 16;
inline constexpr std::int32_t decimals_max = 300;

enum class Place : std::uint8_t { attribute, time_series, body, metadata, constant };
constexpr auto enum_names(Place) {
    using namespace std::literals;
    return std::array{
        std::pair{Place::attribute,   "ATTRIBUTE"sv       },
        std::pair{Place::time_series, "TIME_SERIES"sv     },
        std::pair{Place::body,        "MESSAGE_BODY"sv    },
        std::pair{Place::metadata,    "MESSAGE_METADATA"sv},
        std::pair{Place::constant,    "CONSTANT"sv        }
    };
}

struct Argument {
    std::string name;
    Place type = Place::body;
    std::string key;
    std::optional<std::string> scope;
    std::optional<double> otherwise;
};
constexpr auto describe(const Argument*) {
    return fields(field("name", &Argument::name, "Name in the formula."),
                  field("type", &Argument::type, "Where it is read."),
                  field("key", &Argument::key, "A pattern; of a constant its number."),
                  field("attributeScope", &Argument::scope, "Of an attribute."),
                  field("defaultValue", &Argument::otherwise, "If it is missing."));
}

struct Target {
    Place type = Place::body;
    std::string key;
    std::int32_t decimals = 2;
    bool to_body = false;
    bool to_metadata = false;
    std::optional<std::string> scope;
};
constexpr auto describe(const Target*) {
    return fields(field("type", &Target::type, "Where the result is written."),
                  field("key", &Target::key, "A pattern."),
                  field("resultValuePrecision", &Target::decimals, "Decimals; 0: an integer.",
                        between(0, decimals_max)),
                  field("addToBody", &Target::to_body, "Also into the data."),
                  field("addToMetadata", &Target::to_metadata, "Also into the metadata."),
                  field("attributeScope", &Target::scope, "Of an attribute."));
}

struct Config {
    std::string operation = "CUSTOM";
    std::vector<Argument> arguments;
    std::optional<std::string> formula;
    Target result;
};
constexpr auto describe(const Config*) {
    return fields(field("operation", &Config::operation, "What is computed."),
                  field("arguments", &Config::arguments, "Of what."),
                  field("customFunction", &Config::formula, "The formula of CUSTOM."),
                  field("result", &Config::result, "Where to."));
}

inline json::value new_configuration() {
    Config config;
    config.formula = "(x - 32) / 1.8";
    config.arguments.push_back({"x", Place::body, "temperature", std::nullopt, std::nullopt});
    config.result.key = "temperatureCelsius";
    return to_json(config);
}

}  // namespace thingstead::rule::math_function
