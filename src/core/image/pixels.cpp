#include "core/image/pixels.h"

#include <png.h>
#include <turbojpeg.h>
#include <webp/decode.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/bytes.h"

namespace thingstead::core {
namespace {

Error undecodable(std::string_view why) {
    return {ErrorCode::malformed, "Image is malformed: " + std::string(why)};
}

const std::uint8_t* raw(std::string_view bytes) {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

struct FreeJpeg {
    void operator()(void* handle) const { tjDestroy(handle); }
};

/// The smallest size in which TurboJPEG decodes that is not below `target`.
Size jpeg_size(Size whole, Size target) {
    int count = 0;
    const tjscalingfactor* factors = tjGetScalingFactors(&count);
    Size best = whole;
    for (int i = 0; factors && i < count; ++i) {
        const auto scaled = [&](std::uint32_t side) {
            return static_cast<std::uint32_t>(TJSCALED(static_cast<int>(side), factors[i]));
        };
        const Size size{scaled(whole.width), scaled(whole.height)};
        if (size.width >= target.width && size.height >= target.height && size.width < best.width)
            best = size;
    }
    return best;
}

}  // namespace

Result<Pixels> decode_png(std::string_view bytes) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()))
        return undecodable(image.message);
    image.format = PNG_FORMAT_RGBA;
    Pixels pixels(image.width, image.height);
    if (!png_image_finish_read(&image, nullptr, pixels.rgba.data(), 0, nullptr))
        return undecodable(image.message);
    return pixels;
}

Result<Pixels> decode_jpeg(std::string_view bytes, Size target) {
    const std::unique_ptr<void, FreeJpeg> handle(tjInitDecompress());
    if (!handle) return Error{ErrorCode::internal, "no JPEG decoder"};
    int width = 0, height = 0, sampling = 0, colours = 0;
    if (tjDecompressHeader3(handle.get(), raw(bytes), bytes.size(), &width, &height, &sampling,
                            &colours) != 0)
        return undecodable(tjGetErrorStr2(handle.get()));
    const Size size =
        jpeg_size({static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)}, target);
    Pixels pixels(size.width, size.height);
    const int done = tjDecompress2(handle.get(), raw(bytes), bytes.size(), pixels.rgba.data(),
                                   static_cast<int>(size.width), 0, static_cast<int>(size.height),
                                   TJPF_RGBA, TJFLAG_LIMITSCANS);
    // A warning: the end is missing, and is grey.
    if (done != 0 && tjGetErrorCode(handle.get()) != TJERR_WARNING)
        return undecodable(tjGetErrorStr2(handle.get()));
    return pixels;
}

Result<Pixels> decode_webp(std::string_view bytes, Size target) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return Error{ErrorCode::internal, "no WebP decoder"};
    Pixels pixels(target.width, target.height);
    config.options.use_scaling = 1;
    config.options.scaled_width = static_cast<int>(target.width);
    config.options.scaled_height = static_cast<int>(target.height);
    config.output.colorspace = MODE_RGBA;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = pixels.rgba.data();
    config.output.u.RGBA.stride = static_cast<int>(target.width) * 4;
    config.output.u.RGBA.size = pixels.rgba.size();
    const VP8StatusCode status = WebPDecode(raw(bytes), bytes.size(), &config);
    WebPFreeDecBuffer(&config.output);
    // Of animations a still picture is not decoded.
    if (status == VP8_STATUS_UNSUPPORTED_FEATURE)
        return Error{ErrorCode::unsupported, "Animated images are not decoded"};
    if (status != VP8_STATUS_OK) return undecodable("WebP");
    return pixels;
}

Result<Pixels> decode_bmp(std::string_view bytes) {
    if (bytes.size() < 54) return undecodable("BMP");
    const auto number = [&](std::size_t at) {
        return load_little<std::uint32_t>(as_bytes(bytes).data() + at);
    };
    const std::uint32_t head_bytes = number(14);
    const std::uint32_t bits = load_little<std::uint16_t>(as_bytes(bytes).data() + 28);
    const std::uint32_t compression = number(30);
    if (head_bytes < 40 || (bits != 8 && bits != 24 && bits != 32) ||
        (compression != 0 && !(compression == 3 && bits == 32)))
        return Error{ErrorCode::unsupported, "BMP of another kind"};
    const auto rows = static_cast<std::int32_t>(number(22));
    const bool top_down = rows < 0;
    Pixels pixels(number(18), static_cast<std::uint32_t>(top_down ? -std::int64_t{rows} : rows));
    const std::size_t stride = (std::size_t{pixels.width} * bits + 31) / 32 * 4;
    const std::size_t palette = 14 + std::size_t{head_bytes};
    const std::size_t begin = number(10);
    if (begin > bytes.size() || stride * pixels.height > bytes.size() - begin)
        return undecodable("BMP is cut off");
    if (bits == 8 && palette + 256 * 4 > bytes.size()) return undecodable("BMP without colours");
    for (std::uint32_t y = 0; y < pixels.height; ++y) {
        const std::uint32_t source = top_down ? y : pixels.height - 1 - y;
        const std::uint8_t* row = raw(bytes) + begin + stride * source;
        std::uint8_t* out = &pixels.rgba[std::size_t{y} * pixels.width * 4];
        for (std::uint32_t x = 0; x < pixels.width; ++x, out += 4) {
            const std::uint8_t* from =
                bits == 8 ? raw(bytes) + palette + std::size_t{row[x]} * 4 : row + x * bits / 8;
            out[0] = from[2];
            out[1] = from[1];
            out[2] = from[0];
            out[3] = 255;
        }
    }
    return pixels;
}

Pixels scaled_down(const Pixels& from, Size target) {
    Pixels out(target.width, target.height);
    std::uint8_t* to = out.rgba.data();
    const auto edge = [](std::uint64_t i, std::uint64_t of, std::uint64_t source) {
        return static_cast<std::uint32_t>(i * source / of);
    };
    for (std::uint32_t y = 0; y < target.height; ++y) {
        const std::uint32_t top = edge(y, target.height, from.height);
        const std::uint32_t bottom = std::max(edge(y + 1, target.height, from.height), top + 1);
        for (std::uint32_t x = 0; x < target.width; ++x, to += 4) {
            const std::uint32_t left = edge(x, target.width, from.width);
            const std::uint32_t right = std::max(edge(x + 1, target.width, from.width), left + 1);
            // Colours count as much as they are opaque.
            std::array<std::uint64_t, 4> sum{};
            for (std::uint32_t row = top; row < bottom; ++row) {
                const std::uint8_t* at = &from.rgba[(std::size_t{row} * from.width + left) * 4];
                for (std::uint32_t column = left; column < right; ++column, at += 4) {
                    for (std::size_t i = 0; i < 3; ++i) sum[i] += std::uint64_t{at[i]} * at[3];
                    sum[3] += at[3];
                }
            }
            const std::uint64_t count = std::uint64_t{bottom - top} * (right - left);
            for (std::size_t i = 0; i < 3; ++i)
                to[i] = static_cast<std::uint8_t>(sum[3] == 0 ? 0 : sum[i] / sum[3]);
            to[3] = static_cast<std::uint8_t>(sum[3] / count);
        }
    }
    return out;
}

Result<std::string> encode_png(const Pixels& pixels) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = pixels.width;
    image.height = pixels.height;
    image.format = PNG_FORMAT_RGBA;
    std::string out(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
    png_alloc_size_t size = out.size();
    if (!png_image_write_to_memory(&image, out.data(), &size, 0, pixels.rgba.data(), 0, nullptr))
        return Error{ErrorCode::internal, "the preview cannot be written", image.message};
    out.resize(size);
    return out;
}

}  // namespace thingstead::core
