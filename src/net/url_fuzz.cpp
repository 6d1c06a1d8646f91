// Properties: decode(encode(x)) == x for texts and for the parameters of a query, and what decodes
// is never longer than it was.
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "net/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace thingstead::net;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    TS_ASSERT(percent_decode(percent_encode(text)) == text);
    if (const auto decoded = percent_decode(text)) {
        TS_ASSERT(decoded->size() <= text.size());
        TS_ASSERT(percent_decode(percent_encode(*decoded)) == decoded);
    }
    const Query query = Query::parse(text);
    TS_ASSERT(Query::parse(query.encode()).parameters() == query.parameters());
    for (const auto& [key, value] : query.parameters())
        TS_ASSERT(query.find(key).has_value() && !query.all(key).empty());
    return 0;
}
