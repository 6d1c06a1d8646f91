// Values that are read are read the same when the bytes come one by one, and what is read writes
// back to the same value. Lengths that are only announced take no memory.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "protocol/resp/encode.h"
#include "protocol/resp/parser.h"
#include "protocol/resp/server_error.h"
#include "protocol/resp/slot.h"

namespace {

using namespace thingstead;
using namespace thingstead::resp;

constexpr Limits limits{.line_bytes_max = 256,
                        .bulk_bytes_max = 4096,
                        .value_bytes_max = 8192,
                        .items_max = 512,
                        .depth_max = 8};

void require(bool holds) {
    if (!holds) std::abort();
}

struct Outcome {
    std::vector<Value> values;
    bool failed = false;
};

Outcome read_all(std::string_view wire, std::size_t step) {
    Outcome outcome;
    Parser parser(limits);
    for (std::size_t at = 0; at < wire.size(); at += step) {
        std::string_view input = wire.substr(at, step);
        while (!input.empty()) {
            Result<std::optional<Value>> value = parser.next(input);
            if (!value) {
                outcome.failed = true;
                return outcome;
            }
            if (*value) outcome.values.push_back(**std::move(value));
        }
    }
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view wire(reinterpret_cast<const char*>(data), size);
    const Outcome whole = read_all(wire, wire.size() + 1);
    const Outcome pieces = read_all(wire, 1);
    require(whole.values == pieces.values);
    require(whole.failed == pieces.failed);
    for (const Value& value : whole.values) {
        std::string written;
        append_value(written, value);
        // Numbers may grow a little when they are written in our form; never lists.
        Limits wider = limits;
        wider.line_bytes_max *= 2;
        wider.value_bytes_max *= 4;
        Parser parser(wider);
        std::string_view input = written;
        const Result<std::optional<Value>> again = parser.next(input);
        require(again && *again && **again == value && input.empty());
        if (value.is_error()) {
            const ServerError error = read_server_error(value.text);
            require(error.slot < slot_count);
        }
        require(key_slot(value.text) < slot_count);
    }
    return 0;
}
