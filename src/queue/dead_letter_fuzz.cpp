// Property: what decodes encodes to bytes that decode to the same letter.
#include <cstdint>

#include "queue/dead_letter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace thingstead;
    const auto letter =
        queue::decode_dead_letter(ByteSpan(reinterpret_cast<const std::byte*>(data), size));
    if (!letter) return 0;
    std::string bytes;
    queue::encode(*letter, bytes);
    const auto again = queue::decode_dead_letter(as_bytes(bytes));
    TS_ASSERT(again.has_value() && *again == *letter);
    return 0;
}
