// Property: what decodes encodes to bytes that decode and encode to the same bytes. The first byte
// chooses the kind of message.
#include <cstdint>

#include "core/cluster/messages.h"

namespace {

using namespace thingstead;

template <class Decode>
void check(ByteSpan input, Decode decode) {
    const auto message = decode(input);
    if (!message) return;
    const std::string bytes = core::cluster::encode(*message);
    const auto again = decode(as_bytes(bytes));
    TS_ASSERT(again.has_value());
    TS_ASSERT(core::cluster::encode(*again) == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ByteSpan input(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
    switch (data[0] % 5) {
        case 0: check(input, core::cluster::decode_request); break;
        case 1: check(input, core::cluster::decode_response); break;
        case 2: check(input, core::cluster::decode_notification); break;
        case 3: check(input, core::cluster::decode_to_core); break;
        case 4: check(input, core::cluster::decode_service_info); break;
    }
    return 0;
}
