// One MQTT connection of a device: the protocol session between a socket and the services.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/device_sessions.h"
#include "core/rule_ingress.h"
#include "net/stream_socket.h"
#include "protocol/mqtt/server_session.h"
#include "transport/mqtt/topics.h"
#include "transport/mqtt/worker.h"

namespace thingstead::transport::mqtt {

namespace wire = ::thingstead::mqtt;

/// Lives on its stream's thread, except the DeviceDownlink calls, which post themselves there.
/// Most connections are idle most of the time, so it keeps no coroutine: what happens calls it.
class Connection final : public std::enable_shared_from_this<Connection>,
                         public net::ReadReadiness,
                         public wire::SessionHandler,
                         public core::IngressWaiter,
                         public core::DeviceDownlink {
  public:
    Connection(Worker& worker, std::unique_ptr<net::Stream> stream);
    ~Connection() override;

    /// Reads until the session ends; then says good-bye to everybody. The worker keeps it alive
    /// meanwhile.
    void start();
    /// Called by the worker's sweep.
    void on_sweep(std::chrono::steady_clock::time_point now);
    /// The server stops.
    void shut_down();

    // net::ReadReadiness
    void on_readable(bool readable) override;

    // wire::SessionHandler
    void on_connect(const wire::Connect& connect) override;
    wire::Flow on_publish(const wire::Publish& publish) override;
    wire::Flow on_subscribe(const wire::Subscribe& subscribe) override;
    wire::Flow on_unsubscribe(const wire::Unsubscribe& unsubscribe) override;
    void on_delivered(std::uint16_t packet_id, wire::ReasonCode reason) override;
    void on_ping() override;
    void on_disconnect(const wire::Disconnect& disconnect) override;

    // core::IngressWaiter
    void on_durable(std::uint64_t cookie, const std::optional<Error>& error) override;
    void on_round_end() override;
    void on_room() override;

    // core::DeviceDownlink, from any thread
    void on_shared_attributes(const std::vector<model::KeyValue>& updated) override;
    void on_shared_attributes_removed(const std::vector<std::string>& keys) override;
    void on_device_changed() override;
    void on_close(core::SessionCloseReason reason) override;
    void on_reply(std::int32_t request_id, std::string data) override;

  private:
    struct Login {
        std::string client_id, user_name, password;
        bool has_user_name = false, has_password = false;
    };
    /// A publish that the queue had no room for; taken up again by on_room().
    struct Waiting {
        std::vector<model::QueuedMsg> messages;
        std::uint16_t packet_id;
        wire::QoS qos;
    };
    struct Granted {
        std::string filter;
        wire::QoS qos;
    };

    /// A call of the device that waits for an answer of a rule chain.
    struct OpenCall {
        std::int32_t request_id;
        Family family;
        std::chrono::steady_clock::time_point until;
    };

    Task<> log_in(Login login);
    Task<> answer_attributes(Family family, std::int32_t request_id, std::string payload);
    Task<> refresh_device();
    Task<> write_rest();

    wire::Flow take_uplink(const PublishTopic& topic, const wire::Publish& publish);
    wire::Flow take_call(const PublishTopic& topic, const wire::Publish& publish);
    void answer_call(std::int32_t request_id, const std::string& data);
    void end_late_calls(std::chrono::steady_clock::time_point now);
    bool is_protobuf(const PublishTopic& topic) const;
    wire::Flow submit(std::vector<model::QueuedMsg> messages, std::uint16_t packet_id,
                      wire::QoS qos);
    wire::Flow refuse_payload(const wire::Publish& publish, const Error& error);
    void acknowledge(const wire::Publish& publish, wire::ReasonCode reason);
    void push(const std::string& topic, const std::string& payload);
    wire::QoS granted_qos(std::string_view topic) const;
    void update_attribute_wish();
    void go_on();
    void wake();
    void finish();
    bool may_read() const;
    void read_available();
    void flush();
    bool over_window() const;
    void note_activity();
    void end_session();

    Worker& worker_;
    std::unique_ptr<net::Stream> stream_;
    wire::ServerSession session_;
    core::DeviceIdentityPtr device_;
    core::DeviceSessions::SessionId session_id_;
    std::unique_ptr<Waiting> without_room_;
    std::vector<Granted> granted_;
    std::vector<OpenCall> open_calls_;  ///< In the order of their deadlines.
    std::string unwritten_;             ///< Given to the socket, not taken by it yet.
    std::size_t written_ = 0;
    EpochMs last_activity_ms_ = 0;
    EpochMs reported_activity_ms_ = 0;
    Family attribute_family_ = Family::v1;
    bool peer_gone_ = false;
    bool writing_ = false;
    bool waiting_ = false;   ///< For the stream to be readable.
    bool resting_ = false;   ///< Does not read until wake().
    bool woken_ = false;     ///< go_on() is on its way.
    bool finished_ = false;  ///< The session has ended; at most the last words are being written.
    bool wants_attributes_ = false;
};

}  // namespace thingstead::transport::mqtt
