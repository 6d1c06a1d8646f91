#include "protocol/image/image_info.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"

namespace thingstead::image {
namespace {

std::string bytes_of(std::string_view hex) {
    const std::vector<std::byte> bytes = from_hex(hex);
    return std::string(as_text(bytes));
}

struct Head {
    std::string_view name, hex;
    Format format;
    std::uint32_t width, height;
};

constexpr Head heads[] = {
    {"png",           "89504e470d0a1a0a 0000000d 49484452 00000102 00000003 0802000000",           Format::png,  258,  3  },
    {"jpeg",          "ffd8 ffe0 0004 0000 ff ffc2 0011 08 0010 0020 03",                          Format::jpeg, 32,   16 },
    {"gif",           "474946383961 0a00 1400",                                                    Format::gif,  10,   20 },
    {"webp lossy",    "52494646 00000000 57454250 56503820 0a000000 000000 9d012a 2c01 c840 0000",
     Format::webp,                                                                                               300,  200},
    {"webp lossless", "52494646 00000000 57454250 5650384c 0a000000 2f 63c01800 0000000000",
     Format::webp,                                                                                               100,  100},
    {"webp extended", "52494646 00000000 57454250 56503858 0a000000 10000000 ff0300 ff0000",
     Format::webp,                                                                                               1024, 256},
    {"bmp",           "424d 00000000 00000000 36000000 28000000 07000000 fbffffff",                Format::bmp,  7,    5  },
    {"old bmp",       "424d 00000000 00000000 1a000000 0c000000 0700 0500 0100 1800",              Format::bmp,  7,    5  },
    {"ico",           "00000100 0100 2000 0000 0100 2000 10000000 16000000",                       Format::ico,  32,   256},
};

TEST(ImageInfo, IsReadFromTheHead) {
    for (const Head& row : heads) {
        SCOPED_TRACE(row.name);
        const auto info = read_image_info(bytes_of(row.hex));
        ASSERT_TRUE(info) << info.error().message;
        EXPECT_EQ(info->format, row.format);
        EXPECT_EQ(info->width, row.width);
        EXPECT_EQ(info->height, row.height);
    }
}

TEST(ImageInfo, CutHeadsAreNoImages) {
    for (const Head& row : heads) {
        SCOPED_TRACE(row.name);
        const std::string bytes = bytes_of(row.hex);
        for (std::size_t cut = 0; cut + 8 < bytes.size(); ++cut) {
            const auto info = read_image_info(std::string_view(bytes).substr(0, cut));
            if (info) {
                EXPECT_EQ(info->width, row.width) << cut;
            }
        }
        EXPECT_FALSE(read_image_info(std::string_view(bytes).substr(0, 9)));
    }
}

TEST(ImageInfo, NonsenseIsRefused) {
    for (const std::string_view hex :
         {"", "00", "89504e470d0a1a0a 0000000d 49484452 00000000 00000003 08",
          "89504e470d0a1a0a 0000000d 49484452 00010000 00000003 08", "ffd8ffd9 00000000",
          "ffd8ffe0 0001 0000 0000", "474946383961 0000 1400", "3c68746d6c3e"})
        EXPECT_FALSE(read_image_info(bytes_of(hex))) << hex;
}

struct Svg {
    std::string_view text;
    bool is_svg;
    std::uint32_t width, height;
};

constexpr Svg svgs[] = {
    {"<svg width='10' height=\"20px\"/>",                                             true,  10,       20},
    {"\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- <svg> --><!DOCTYPE svg PUBLIC \"a\" \"b\">"
     "<svg viewBox='0 0 30,40.4'>",                                              true,  30,       40},
    {"<svg width=\"100%\" height=\"1in\" viewBox=\"-1 -1 5 6\" onload=\"alert(1)\">", true,  5,        96},
    {"<svg xmlns='http://www.w3.org/2000/svg'></svg>",                                true,  0,        0 },
    {"<svg:svg width='1' height='1' >",                                               true,  1,        1 },
    {"<svg width='1e300' height='-1'>",                                               true,  side_max, 0 },
    {"<svgx width='1'>",                                                              false, 0,        0 },
    {"<svg width='1'",                                                                false, 0,        0 },
    {"<svg width=1>",                                                                 false, 0,        0 },
    {"<html><svg width='1'>",                                                         false, 0,        0 },
    {"<!DOCTYPE svg [<!ENTITY a \"b\">]><svg/>",                                      false, 0,        0 },
    {"<?xml",                                                                         false, 0,        0 },
};

TEST(ImageInfo, SvgIsKnownByItsRoot) {
    for (const Svg& row : svgs) {
        SCOPED_TRACE(row.text);
        const auto info = read_image_info(row.text);
        ASSERT_EQ(info.has_value(), row.is_svg);
        if (!row.is_svg) continue;
        EXPECT_EQ(info->format, Format::svg);
        EXPECT_EQ(info->width, row.width);
        EXPECT_EQ(info->height, row.height);
    }
}

}  // namespace
}  // namespace thingstead::image
