#include "transport/mqtt/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "net/timer.h"
#include "protocol/mqtt/topic.h"
#include "transport/mqtt/status.h"
#include "transport/session/attribute_json.h"
#include "transport/session/uplink.h"

namespace thingstead::transport::mqtt {
namespace {

namespace asio = boost::asio;
using wire::Flow;
using wire::QoS;
using wire::ReasonCode;

/// Chunks read in a row before other connections of the thread have their turn.
constexpr int reads_per_turn = 4;
/// Output at which a connection stops reading until its client has taken some.
constexpr std::size_t unwritten_bytes_max = 256 * 1024;

/// Cookies of submissions: the packet id, and whether it is answered.
std::uint64_t cookie_of(std::uint16_t packet_id, QoS qos) {
    return (static_cast<std::uint64_t>(qos != QoS::at_most_once) << 16) | packet_id;
}

Error no_schema() { return {ErrorCode::unsupported, "protobuf payloads have no schema here"}; }

}  // namespace

Connection::Connection(Worker& worker, std::unique_ptr<net::Stream> stream)
    : worker_(worker),
      stream_(std::move(stream)),
      session_(worker.session_settings, *this, worker.services.clock.steady_now()) {}

Connection::~Connection() = default;

// --- the life of a connection ---

void Connection::start() {
    worker_.add(shared_from_this());
    go_on();
}

/// Decides what is next; the only place that begins to wait.
void Connection::go_on() {
    if (session_.closed() || peer_gone_) {
        finish();
        return;
    }
    if (waiting_) return;
    if (!may_read()) {
        session_.stop_reading();
        resting_ = true;
        return;
    }
    if (std::exchange(resting_, false)) session_.start_reading(worker_.services.clock.steady_now());
    waiting_ = true;
    stream_->notify_readable(shared_from_this());
}

void Connection::on_readable(bool readable) {
    waiting_ = false;
    if (readable && may_read()) {
        read_available();
        flush();
    }
    peer_gone_ = peer_gone_ || !readable;
    go_on();
}

bool Connection::may_read() const {
    return !session_.paused() && !over_window() &&
           unwritten_.size() - written_ <= unwritten_bytes_max;
}

/// Something changed outside of on_readable(): has go_on() look at it soon, not within the call.
void Connection::wake() {
    if (woken_) return;
    if (!resting_ && !session_.closed() && !peer_gone_) return;
    woken_ = true;
    asio::post(stream_->executor(), [self = shared_from_this()] {
        self->woken_ = false;
        self->go_on();
    });
}

/// Called again by wake() when the last words are written; that is bounded by the write timeout.
void Connection::finish() {
    if (!std::exchange(finished_, true)) {
        if (!session_.closed()) session_.connection_lost();
        flush();
        end_session();
    }
    if (writing_) return;
    stream_->close();
    worker_.remove(shared_from_this());
}

void Connection::read_available() {
    for (int turn = 0; turn < reads_per_turn; ++turn) {
        const Result<std::optional<std::size_t>> got = stream_->try_read(worker_.read_buffer);
        if (!got || (*got && **got == 0)) {
            peer_gone_ = true;
            return;
        }
        if (!*got) return;
        const std::size_t bytes = **got;
        worker_.metrics.bytes_received.add(bytes);
        session_.feed(as_text(ByteSpan(worker_.read_buffer).first(bytes)),
                      worker_.services.clock.steady_now());
        if (session_.closed() || session_.paused() || over_window() ||
            bytes < worker_.read_buffer.size())
            return;
    }
}

bool Connection::over_window() const {
    return session_.unacknowledged() >= worker_.settings.unacknowledged_max;
}

void Connection::flush() {
    while (!writing_) {
        if (written_ == unwritten_.size()) {
            unwritten_.clear();
            written_ = 0;
            session_.swap_output(unwritten_);
            if (unwritten_.empty()) {
                if (unwritten_.capacity() > 1024)
                    std::string().swap(unwritten_);  // an idle connection is small
                return;
            }
        }
        const ByteSpan rest = as_bytes(std::string_view(unwritten_).substr(written_));
        const Result<std::size_t> taken = stream_->try_write(std::span(&rest, 1));
        if (!taken) {
            peer_gone_ = true;
            unwritten_.clear();
            written_ = 0;
            stream_->cancel();
            wake();
            return;
        }
        written_ += *taken;
        if (written_ == unwritten_.size()) continue;
        writing_ = true;
        const bool spawned = worker_.tasks.spawn(stream_->executor(), "mqtt.write", write_rest());
        if (!spawned) writing_ = false;
        return;
    }
}

Task<> Connection::write_rest() {
    const auto self = shared_from_this();
    // Cancelled, the wait below ends with an error: what waits for this end hears of it.
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto give_up = std::chrono::milliseconds(worker_.settings.write_timeout);
    Result<> written = Result<>();
    while (written && written_ < unwritten_.size()) {
        written = co_await net::with_deadline(stream_->wait_writable(), give_up);
        if (!written) break;
        const ByteSpan rest = as_bytes(std::string_view(unwritten_).substr(written_));
        const Result<std::size_t> taken = stream_->try_write(std::span(&rest, 1));
        if (taken)
            written_ += *taken;
        else
            written = taken.error();
    }
    writing_ = false;
    if (!written) {
        peer_gone_ = true;
        unwritten_.clear();
        written_ = 0;
        stream_->cancel();
    } else {
        flush();
    }
    wake();
}

void Connection::end_session() {
    if (!device_) return;
    worker_.services.sessions.close(session_id_);
    note_activity();
    if (const std::unique_ptr<wire::StoredWill> will = session_.take_will()) {
        // A will speaks for the device: it takes the way of a publish at QoS 0.
        wire::Publish last_word;
        last_word.topic = will->topic;
        last_word.payload = will->payload;
        const PublishTopic topic = classify_publish(will->topic, *device_->profile);
        if (topic.kind == TopicKind::telemetry || topic.kind == TopicKind::attributes)
            take_uplink(topic, last_word);
    }
    worker_.services.activity.disconnected(device_, last_activity_ms_);
}

void Connection::shut_down() {
    session_.close(ReasonCode::server_shutting_down);
    flush();
    stream_->cancel();
    wake();
}

void Connection::on_sweep(std::chrono::steady_clock::time_point now) {
    if (session_.check_deadline(now)) {
        flush();
        stream_->cancel();
        wake();
        return;
    }
    if (!device_) return;
    end_late_calls(now);
    const EpochMs now_ms = worker_.services.clock.now_ms();
    const auto silence = std::chrono::milliseconds(now_ms - last_activity_ms_);
    if (silence > worker_.settings.inactivity_timeout && !session_.paused() &&
        session_.keep_alive_s() == 0) {
        session_.close(ReasonCode::keep_alive_timeout);
        flush();
        stream_->cancel();
        wake();
        return;
    }
    if (last_activity_ms_ <= reported_activity_ms_) return;
    reported_activity_ms_ = last_activity_ms_;
    worker_.services.activity.active(device_, last_activity_ms_);
}

void Connection::note_activity() { last_activity_ms_ = worker_.services.clock.now_ms(); }

// --- log-in ---

void Connection::on_connect(const wire::Connect& connect) {
    Login login;
    login.client_id = connect.client_id;
    login.has_user_name = connect.user_name.has_value() && !connect.user_name->empty();
    login.has_password = connect.password.has_value() && !connect.password->empty();
    if (connect.user_name) login.user_name = *connect.user_name;
    if (connect.password) login.password = *connect.password;
    if (!worker_.tasks.spawn(stream_->executor(), "mqtt.log_in", log_in(std::move(login))))
        session_.refuse(ReasonCode::server_unavailable);
}

Task<> Connection::log_in(Login login) {
    const auto self = shared_from_this();
    std::vector<std::vector<std::byte>> certificates = stream_->client_certificates_der();
    const ConnectFields given{login.has_user_name, login.has_password, !login.client_id.empty(),
                              !certificates.empty()};
    Result<core::DeviceIdentityPtr> device = Error{ErrorCode::unauthenticated, ""};
    if (!certificates.empty()) {
        device = co_await worker_.services.auth.by_certificate(std::move(certificates.front()));
    } else {
        device = co_await worker_.services.auth.by_mqtt_basic(
            std::move(login.client_id), std::move(login.user_name), std::move(login.password));
    }
    if (session_.closed()) co_return;
    const bool right_transport =
        device && ((*device)->profile->transport_type == model::TransportType::standard ||
                   (*device)->profile->transport_type == model::TransportType::mqtt);
    if (device && !right_transport)
        device = Error{ErrorCode::unsupported, "the device profile is not for MQTT"};
    if (!device) {
        worker_.metrics.connects_refused.add();
        session_.refuse(connack_reason(device.error(), given, session_.version()));
    } else {
        device_ = *std::move(device);
        session_id_ = worker_.services.sessions.open(device_, self, true);
        worker_.services.activity.connected(device_, worker_.services.clock.now_ms());
        worker_.metrics.connects_accepted.add();
        note_activity();
        session_.accept({}, worker_.services.clock.steady_now());
    }
    flush();
    if (session_.closed()) stream_->cancel();
    wake();
}

// --- from the device ---

Flow Connection::on_publish(const wire::Publish& publish) {
    worker_.metrics.publishes.add();
    note_activity();
    const PublishTopic topic = classify_publish(publish.topic, *device_->profile);
    switch (topic.kind) {
        case TopicKind::telemetry:
        case TopicKind::attributes:        return take_uplink(topic, publish);
        case TopicKind::attribute_request: {
            const Result<AttributeRequest> request = parse_attribute_request(publish.payload);
            if (!topic.request_id)
                return refuse_payload(publish, {ErrorCode::invalid_argument, "request id"});
            if (!request) return refuse_payload(publish, request.error());
            acknowledge(publish, ReasonCode::success);
            worker_.tasks.spawn(
                stream_->executor(), "mqtt.attributes",
                answer_attributes(topic.family, *topic.request_id, std::string(publish.payload)));
            return Flow::more;
        }
        case TopicKind::call: return take_call(topic, publish);
        case TopicKind::unknown:
            worker_.metrics.publishes_refused.add();
            acknowledge(publish, ReasonCode::topic_name_invalid);
            return Flow::more;
    }
    return Flow::more;
}

Flow Connection::take_uplink(const PublishTopic& topic, const wire::Publish& publish) {
    if (is_protobuf(topic)) return refuse_payload(publish, no_schema());
    const EpochMs now = worker_.services.clock.now_ms();
    Result<std::vector<model::QueuedMsg>> messages =
        topic.kind == TopicKind::telemetry
            ? telemetry_messages(*device_, worker_.parser, publish.payload, now, publish.topic)
            : attribute_messages(*device_, worker_.parser, publish.payload, now, publish.topic);
    if (!messages) return refuse_payload(publish, messages.error());
    if (messages->empty()) {
        acknowledge(publish, ReasonCode::success);
        return Flow::more;
    }
    return submit(*std::move(messages), publish.packet_id, publish.qos);
}

bool Connection::is_protobuf(const PublishTopic& topic) const {
    return topic.coding == Coding::protobuf ||
           (topic.coding == Coding::profile && device_->profile->protobuf);
}

/// The call is noted before it is on its way: the answer may be quick.
Flow Connection::take_call(const PublishTopic& topic, const wire::Publish& publish) {
    if (!topic.request_id)
        return refuse_payload(publish, {ErrorCode::invalid_argument, "request id"});
    if (is_protobuf(topic)) return refuse_payload(publish, no_schema());
    if (open_calls_.size() >= worker_.settings.calls_waiting_max)
        return refuse_payload(publish,
                              {ErrorCode::rate_limited, "too many calls wait for an answer"});
    const core::DeviceSessions& sessions = worker_.services.sessions;
    const CallOrigin origin{worker_.services.service_id, sessions.uuid_of(session_id_),
                            *topic.request_id};
    Result<std::vector<model::QueuedMsg>> messages =
        call_messages(*device_, publish.payload, worker_.services.clock.now_ms(), origin);
    if (!messages) return refuse_payload(publish, messages.error());
    open_calls_.push_back({*topic.request_id, topic.family,
                           worker_.services.clock.steady_now() + worker_.services.call_timeout});
    return submit(*std::move(messages), publish.packet_id, publish.qos);
}

Flow Connection::submit(std::vector<model::QueuedMsg> messages, std::uint16_t packet_id, QoS qos) {
    core::RuleIngress& way = worker_.ingress.way_to(device_->tenant, device_->profile->queue_name);
    if (way.submit(messages, shared_from_this(), cookie_of(packet_id, qos)))
        return over_window() ? Flow::pause : Flow::more;
    worker_.metrics.paused.add();
    without_room_ = std::make_unique<Waiting>(Waiting{std::move(messages), packet_id, qos});
    return Flow::pause;
}

Flow Connection::refuse_payload(const wire::Publish& publish, const Error& error) {
    worker_.metrics.publishes_refused.add();
    const ReasonCode reason = publish_reason(error.code);
    if (publish.qos == QoS::at_most_once) {
        session_.close(reason, error.message);
    } else if (session_.version() == Version::v5 || device_->profile->ack_invalid_payload) {
        acknowledge(publish, reason);
    } else {
        session_.close(reason);
    }
    return Flow::more;
}

void Connection::acknowledge(const wire::Publish& publish, ReasonCode reason) {
    if (publish.qos != QoS::at_most_once) session_.acknowledge(publish.packet_id, reason);
}

void Connection::on_durable(std::uint64_t cookie, const std::optional<Error>& error) {
    if (session_.closed()) return;
    if (error) {
        session_.close(ReasonCode::unspecified_error);
        return;
    }
    if (cookie >> 16) session_.acknowledge(static_cast<std::uint16_t>(cookie & 0xFFFF));
}

void Connection::on_round_end() {
    if (session_.paused() && !without_room_ && !over_window())
        session_.resume(worker_.services.clock.steady_now());
    flush();
    if (session_.closed()) stream_->cancel();
    wake();
}

void Connection::on_room() {
    if (!without_room_) return;
    const std::unique_ptr<Waiting> again = std::move(without_room_);
    if (submit(std::move(again->messages), again->packet_id, again->qos) == Flow::more)
        session_.resume(worker_.services.clock.steady_now());
    flush();
    wake();
}

Flow Connection::on_subscribe(const wire::Subscribe& subscribe) {
    note_activity();
    std::vector<ReasonCode> answers;
    for (const wire::Subscription each : subscribe.filters) {
        const SubscribeFilter filter = classify_filter(each.filter, *device_->profile);
        if (!filter.granted) {
            answers.push_back(ReasonCode::topic_filter_invalid);
            continue;
        }
        const QoS qos = std::min(each.qos, QoS::at_least_once);
        std::erase_if(granted_, [&](const Granted& old) { return old.filter == each.filter; });
        granted_.push_back({std::string(each.filter), qos});
        if (filter.attribute_updates) attribute_family_ = filter.family;
        answers.push_back(qos == QoS::at_most_once ? ReasonCode::granted_qos_0
                                                   : ReasonCode::granted_qos_1);
    }
    update_attribute_wish();
    session_.suback(subscribe.packet_id, answers);
    return Flow::more;
}

Flow Connection::on_unsubscribe(const wire::Unsubscribe& unsubscribe) {
    note_activity();
    std::vector<ReasonCode> answers;
    for (const wire::Subscription each : unsubscribe.filters) {
        const std::size_t gone =
            std::erase_if(granted_, [&](const Granted& old) { return old.filter == each.filter; });
        answers.push_back(gone != 0 ? ReasonCode::success : ReasonCode::no_subscription_existed);
    }
    update_attribute_wish();
    session_.unsuback(unsubscribe.packet_id, answers);
    return Flow::more;
}

void Connection::update_attribute_wish() {
    bool wanted = false;
    for (const Granted& each : granted_)
        wanted = wanted || classify_filter(each.filter, *device_->profile).attribute_updates;
    if (std::exchange(wants_attributes_, wanted) != wanted)
        worker_.services.sessions.want_attributes(session_id_, wanted);
}

void Connection::on_delivered(std::uint16_t, ReasonCode) {}
void Connection::on_ping() { note_activity(); }
void Connection::on_disconnect(const wire::Disconnect&) {}

// --- to the device ---

Task<> Connection::answer_attributes(Family family, std::int32_t request_id, std::string payload) {
    const auto self = shared_from_this();
    Result<AttributeRequest> request = parse_attribute_request(payload);
    auto view = co_await worker_.services.attributes.read_for_device(
        device_->device, std::move(request->client_keys), std::move(request->shared_keys));
    if (!view) co_return;  // the interface sends nothing then; the device asks again
    push(attribute_response_topic(family, request_id), attribute_response(*view));
}

QoS Connection::granted_qos(std::string_view topic) const {
    for (const Granted& each : granted_)
        if (wire::topic_matches(each.filter, topic)) return each.qos;
    return QoS::at_least_once;
}

void Connection::push(const std::string& topic, const std::string& payload) {
    if (session_.closed()) return;
    wire::Publish publish;
    publish.topic = topic;
    publish.payload = payload;
    publish.qos = granted_qos(topic);
    const wire::PublishOutcome outcome = session_.publish(publish);
    if (outcome.status == wire::PublishStatus::queue_full) {
        // A client that takes nothing any more; it gets the current state when it comes back.
        session_.close(ReasonCode::quota_exceeded);
        stream_->cancel();
        wake();
    }
    flush();
}

void Connection::on_shared_attributes(const std::vector<model::KeyValue>& updated) {
    asio::post(stream_->executor(),
               [self = shared_from_this(), payload = attribute_update(updated)] {
                   self->push(attribute_update_topic(self->attribute_family_), payload);
               });
}

void Connection::on_shared_attributes_removed(const std::vector<std::string>& keys) {
    asio::post(stream_->executor(), [self = shared_from_this(), payload = attribute_removal(keys)] {
        self->push(attribute_update_topic(self->attribute_family_), payload);
    });
}

void Connection::on_reply(std::int32_t request_id, std::string data) {
    asio::post(stream_->executor(),
               [self = shared_from_this(), request_id, answer = std::move(data)] {
                   self->answer_call(request_id, answer);
               });
}

/// A device that uses a number twice gets its answers in the order of its calls; an answer to no
/// call comes too late.
void Connection::answer_call(std::int32_t request_id, const std::string& data) {
    const auto call =
        std::find_if(open_calls_.begin(), open_calls_.end(),
                     [&](const OpenCall& each) { return each.request_id == request_id; });
    if (call == open_calls_.end()) return;
    const Family family = call->family;
    open_calls_.erase(call);
    push(call_response_topic(family, request_id), data);
}

void Connection::end_late_calls(std::chrono::steady_clock::time_point now) {
    while (!open_calls_.empty() && open_calls_.front().until <= now)
        answer_call(open_calls_.front().request_id, std::string(call_timeout_reply));
}

void Connection::on_device_changed() {
    asio::post(stream_->executor(), [self = shared_from_this()] {
        if (!self->session_.closed())
            self->worker_.tasks.spawn(self->stream_->executor(), "mqtt.refresh",
                                      self->refresh_device());
    });
}

Task<> Connection::refresh_device() {
    const auto self = shared_from_this();
    Result<core::DeviceIdentityPtr> device =
        co_await worker_.services.auth.refresh(device_->device);
    if (!device || session_.closed()) co_return;
    device_ = *std::move(device);
    update_attribute_wish();
}

void Connection::on_close(core::SessionCloseReason reason) {
    asio::post(stream_->executor(), [self = shared_from_this(), reason] {
        self->session_.close(close_reason(reason));
        self->flush();
        self->stream_->cancel();
        self->wake();
    });
}

}  // namespace thingstead::transport::mqtt
