// Arbitrary bytes as a message between who asks and who runs scripts: what can be read is written
// and read back as the same; and any bytes are, or are not, headers.
#include <string_view>

#include "queue/headers.h"
#include "script/remote/function_text.h"
#include "script/remote/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace thingstead;
    using namespace thingstead::script::remote;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const Result<Request> request = decode_request(text)) {
        const Result<Request> again = decode_request(encode(*request));
        TS_ASSERT(again && *again == *request);
    }
    if (const Result<Response> response = decode_response(text)) {
        const Result<Response> again = decode_response(encode(*response));
        TS_ASSERT(again && *again == *response);
    }
    if (const auto headers = queue::decode_headers(as_bytes(text)))
        TS_ASSERT(queue::encode_headers(*headers) == text);
    TS_ASSERT(with_place_in_body(std::string(text)).size() <= size);
    return 0;
}
