#include "protocol/mqtt/packet.h"

#include <algorithm>

#include "protocol/mqtt/wire_reader.h"

namespace thingstead::mqtt {

Subscription FilterList::Iterator::operator*() const {
    WireReader in(rest_);
    Subscription out;
    out.filter = in.binary();
    if (!has_options_) return out;
    const auto options = in.number<std::uint8_t>();
    out.qos = static_cast<QoS>(options & 3);
    out.no_local = (options & 0x04) != 0;
    out.retain_as_published = (options & 0x08) != 0;
    out.retain_handling = static_cast<RetainHandling>((options >> 4) & 3);
    return out;
}

FilterList::Iterator& FilterList::Iterator::operator++() {
    WireReader in(rest_);
    in.binary();
    if (has_options_) in.take(1);
    rest_ = in.rest();
    return *this;
}

std::size_t FilterList::size() const {
    std::size_t count = 0;
    for (Iterator it = begin(); it != end(); ++it) ++count;
    return count;
}

bool Suback::operator==(const Suback& other) const {
    return packet_id == other.packet_id && std::ranges::equal(reasons, other.reasons) &&
           properties == other.properties;
}

bool Unsuback::operator==(const Unsuback& other) const {
    return packet_id == other.packet_id && std::ranges::equal(reasons, other.reasons) &&
           properties == other.properties;
}

}  // namespace thingstead::mqtt
