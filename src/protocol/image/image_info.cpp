#include "protocol/image/image_info.h"

#include <array>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "protocol/image/svg_size.h"

namespace thingstead::image {
namespace {

using Found = Result<std::optional<ImageInfo>>;

Error bad_head(Format format) {
    return {ErrorCode::malformed,
            "Image is malformed: " + std::string(media_type(format)) + " with a bad head"};
}

std::uint32_t big16(std::string_view at) { return load_big<std::uint16_t>(as_bytes(at).data()); }
std::uint32_t little16(std::string_view at) {
    return load_little<std::uint16_t>(as_bytes(at).data());
}
std::uint32_t little24(std::string_view at) {
    return little16(at) | static_cast<std::uint32_t>(static_cast<std::uint8_t>(at[2])) << 16;
}
std::uint32_t little32(std::string_view at) {
    return load_little<std::uint32_t>(as_bytes(at).data());
}

/// An image of that size, if it can be one.
Found sized(Format format, std::uint64_t width, std::uint64_t height) {
    if (width == 0 || height == 0 || width > side_max || height > side_max) return bad_head(format);
    return std::optional<ImageInfo>(
        {format, static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)});
}

/// Signature 8, length 4, "IHDR", width 4, height 4.
Found read_png(std::string_view bytes) {
    if (!bytes.starts_with("\x89PNG\r\n\x1a\n")) return std::optional<ImageInfo>();
    if (bytes.size() < 24 || bytes.substr(12, 4) != "IHDR") return bad_head(Format::png);
    return sized(Format::png, load_big<std::uint32_t>(as_bytes(bytes).data() + 16),
                 load_big<std::uint32_t>(as_bytes(bytes).data() + 20));
}

/// Markers FF xx with lengths, up to a start of frame: length 2, precision 1, height 2, width 2.
Found read_jpeg(std::string_view bytes) {
    if (!bytes.starts_with("\xFF\xD8\xFF")) return std::optional<ImageInfo>();
    bytes.remove_prefix(2);
    while (bytes.size() >= 4 && bytes[0] == '\xFF') {
        const auto marker = static_cast<std::uint8_t>(bytes[1]);
        if (marker == 0xFF) {  // fill
            bytes.remove_prefix(1);
            continue;
        }
        const bool is_frame =
            marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (is_frame) {
            if (bytes.size() < 9) break;
            return sized(Format::jpeg, big16(bytes.substr(7)), big16(bytes.substr(5)));
        }
        if (marker == 0xD9 || marker == 0xDA) break;  // pixels without a frame
        const std::size_t step = 2 + std::size_t{big16(bytes.substr(2))};
        if (step < 4 || step > bytes.size()) break;
        bytes.remove_prefix(step);
    }
    return bad_head(Format::jpeg);
}

Found read_gif(std::string_view bytes) {
    if (!bytes.starts_with("GIF87a") && !bytes.starts_with("GIF89a"))
        return std::optional<ImageInfo>();
    if (bytes.size() < 10) return bad_head(Format::gif);
    return sized(Format::gif, little16(bytes.substr(6)), little16(bytes.substr(8)));
}

/// "RIFF", size 4, "WEBP", and a chunk of one of three kinds.
Found read_webp(std::string_view bytes) {
    if (!bytes.starts_with("RIFF") || bytes.size() < 12 || bytes.substr(8, 4) != "WEBP")
        return std::optional<ImageInfo>();
    if (bytes.size() < 30) return bad_head(Format::webp);
    const std::string_view kind = bytes.substr(12, 4);
    const std::string_view chunk = bytes.substr(20);
    if (kind == "VP8X")
        return sized(Format::webp, std::uint64_t{little24(chunk.substr(4))} + 1,
                     std::uint64_t{little24(chunk.substr(7))} + 1);
    if (kind == "VP8L" && chunk[0] == '\x2F') {
        const std::uint32_t bits = little32(chunk.substr(1));
        return sized(Format::webp, (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1);
    }
    if (kind == "VP8 " && chunk.substr(3, 3) == "\x9D\x01\x2A")
        return sized(Format::webp, little16(chunk.substr(6)) & 0x3FFF,
                     little16(chunk.substr(8)) & 0x3FFF);
    return bad_head(Format::webp);
}

/// A file head of 14 bytes, then an information head whose size tells its kind.
Found read_bmp(std::string_view bytes) {
    if (!bytes.starts_with("BM") || bytes.size() < 18) return std::optional<ImageInfo>();
    const std::uint32_t head_bytes = little32(bytes.substr(14));
    if (head_bytes != 12 && (head_bytes < 40 || head_bytes > 124))
        return std::optional<ImageInfo>();
    if (bytes.size() < 26) return bad_head(Format::bmp);
    if (head_bytes == 12)
        return sized(Format::bmp, little16(bytes.substr(18)), little16(bytes.substr(20)));
    const auto width = static_cast<std::int32_t>(little32(bytes.substr(18)));
    const auto height = static_cast<std::int32_t>(little32(bytes.substr(22)));  // < 0: top down
    const std::int64_t rows = height < 0 ? -std::int64_t{height} : std::int64_t{height};
    return sized(Format::bmp, width < 0 ? 0 : static_cast<std::uint64_t>(width),
                 static_cast<std::uint64_t>(rows));
}

/// Reserved 0, type 1, count, then entries with one byte for each side; 0 is 256.
Found read_ico(std::string_view bytes) {
    if (!bytes.starts_with(std::string_view("\0\0\1\0", 4))) return std::optional<ImageInfo>();
    if (bytes.size() < 22 || little16(bytes.substr(4)) == 0) return bad_head(Format::ico);
    const auto side = [&](std::size_t at) {
        const auto value = static_cast<std::uint8_t>(bytes[at]);
        return value == 0 ? std::uint64_t{256} : std::uint64_t{value};
    };
    return sized(Format::ico, side(6), side(7));
}

}  // namespace

std::string_view media_type(Format format) {
    switch (format) {
        case Format::png:  return "image/png";
        case Format::jpeg: return "image/jpeg";
        case Format::gif:  return "image/gif";
        case Format::webp: return "image/webp";
        case Format::bmp:  return "image/bmp";
        case Format::ico:  return "image/x-icon";
        case Format::svg:  return "image/svg+xml";
    }
    return "application/octet-stream";
}

std::string_view extension(Format format) {
    switch (format) {
        case Format::png:  return "png";
        case Format::jpeg: return "jpg";
        case Format::gif:  return "gif";
        case Format::webp: return "webp";
        case Format::bmp:  return "bmp";
        case Format::ico:  return "ico";
        case Format::svg:  return "svg";
    }
    return "bin";
}

Result<ImageInfo> read_image_info(std::string_view bytes) {
    for (const auto read :
         {&read_png, &read_jpeg, &read_gif, &read_webp, &read_bmp, &read_ico, &read_svg_info}) {
        const Found found = read(bytes);
        if (!found) return found.error();
        if (*found) return **found;
    }
    return Error{ErrorCode::unsupported, "Unsupported image format!"};
}

}  // namespace thingstead::image
