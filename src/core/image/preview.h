// Small pictures of images for lists. Decoding is done by libpng, TurboJPEG, libwebp and giflib;
// BMP by a few lines of our own. Takes up to a second: on a pool of threads (net::BlockingPool),
// and one at a time, for what is decoded may need 100 MB.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "protocol/image/image_info.h"

namespace thingstead::core {

/// Longest side of a preview, in pixels.
inline constexpr std::uint32_t preview_side_max = 250;
/// Most pixels that are decoded; looked at before anything is.
inline constexpr std::uint64_t decoded_pixels_max = 24'000'000;

struct Preview {
    std::string bytes;  ///< A PNG.
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};

/// Nullopt: the image is its own preview, for it is small, drawn by vectors, or of a kind that is
/// not decoded. Errors: too_large - more than decoded_pixels_max; malformed - it cannot be decoded.
Result<std::optional<Preview>> make_preview(std::string_view bytes,
                                            const thingstead::image::ImageInfo& info);

}  // namespace thingstead::core
