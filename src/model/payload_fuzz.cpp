// Property: what a payload is read as is written as JSON that reads back to the same values, and
// that a second parser accepts.
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "model/payload.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace thingstead;
    static model::PayloadParser parser;
    const std::string_view payload(reinterpret_cast<const char*>(data), size);
    const auto entries = parser.telemetry(payload, 1);
    if (!entries) return 0;
    for (const model::TelemetryEntry& entry : *entries) {
        const std::string text = model::to_json_object(entry.values);
        TS_ASSERT(parse_json(text).has_value());
        const auto again = parser.attributes(text);
        TS_ASSERT(again.has_value() && *again == entry.values);
    }
    return 0;
}
