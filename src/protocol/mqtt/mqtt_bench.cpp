// The hot path: PUBLISH in, PUBACK out.
#include <benchmark/benchmark.h>

#include "protocol/mqtt/encode.h"
#include "protocol/mqtt/server_session.h"

namespace thingstead::mqtt {
namespace {

constexpr std::string_view topic = "v1/devices/me/telemetry";
constexpr std::string_view payload = R"({"temperature":21.5,"humidity":60,"voltage":3.31})";

std::string publishes(int count, QoS qos, Version version) {
    std::string out;
    for (int i = 1; i <= count; ++i) {
        const auto id = static_cast<std::uint16_t>(qos == QoS::at_most_once ? 0 : i);
        if (!encode(out, Publish{.topic = topic, .payload = payload, .qos = qos, .packet_id = id},
                    version))
            std::abort();
    }
    return out;
}

Version version_of(const benchmark::State& state) {
    return state.range(0) == 5 ? Version::v5 : Version::v3_1_1;
}

void decode_publish_qos_1(benchmark::State& state) {
    const Version version = version_of(state);
    const std::string bytes = publishes(1, QoS::at_least_once, version);
    for (auto _ : state) {
        const auto frame = read_frame(bytes, 65'536);
        benchmark::DoNotOptimize(decode_publish(**frame, version, Sender::client));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_publish_qos_1)->Arg(4)->Arg(5);

class Acknowledging final : public SessionHandler {
  public:
    void on_connect(const Connect&) override { session->accept({}, {}); }
    Flow on_publish(const Publish& publish) override {
        benchmark::DoNotOptimize(publish.payload.data());
        if (publish.packet_id) session->acknowledge(publish.packet_id);
        return Flow::more;
    }
    Flow on_subscribe(const Subscribe&) override { return Flow::more; }
    Flow on_unsubscribe(const Unsubscribe&) override { return Flow::more; }
    void on_delivered(std::uint16_t, ReasonCode) override {}
    void on_ping() override {}
    void on_disconnect(const Disconnect&) override {}

    ServerSession* session = nullptr;
};

/// A chunk of 100 packets, each acknowledged; `cut` bytes of it come in the chunk before.
void feed_100(benchmark::State& state, QoS qos, std::size_t cut) {
    const Version version = version_of(state);
    SessionSettings settings;
    Acknowledging handler;
    ServerSession session(settings, handler, {});
    handler.session = &session;
    std::string connect;
    if (!encode(connect, Connect{.version = version, .client_id = "c"})) std::abort();
    session.feed(connect, {});
    const std::string bytes = publishes(100, qos, version);
    const std::string shifted = bytes.substr(cut) + bytes.substr(0, cut);
    if (cut) session.feed(std::string_view(bytes).substr(0, cut), {});
    std::string output;
    for (auto _ : state) {
        session.feed(shifted, {});
        session.swap_output(output);
        benchmark::DoNotOptimize(output.data());
    }
    if (session.closed()) state.SkipWithError("closed");
    state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK_CAPTURE(feed_100, qos_0, QoS::at_most_once, 0)->Arg(4)->Arg(5);
BENCHMARK_CAPTURE(feed_100, qos_1, QoS::at_least_once, 0)->Arg(4)->Arg(5);
BENCHMARK_CAPTURE(feed_100, qos_1_cut_packets, QoS::at_least_once, 40)->Arg(4)->Arg(5);

void encode_puback(benchmark::State& state) {
    std::string out;
    out.reserve(4'096);
    std::uint16_t id = 0;
    for (auto _ : state) {
        if (out.size() > 4'000) out.clear();
        encode_ack(out, PacketType::puback, ++id, ReasonCode::success, Version::v5);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(encode_puback);

}  // namespace
}  // namespace thingstead::mqtt
