// Property: what decodes encodes to bytes that decode to the same message.
#include <cstdint>

#include "queue/msg_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace thingstead;
    const auto queued =
        queue::decode_queued_msg(ByteSpan(reinterpret_cast<const std::byte*>(data), size));
    if (!queued) return 0;
    std::string bytes;
    queue::encode(*queued, bytes);
    const auto again = queue::decode_queued_msg(as_bytes(bytes));
    TS_ASSERT(again.has_value() && *again == *queued);
    return 0;
}
