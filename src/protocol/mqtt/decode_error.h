// What a decoder says about bytes that are not MQTT: a reason code to close with, and a text.
#pragma once
#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <string_view>

#include "protocol/mqtt/reason_code.h"

namespace thingstead::mqtt {

struct DecodeError {
    ReasonCode reason;
    std::string_view message;  ///< A literal: it lives for ever.
    Version version =
        Version::unknown;  ///< Of a CONNECT: the version to answer in, if it is known.
};

/// Called by value() on an error: asking for a value that is not there is our bug.
[[noreturn]] void throw_exception_from_error(const DecodeError& error,
                                             const boost::source_location& where);

/// The house's Result with the reason code in place of the neutral error code: the codec's callers
/// speak MQTT, and the hot path must not build an Error's strings.
template <class T>
using Decoded = boost::system::result<T, DecodeError>;

}  // namespace thingstead::mqtt
