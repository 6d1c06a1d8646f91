#include "core/image/preview.h"

#include <algorithm>

#include "core/image/pixels.h"

namespace thingstead::core {
namespace {

using thingstead::image::Format;
using thingstead::image::ImageInfo;

Size preview_size(const ImageInfo& info) {
    const std::uint64_t longest = std::max(info.width, info.height);
    const auto side = [&](std::uint64_t of) {
        const std::uint64_t scaled = (of * preview_side_max + longest / 2) / longest;
        return static_cast<std::uint32_t>(std::max<std::uint64_t>(scaled, 1));
    };
    return {side(info.width), side(info.height)};
}

Result<Pixels> decode(std::string_view bytes, Format format, Size target) {
    switch (format) {
        case Format::png:  return decode_png(bytes);
        case Format::jpeg: return decode_jpeg(bytes, target);
        case Format::webp: return decode_webp(bytes, target);
        case Format::gif:  return decode_gif(bytes);
        case Format::bmp:  return decode_bmp(bytes);
        case Format::ico:
        case Format::svg:  break;
    }
    return Error{ErrorCode::unsupported, "Images of this kind are not decoded"};
}

}  // namespace

Result<std::optional<Preview>> make_preview(std::string_view bytes, const ImageInfo& info) {
    if (std::max(info.width, info.height) <= preview_side_max || info.format == Format::svg)
        return std::optional<Preview>();
    if (std::uint64_t{info.width} * info.height > decoded_pixels_max)
        return Error{ErrorCode::too_large,
                     "Image has more than " + std::to_string(decoded_pixels_max) + " pixels"};
    const Size target = preview_size(info);
    const Result<Pixels> pixels = decode(bytes, info.format, target);
    if (!pixels) {
        if (pixels.error().code == ErrorCode::unsupported) return std::optional<Preview>();
        return pixels.error();
    }
    if (pixels->width < target.width || pixels->height < target.height)
        return Error{ErrorCode::malformed, "Image is malformed: its size is another one"};
    Result<std::string> encoded = encode_png(scaled_down(*pixels, target));
    if (!encoded) return encoded.error();
    return std::optional<Preview>({*std::move(encoded), target.width, target.height});
}

}  // namespace thingstead::core
