// What the hot path and an idle session take from the heap: nothing.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "protocol/mqtt/session_fixture.h"

namespace {

thread_local long allocations = 0, alive = 0;

}  // namespace

// The whole test executable counts; the default array and nothrow forms call these.
void* operator new(std::size_t bytes) {
    ++allocations;
    ++alive;
    if (void* memory = std::malloc(bytes ? bytes : 1)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    if (memory) --alive;
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace thingstead::mqtt {
namespace {

class Quiet final : public SessionHandler {
  public:
    void on_connect(const Connect&) override { session->accept({}, {}); }
    Flow on_publish(const Publish& publish) override {
        ++published;
        if (publish.packet_id) session->acknowledge(publish.packet_id);
        return Flow::more;
    }
    Flow on_subscribe(const Subscribe&) override { return Flow::more; }
    Flow on_unsubscribe(const Unsubscribe&) override { return Flow::more; }
    void on_delivered(std::uint16_t, ReasonCode) override {}
    void on_ping() override {}
    void on_disconnect(const Disconnect&) override {}

    ServerSession* session = nullptr;
    int published = 0;
};

TEST(Allocation, AnIdleSessionHoldsNoHeap) {
    for (const Version version : all_versions) {
        const SessionSettings settings;
        Quiet handler;
        std::string input;
        ASSERT_TRUE(encode(input, Connect{.version = version, .client_id = "c"}));
        ASSERT_TRUE(encode(input, Publish{.topic = "t", .qos = QoS::at_least_once, .packet_id = 1},
                           version));
        const long before = alive;
        ServerSession session(settings, handler, {});
        handler.session = &session;
        for (const char byte : input) session.feed(std::string_view(&byte, 1), {});
        session.publish({.topic = "d", .payload = "x", .qos = QoS::at_least_once});
        std::string ack;
        encode_ack(ack, PacketType::puback, 1, ReasonCode::success, version);
        session.feed(ack, {});
        EXPECT_EQ(session.in_flight(), 0u);
        {
            std::string output;
            session.swap_output(output);
            EXPECT_FALSE(output.empty());
        }
        EXPECT_EQ(handler.published, 1);
        EXPECT_EQ(alive, before);
    }
}

TEST(Allocation, APublishAndItsAnswerAllocateNothing) {
    for (const Version version : all_versions) {
        const SessionSettings settings;
        Quiet handler;
        ServerSession session(settings, handler, {});
        handler.session = &session;
        std::string connect, publishes;
        ASSERT_TRUE(encode(connect, Connect{.version = version, .client_id = "c"}));
        for (std::uint16_t id = 1; id <= 100; ++id)
            ASSERT_TRUE(encode(publishes,
                               Publish{.topic = "v1/devices/me/telemetry",
                                       .payload = "{\"a\":1}",
                                       .qos = QoS::at_least_once,
                                       .packet_id = id},
                               version));
        session.feed(connect, {});
        std::string output;
        session.swap_output(output);
        output.reserve(1'000);
        session.swap_output(output);  // the session now writes into the reserved one
        const long before = allocations;
        session.feed(publishes, {});
        EXPECT_EQ(allocations, before);
        EXPECT_EQ(handler.published, 100);
        EXPECT_EQ(session.output().size(), 400u);
    }
}

}  // namespace
}  // namespace thingstead::mqtt
