#include "core/image/preview.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "core/image/pixels.h"

namespace thingstead::core {
namespace {

using thingstead::image::Format;
using thingstead::image::ImageInfo;
using thingstead::image::read_image_info;

/// Left half red, right half green and half transparent.
Pixels two_colours(std::uint32_t width, std::uint32_t height) {
    Pixels pixels(width, height);
    for (std::uint32_t y = 0; y < height; ++y)
        for (std::uint32_t x = 0; x < width; ++x) {
            std::uint8_t* at = &pixels.rgba[(std::size_t{y} * width + x) * 4];
            at[x < width / 2 ? 0 : 1] = 200;
            at[3] = x < width / 2 ? 255 : 128;
        }
    return pixels;
}

TEST(Preview, IsASmallerPngWithTheSameColours) {
    const std::string png = *encode_png(two_colours(1000, 400));
    const auto preview = make_preview(png, *read_image_info(png));
    ASSERT_TRUE(preview) << preview.error().message;
    ASSERT_TRUE(preview->has_value());
    EXPECT_EQ((*preview)->width, 250u);
    EXPECT_EQ((*preview)->height, 100u);
    const auto pixels = decode_png((*preview)->bytes);
    ASSERT_TRUE(pixels);
    EXPECT_EQ(pixels->rgba[0], 200);
    EXPECT_EQ(pixels->rgba[3], 255);
    const std::uint8_t* last = &pixels->rgba[(std::size_t{250} * 100 - 1) * 4];
    EXPECT_EQ(last[0], 0);
    EXPECT_NEAR(last[1], 200, 1);
    EXPECT_EQ(last[3], 128);
}

TEST(Preview, SmallImagesAndVectorsAreTheirOwn) {
    const std::string png = *encode_png(two_colours(250, 250));
    EXPECT_FALSE(make_preview(png, *read_image_info(png))->has_value());
    const std::string_view svg = "<svg width='1000' height='1000'/>";
    EXPECT_FALSE(make_preview(svg, *read_image_info(svg))->has_value());
}

TEST(Preview, NothingLargeIsDecoded) {
    const std::string png = *encode_png(two_colours(300, 1));
    const ImageInfo claimed{Format::png, 60'000, 60'000};
    EXPECT_EQ(make_preview(png, claimed).error().code, ErrorCode::too_large);
}

TEST(Preview, CutImagesAreRefused) {
    const std::string png = *encode_png(two_colours(300, 300));
    const auto info = *read_image_info(png);
    EXPECT_EQ(make_preview(std::string_view(png).substr(0, png.size() / 2), info).error().code,
              ErrorCode::malformed);
}

TEST(Preview, BmpIsReadFromTheBottom) {
    // 300 x 2, 24 bits: the lower row is blue, the upper one red.
    std::string bmp = "BM" + std::string(52, '\0');
    const auto set = [&](std::size_t at, std::uint32_t value) {
        store_little(reinterpret_cast<std::byte*>(bmp.data()) + at, value);
    };
    set(10, 54);
    set(14, 40);
    set(18, 300);
    set(22, 2);
    set(26, 1 | 24u << 16);
    for (int i = 0; i < 300; ++i) bmp += std::string("\xFF\0\0", 3);
    for (int i = 0; i < 300; ++i) bmp += std::string("\0\0\xFF", 3);
    const auto pixels = decode_bmp(bmp);
    ASSERT_TRUE(pixels) << pixels.error().message;
    EXPECT_EQ(pixels->rgba[0], 255);
    EXPECT_EQ(pixels->rgba[300 * 4 + 2], 255);
    EXPECT_FALSE(decode_bmp(std::string_view(bmp).substr(0, bmp.size() - 1)));
    EXPECT_TRUE(make_preview(bmp, *read_image_info(bmp))->has_value());
}

TEST(Preview, GifHasTransparentPixels) {
    // 2 x 1 with two colours, of which the second is transparent; LZW codes clear, 0, 1, end.
    const std::vector<std::byte> bytes = from_hex(
        "474946383961 0200 0100 80 00 00 ff0000 00ff00 21f904 01 0000 01 00"
        "2c 0000 0000 0200 0100 00 02 02 440a 00 3b");
    const auto pixels = decode_gif(as_text(bytes));
    ASSERT_TRUE(pixels) << pixels.error().message;
    EXPECT_EQ(pixels->rgba, (std::vector<std::uint8_t>{255, 0, 0, 255, 0, 0, 0, 0}));
    EXPECT_FALSE(decode_gif(as_text(bytes).substr(0, 40)));
}

}  // namespace
}  // namespace thingstead::core
