// What kind of image some bytes are and how large it is, from its first bytes alone: nothing is
// decoded. Sources: PNG (ISO 15948), JPEG (ITU T.81 annex B), GIF89a, WebP (RFC 9649), BMP as
// Windows writes it, ICO likewise, SVG 1.1.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace thingstead::image {

enum class Format : std::uint8_t { png, jpeg, gif, webp, bmp, ico, svg };

struct ImageInfo {
    Format format;
    /// In pixels, 1 to side_max; of an SVG that does not say, 0.
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};

inline constexpr std::uint32_t side_max = 65'535;

/// "image/png"
std::string_view media_type(Format format);
/// "png"
std::string_view extension(Format format);

/// Errors: unsupported - none of these formats; malformed - one of them, but its head is cut off or
/// says nonsense.
Result<ImageInfo> read_image_info(std::string_view bytes);

}  // namespace thingstead::image
