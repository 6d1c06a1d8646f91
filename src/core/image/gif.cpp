// The first picture of a GIF.
#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "core/image/pixels.h"

namespace thingstead::core {
namespace {

Error bad_gif() { return {ErrorCode::malformed, "Image is malformed: GIF"}; }

int take(GifFileType* file, GifByteType* out, int wanted) {
    std::string_view& rest = *static_cast<std::string_view*>(file->UserData);
    const std::size_t size = std::min(static_cast<std::size_t>(std::max(wanted, 0)), rest.size());
    std::memcpy(out, rest.data(), size);
    rest.remove_prefix(size);
    return static_cast<int>(size);
}

struct CloseGif {
    void operator()(GifFileType* file) const { DGifCloseFile(file, nullptr); }
};

/// Extensions before the picture; -1: no colour is transparent.
Result<int> read_extension(GifFileType& file) {
    int kind = 0;
    GifByteType* block = nullptr;
    if (DGifGetExtension(&file, &kind, &block) == GIF_ERROR) return bad_gif();
    int transparent = -1;
    if (block && kind == GRAPHICS_EXT_FUNC_CODE && block[0] >= 4 && (block[1] & 1) != 0)
        transparent = block[4];
    while (block)
        if (DGifGetExtensionNext(&file, &block) == GIF_ERROR) return bad_gif();
    return transparent;
}

/// The order in which an interlaced picture's rows come.
std::vector<std::uint32_t> row_order(std::uint32_t rows, bool interlaced) {
    std::vector<std::uint32_t> order;
    order.reserve(rows);
    if (!interlaced) {
        for (std::uint32_t y = 0; y < rows; ++y) order.push_back(y);
        return order;
    }
    constexpr std::uint32_t starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    for (int pass = 0; pass < 4; ++pass)
        for (std::uint32_t y = starts[pass]; y < rows; y += steps[pass]) order.push_back(y);
    return order;
}

/// Draws the picture that is next in the file.
Result<> draw(GifFileType& file, int transparent, Pixels& canvas) {
    if (DGifGetImageDesc(&file) == GIF_ERROR) return bad_gif();
    const GifImageDesc& at = file.Image;
    const ColorMapObject* colours = at.ColorMap ? at.ColorMap : file.SColorMap;
    if (!colours || at.Left < 0 || at.Top < 0 || at.Width <= 0 || at.Height <= 0 ||
        std::int64_t{at.Left} + at.Width > canvas.width ||
        std::int64_t{at.Top} + at.Height > canvas.height)
        return bad_gif();
    std::vector<GifPixelType> line(static_cast<std::size_t>(at.Width));
    for (const std::uint32_t y : row_order(static_cast<std::uint32_t>(at.Height), at.Interlace)) {
        if (DGifGetLine(&file, line.data(), at.Width) == GIF_ERROR) return bad_gif();
        std::uint8_t* out =
            &canvas.rgba[(std::size_t{static_cast<std::uint32_t>(at.Top) + y} * canvas.width +
                          static_cast<std::uint32_t>(at.Left)) *
                         4];
        for (const GifPixelType index : line) {
            if (index < colours->ColorCount && index != transparent) {
                const GifColorType& colour = colours->Colors[index];
                out[0] = colour.Red;
                out[1] = colour.Green;
                out[2] = colour.Blue;
                out[3] = 255;
            }
            out += 4;
        }
    }
    return {};
}

}  // namespace

Result<Pixels> decode_gif(std::string_view bytes) {
    std::string_view rest = bytes;
    int why = 0;
    const std::unique_ptr<GifFileType, CloseGif> file(DGifOpen(&rest, &take, &why));
    if (!file || file->SWidth <= 0 || file->SHeight <= 0) return bad_gif();
    Pixels canvas(static_cast<std::uint32_t>(file->SWidth),
                  static_cast<std::uint32_t>(file->SHeight));
    int transparent = -1;
    while (true) {
        GifRecordType kind = UNDEFINED_RECORD_TYPE;
        if (DGifGetRecordType(file.get(), &kind) == GIF_ERROR) return bad_gif();
        if (kind == IMAGE_DESC_RECORD_TYPE) {
            if (Result<> drawn = draw(*file, transparent, canvas); !drawn) return drawn.error();
            return canvas;
        }
        if (kind != EXTENSION_RECORD_TYPE) return bad_gif();
        const Result<int> read = read_extension(*file);
        if (!read) return read.error();
        if (*read >= 0) transparent = *read;
    }
}

}  // namespace thingstead::core
