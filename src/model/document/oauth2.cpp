// Shapes of OAuth2.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr std::string_view mapper_type_names[] = {"BASIC", "CUSTOM", "GITHUB", "APPLE"};

constexpr std::string_view platform_type_names[] = {"WEB", "ANDROID", "IOS"};

constexpr Shape oauth2_table[] = {
    {.name = "MapperType",   .names = mapper_type_names  },
    {.name = "PlatformType", .names = platform_type_names},
};

}  // namespace

std::span<const Shape> oauth2_shapes() { return oauth2_table; }

}  // namespace thingstead::model
