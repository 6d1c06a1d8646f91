// What decodes encodes back: to a packet of the same value, no longer than it came, that the
// encoder writes in the same bytes for ever after. The first byte of the input says version and
// sender.
#include <cstdlib>

#include "protocol/mqtt/decode.h"
#include "protocol/mqtt/encode.h"

namespace {

using namespace thingstead::mqtt;

void require(bool holds) {
    if (!holds) std::abort();
}

/// Walks what is read lazily, so that its checks run.
struct Walk {
    void operator()(const Subscribe& p) const { require(p.filters.size() > 0); }
    void operator()(const Unsubscribe& p) const { require(p.filters.size() > 0); }
    void operator()(const Connect& p) const {
        for (const Property& property : p.properties) require(!property.wire.empty());
    }
    void operator()(const Publish& p) const {
        require((p.packet_id == 0) == (p.qos == QoS::at_most_once));
        require(!p.topic.empty() || p.properties.number(PropertyId::topic_alias));
    }
    template <class T>
    void operator()(const T&) const {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr Version versions[] = {Version::v3_1_1, Version::v5};
    const Version version = versions[data[0] & 1];
    const Sender sender = data[0] & 2 ? Sender::server : Sender::client;
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);

    const auto frame = read_frame(input, 65'536);
    if (!frame || !*frame) return 0;
    std::vector<ReasonCode> reasons, reasons_again;
    const Decoded<Packet> first = decode(**frame, version, sender, reasons);
    if (!first) return 0;
    std::visit(Walk{}, *first);
    // MQTT 3.1 lets a CONNECT end early and sets bits that the later versions reserve.
    const auto* connect = std::get_if<Connect>(&*first);
    const bool loose = connect && connect->version == Version::v3_1;

    std::string written;
    require(encode(written, *first, version));
    require(written.size() <= (*frame)->size);
    const auto again_frame = read_frame(written, 65'536);
    require(again_frame && *again_frame && (*again_frame)->size == written.size());
    const Decoded<Packet> again = decode(**again_frame, version, sender, reasons_again);
    require(bool(again) && *again == *first);
    if (written.size() == (*frame)->size && !loose)
        require(written == input.substr(0, (*frame)->size));

    std::string written_again;
    require(encode(written_again, *again, version));
    require(written_again == written);
    return 0;
}
