// A client says the same - events, bytes, end - however its input is cut into chunks.
// Input: one byte for the version and the handler's ways, one for the first cut, and the bytes of
// the connection.
#include <cstdlib>
#include <string>

#include "protocol/mqtt/client_session.h"

namespace {

using namespace thingstead;
using namespace thingstead::mqtt;

class ClientRecorder final : public ClientHandler {
  public:
    explicit ClientRecorder(std::uint8_t ways) : ways_(ways) {}

    void on_connected(bool present) override { add(present ? "again" : "connected", ""); }
    void on_message(const Publish& publish, Receipt receipt) override {
        add(publish.topic, publish.payload);
        if ((ways_ & 4) && receipt != 0) session->acknowledge(receipt);
    }
    void on_done(std::uint64_t ticket, Result<> outcome) override {
        add(std::to_string(ticket), outcome ? "done" : outcome.error().message);
    }

    ClientSession* session = nullptr;
    std::string events;

  private:
    void add(std::string_view what, std::string_view detail) {
        events.append(what).append(" ").append(detail).append("\n");
    }
    std::uint8_t ways_;
};

std::string run(std::uint8_t ways, std::string_view bytes, std::size_t cut) {
    constexpr Version versions[] = {Version::v3_1, Version::v3_1_1, Version::v5, Version::v5};
    ClientSettings settings;
    settings.version = versions[ways & 3];
    settings.client_id = "fuzz";
    settings.clean_start = (ways & 8) == 0;
    ClientRecorder recorder(ways);
    ClientSession session(std::move(settings), recorder);
    recorder.session = &session;
    for (std::uint64_t ticket = 1; ticket <= 3; ++ticket)
        static_cast<void>(session.publish(
            ticket,
            {.topic = "t", .payload = "p", .qos = QoS{static_cast<std::uint8_t>(ticket % 2 + 1)}},
            {}));
    static_cast<void>(session.subscribe(4, "a/#", QoS::at_least_once, {}));
    session.begin({});
    session.feed(bytes.substr(0, cut), {});
    session.feed(bytes.substr(cut), {});
    std::string output;
    session.swap_output(output, {});
    return recorder.events + output + (session.closed() ? session.close_error().message : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::size_t cut = bytes.empty() ? 0 : data[1] % bytes.size();
    if (run(data[0], bytes, 0) != run(data[0], bytes, cut)) std::abort();
    return 0;
}
