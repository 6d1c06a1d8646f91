// Sizes are in their range; what the head says does not change when more bytes follow it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/image/image_info.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace thingstead::image;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto info = read_image_info(bytes);
    if (!info) return 0;
    if (info->width > side_max || info->height > side_max) std::abort();
    if (info->format != Format::svg && (info->width == 0 || info->height == 0)) std::abort();
    const auto longer = read_image_info(std::string(bytes) + "tail");
    if (!longer || longer->format != info->format || longer->width != info->width ||
        longer->height != info->height)
        std::abort();
    return 0;
}
