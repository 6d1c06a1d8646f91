// A session says the same - events, bytes, end - however its input is cut into chunks.
// Input: one byte for the handler's ways, one for the first cut, and the bytes of the connection.
#include <cstdlib>

#include "protocol/mqtt/server_session.h"

namespace {

using namespace thingstead::mqtt;

class Recorder final : public SessionHandler {
  public:
    explicit Recorder(std::uint8_t ways) : ways_(ways) {}

    void on_connect(const Connect& connect) override {
        add("connect", connect.client_id);
        if (ways_ & 1) session->accept({}, {});
    }
    Flow on_publish(const Publish& publish) override {
        add(publish.topic, publish.payload);
        if ((ways_ & 2) && publish.packet_id) session->acknowledge(publish.packet_id);
        if (ways_ & 4)
            session->publish(
                {.topic = publish.topic, .payload = publish.payload, .qos = publish.qos});
        return flow();
    }
    Flow on_subscribe(const Subscribe& subscribe) override {
        std::vector<ReasonCode> reasons;
        for (const Subscription& filter : subscribe.filters) {
            add("subscribe", filter.filter);
            reasons.push_back(static_cast<ReasonCode>(filter.qos));
        }
        session->suback(subscribe.packet_id, reasons);
        return flow();
    }
    Flow on_unsubscribe(const Unsubscribe& unsubscribe) override {
        const std::vector<ReasonCode> reasons(unsubscribe.filters.size());
        for (const Subscription& filter : unsubscribe.filters) add("unsubscribe", filter.filter);
        session->unsuback(unsubscribe.packet_id, reasons);
        return flow();
    }
    void on_delivered(std::uint16_t packet_id, ReasonCode reason) override {
        add("delivered " + std::to_string(packet_id), to_string(reason));
    }
    void on_ping() override { add("ping", ""); }
    void on_disconnect(const Disconnect& disconnect) override {
        add("disconnect", to_string(disconnect.reason));
    }

    ServerSession* session = nullptr;
    std::string events;

  private:
    void add(std::string_view what, std::string_view detail) {
        events.append(what).append(" ").append(detail).append("\n");
    }
    Flow flow() { return (ways_ & 8) && ++count_ % 3 == 0 ? Flow::pause : Flow::more; }

    std::uint8_t ways_;
    unsigned count_ = 0;
};

/// Feeds chunks whose sizes follow from `cut` (0: one chunk) and returns all that can be seen.
std::string run(std::string_view input, std::uint8_t ways, std::uint8_t cut) {
    SessionSettings settings;
    settings.receive_maximum = settings.qos_2_open_max = 5;
    settings.in_flight_max = 2;
    settings.packet_bytes_max = 300;
    settings.topic_alias_maximum = 2;
    settings.paused_bytes_max = 1u << 30;  // what counts here depends on the chunks
    Recorder handler(ways);
    ServerSession session(settings, handler, {});
    handler.session = &session;
    std::uint32_t random = cut;
    while (!input.empty() && !session.closed()) {
        random = random * 1'664'525u + 1'013'904'223u;
        const std::size_t bytes = cut == 0 ? input.size() : 1 + (random >> 16) % cut;
        session.feed(std::string(input.substr(0, bytes)), {});  // a copy: stale views are caught
        input.remove_prefix(std::min(bytes, input.size()));
        if (!(ways & 1)) session.accept({}, {});
        while (session.paused() && session.connected()) session.resume({});
    }
    // Less than a packet of 300 bytes and its header is kept, unless CONNECT still waits.
    if (session.kept_bytes() > 305 && !session.paused()) std::abort();
    return handler.events + session.output() + "|" +
           std::string(to_string(session.close_reason())) +
           (session.closed() ? " closed" : " open") + (session.take_will() ? " will" : "") +
           std::to_string(session.unacknowledged()) + " " + std::to_string(session.in_flight()) +
           " " + std::to_string(session.waiting());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::string whole = run(input, data[0], 0);
    if (run(input, data[0], 1) != whole) std::abort();
    if (data[1] > 1 && run(input, data[0], data[1]) != whole) std::abort();
    return 0;
}
