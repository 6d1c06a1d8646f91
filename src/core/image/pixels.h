// Decoded images, for preview.cpp.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thingstead::core {

/// Rows from the top, four bytes a pixel: red, green, blue, opacity.
struct Pixels {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::vector<std::uint8_t> rgba;

    Pixels() = default;
    Pixels(std::uint32_t w, std::uint32_t h) : width(w), height(h), rgba(std::size_t{w} * h * 4) {}
};

struct Size {
    std::uint32_t width, height;
};

/// The decoders may already make the image smaller, but not than `target`. Errors: malformed.
Result<Pixels> decode_png(std::string_view bytes);
Result<Pixels> decode_jpeg(std::string_view bytes, Size target);
Result<Pixels> decode_webp(std::string_view bytes, Size target);
/// The first picture.
Result<Pixels> decode_gif(std::string_view bytes);
/// Of 8, 24 and 32 bits a pixel, not compressed. Errors: unsupported - another kind.
Result<Pixels> decode_bmp(std::string_view bytes);

/// Each pixel is the mean of those it stands for. `target` is not larger than `from`.
Pixels scaled_down(const Pixels& from, Size target);
Result<std::string> encode_png(const Pixels& pixels);

}  // namespace thingstead::core
