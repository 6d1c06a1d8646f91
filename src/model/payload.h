// JSON payloads of devices and of save nodes → typed values. The hot path: read once, with
// simdjson. Value mapping: true/false → BOOLEAN; numbers → LONG, DOUBLE or STRING by their text;
// strings → STRING, or a number if they look like one and the cast is on; objects and arrays → JSON
// text.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/kv.h"

namespace thingstead::model {

struct PayloadSettings {
    bool type_cast = true;             ///< "26" becomes 26.
    std::size_t string_chars_max = 0;  ///< Longest string value; 0: no limit.
};

/// Values of one time, as one message of the rule engine carries them.
struct TelemetryEntry {
    EpochMs ts = 0;
    bool has_ts = false;  ///< The payload named the time; else it is the server's.
    std::vector<KeyValue> values;
};

enum class NullValue : std::uint8_t {
    skip,    ///< Devices: a null value is left out.
    refuse,  ///< REST and save nodes: an error.
};

/// Belongs to one thread; keeps its buffers between calls.
class PayloadParser {
  public:
    explicit PayloadParser(PayloadSettings settings = {});
    ~PayloadParser();
    PayloadParser(PayloadParser&&) noexcept;
    PayloadParser& operator=(PayloadParser&&) noexcept;

    /// {"k":v}, {"ts":ms,"values":{…}} or an array of either; one entry per array element, in
    /// order. Duplicate keys: the last wins, in the place of the first. Errors: malformed - not
    /// JSON; invalid_argument - another shape or value, `ts` not a number.
    Result<std::vector<TelemetryEntry>> telemetry(std::string_view payload, EpochMs now_ms,
                                                  NullValue nulls = NullValue::skip);
    /// A flat object. Errors: as telemetry().
    Result<std::vector<KeyValue>> attributes(std::string_view payload,
                                             NullValue nulls = NullValue::skip);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// {"k":v,…} of `values`: a text that PayloadParser reads as the same values again.
std::string to_json_object(const std::vector<KeyValue>& values);

}  // namespace thingstead::model
