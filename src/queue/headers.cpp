#include "queue/headers.h"

#include <algorithm>
#include <array>

namespace thingstead::queue {

std::vector<Header> headers_of(const Batch& batch, std::size_t index) {
    const auto* const with_headers = dynamic_cast<const HeaderBatch*>(&batch);
    return with_headers ? with_headers->headers(index) : std::vector<Header>();
}

const Header* find_header(const std::vector<Header>& headers, std::string_view name) {
    const auto at = std::find_if(headers.begin(), headers.end(),
                                 [&](const Header& each) { return each.name == name; });
    return at == headers.end() ? nullptr : &*at;
}

bool are_headers(std::span<const Header> headers) {
    return headers.size() <= headers_max &&
           std::all_of(headers.begin(), headers.end(), [](const Header& each) {
               return each.name.size() <= header_name_bytes_max;
           });
}

std::string encode_headers(std::span<const Header> headers) {
    std::string out;
    for (const Header& each : headers) {
        out.push_back(static_cast<char>(each.name.size()));
        out.append(each.name);
        std::array<std::byte, 4> length{};
        store_little(length.data(), static_cast<std::uint32_t>(each.value.size()));
        out.append(as_text(length)).append(as_text(each.value));
    }
    return out;
}

std::optional<std::vector<Header>> decode_headers(ByteSpan bytes) {
    std::vector<Header> headers;
    while (!bytes.empty()) {
        const auto name_bytes = std::to_integer<std::size_t>(bytes.front());
        if (bytes.size() < 1 + name_bytes + 4) return std::nullopt;
        const std::string_view name = as_text(bytes.subspan(1, name_bytes));
        const std::size_t value_bytes = load_little<std::uint32_t>(bytes.data() + 1 + name_bytes);
        bytes = bytes.subspan(1 + name_bytes + 4);
        if (bytes.size() < value_bytes) return std::nullopt;
        headers.push_back({name, bytes.first(value_bytes)});
        bytes = bytes.subspan(value_bytes);
    }
    return headers;
}

}  // namespace thingstead::queue
