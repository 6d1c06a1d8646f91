// The root element of an SVG. For image_info.cpp.
#pragma once
#include <optional>
#include <string_view>

#include "base/error.h"
#include "protocol/image/image_info.h"

namespace thingstead::image {

/// Nullopt: the text does not begin as an XML document whose root is `svg`.
/// Errors: malformed - it does, but declares entities, or its first tag does not end.
Result<std::optional<ImageInfo>> read_svg_info(std::string_view text);

}  // namespace thingstead::image
