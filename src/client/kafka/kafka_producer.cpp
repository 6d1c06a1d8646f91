#include "client/kafka/kafka_producer.h"

#include <arpa/inet.h>
#include <librdkafka/rdkafka.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <string_view>

namespace thingstead::client {
namespace {

constexpr auto kafka_log_period = std::chrono::seconds(10);
constexpr int kafka_purge_wait_ms = 5'000;

struct KafkaDestroy {
    void operator()(rd_kafka_t* it) const { rd_kafka_destroy(it); }
    void operator()(rd_kafka_conf_t* it) const { rd_kafka_conf_destroy(it); }
    void operator()(rd_kafka_queue_t* it) const { rd_kafka_queue_destroy(it); }
};

ErrorCode kafka_code(rd_kafka_resp_err_t code) {
    switch (code) {
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:        return ErrorCode::too_large;
        case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
        case RD_KAFKA_RESP_ERR_INVALID_RECORD:
        case RD_KAFKA_RESP_ERR__INVALID_ARG:                 return ErrorCode::invalid_argument;
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:           return ErrorCode::not_found;
        case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
        case RD_KAFKA_RESP_ERR__TIMED_OUT:
        case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:            return ErrorCode::timeout;
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:   return ErrorCode::unauthenticated;
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED: return ErrorCode::forbidden;
        default:                                             return ErrorCode::unavailable;
    }
}

bool kafka_may_call(const net::EgressGuard& guard, const sockaddr* address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* const bytes =
        address->sa_family == AF_INET
            ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(address)->sin_addr)
            : &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    if (!::inet_ntop(address->sa_family, bytes, text.data(), text.size())) return false;
    const auto number = net::parse_ip_address(text.data());
    return number && guard.permits(*number);
}

/// The caller of one send().
struct KafkaWaiting {
    KafkaProducer::Done done;
};

}  // namespace

struct KafkaProducer::Impl {
    Impl(const KafkaProducerSettings& settings, Log with)
        : egress(settings.egress), records_max(settings.records_max), log(std::move(with)) {}

    static void on_event(rd_kafka_t*, rd_kafka_event_t* event, void* self);
    static void on_log(const rd_kafka_t* handle, int level, const char* facility, const char* text);
    static int on_connect(int descriptor, const sockaddr* address, int bytes, const char* broker,
                          void* self);
    void note(std::string text) {
        const std::lock_guard lock(mutex);
        last_error = std::move(text);
    }
    void purge() {
        rd_kafka_purge(handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    }
    Error error_of(rd_kafka_resp_err_t code);
    void settle(const rd_kafka_message_t& message);

    const net::EgressGuard* const egress;
    const std::size_t records_max;
    const Log log;
    LogThrottle lines{kafka_log_period};
    std::atomic<std::size_t> waiting{0};
    std::atomic<bool> closed{false};
    std::mutex mutex;
    std::string last_error;  ///< About brokers.
    std::unique_ptr<rd_kafka_t, KafkaDestroy> handle;
};

// --- called by the library, on its threads ---

void KafkaProducer::Impl::on_event(rd_kafka_t*, rd_kafka_event_t* event, void* opaque) {
    auto& self = *static_cast<Impl*>(opaque);
    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR)
        while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event))
            self.settle(*message);
    else if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR &&
             rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        self.note(rd_kafka_event_error_string(event));
    rd_kafka_event_destroy(event);
}

void KafkaProducer::Impl::on_log(const rd_kafka_t* handle, int level, const char* facility,
                                 const char* text) {
    auto& self = *static_cast<Impl*>(rd_kafka_opaque(handle));
    const std::int64_t swallowed = level > 4 ? -1 : self.lines.take();
    if (swallowed < 0) return;
    self.log.warn("client.kafka.library",
                  {
                      {"facility",  facility },
                      {"text",      text     },
                      {"swallowed", swallowed}
    });
}

int KafkaProducer::Impl::on_connect(int descriptor, const sockaddr* address, int bytes,
                                    const char* broker, void* opaque) {
    auto& self = *static_cast<Impl*>(opaque);
    if (self.egress && !kafka_may_call(*self.egress, address)) {
        self.note(std::string(broker) + " is not an address that may be called");
        return EACCES;
    }
    const int connected = ::connect(descriptor, address, static_cast<socklen_t>(bytes));
    return connected == 0 || errno == EINPROGRESS ? 0 : errno;
}

Error KafkaProducer::Impl::error_of(rd_kafka_resp_err_t code) {
    std::string text =
        code == RD_KAFKA_RESP_ERR__PURGE_QUEUE || code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT
            ? "the producer was closed"
            : rd_kafka_err2str(code);
    const std::lock_guard lock(mutex);
    if (kafka_code(code) == ErrorCode::timeout && !last_error.empty())
        text += " (" + last_error + ")";
    return {kafka_code(code), "Kafka: " + text};
}

void KafkaProducer::Impl::settle(const rd_kafka_message_t& message) {
    const std::unique_ptr<KafkaWaiting> waiter(static_cast<KafkaWaiting*>(message._private));
    --waiting;
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return waiter->done(error_of(message.err));
    note({});
    KafkaPlace place;
    place.topic = rd_kafka_topic_name(message.rkt);
    place.partition = message.partition;
    place.offset = message.offset < 0 ? -1 : message.offset;
    waiter->done(std::move(place));
}

// --- called by its owner ---

KafkaProducer::KafkaProducer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

KafkaProducer::~KafkaProducer() {
    impl_->closed = true;
    impl_->purge();  // again, for what came in beside close()
    rd_kafka_flush(impl_->handle.get(), kafka_purge_wait_ms);
}

Result<std::unique_ptr<KafkaProducer>> KafkaProducer::open(const KafkaProducerSettings& settings,
                                                           Log log) {
    auto impl = std::make_unique<Impl>(settings, std::move(log));
    std::unique_ptr<rd_kafka_conf_t, KafkaDestroy> conf(rd_kafka_conf_new());
    std::array<char, 512> text{};
    for (const auto& [name, value] : settings.properties)
        if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), text.data(), text.size()) !=
            RD_KAFKA_CONF_OK)
            return Error{ErrorCode::invalid_argument, name + ": " + text.data()};
    rd_kafka_conf_set_opaque(conf.get(), impl.get());
    rd_kafka_conf_set_log_cb(conf.get(), &Impl::on_log);
    rd_kafka_conf_set_connect_cb(conf.get(), &Impl::on_connect);
    rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
    rd_kafka_conf_set_background_event_cb(conf.get(), &Impl::on_event);
    impl->handle.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), text.data(), text.size()));
    if (!impl->handle)
        return Error{ErrorCode::invalid_argument, std::string("Kafka: ") + text.data()};
    static_cast<void>(conf.release());  // The producer has it now.
    // Deliveries and errors, too, are told by the library's own thread.
    const std::unique_ptr<rd_kafka_queue_t, KafkaDestroy> main(
        rd_kafka_queue_get_main(impl->handle.get()));
    const std::unique_ptr<rd_kafka_queue_t, KafkaDestroy> background(
        rd_kafka_queue_get_background(impl->handle.get()));
    rd_kafka_queue_forward(main.get(), background.get());
    return std::unique_ptr<KafkaProducer>(new KafkaProducer(std::move(impl)));
}

void KafkaProducer::send(KafkaRecord record, Done done) {
    if (impl_->closed) return done(Error{ErrorCode::unavailable, "Kafka: the producer was closed"});
    if (impl_->waiting.fetch_add(1) >= impl_->records_max) {
        --impl_->waiting;
        return done(Error{ErrorCode::unavailable, "Kafka: too many records wait"});
    }
    rd_kafka_headers_t* headers =
        record.headers.empty() ? nullptr : rd_kafka_headers_new(record.headers.size());
    for (const auto& [name, value] : record.headers)
        rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                            static_cast<ssize_t>(value.size()));
    auto waiter = std::make_unique<KafkaWaiting>(KafkaWaiting{std::move(done)});
    std::array<rd_kafka_vu_t, 6> parts{};
    std::size_t count = 0;
    parts[count].vtype = RD_KAFKA_VTYPE_TOPIC;
    parts[count++].u.cstr = record.topic.c_str();
    parts[count].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    parts[count++].u.i = RD_KAFKA_MSG_F_COPY;
    parts[count].vtype = RD_KAFKA_VTYPE_VALUE;
    parts[count++].u.mem = {record.value.data(), record.value.size()};
    parts[count].vtype = RD_KAFKA_VTYPE_OPAQUE;
    parts[count++].u.ptr = waiter.get();
    if (record.key) {
        parts[count].vtype = RD_KAFKA_VTYPE_KEY;
        parts[count++].u.mem = {record.key->data(), record.key->size()};
    }
    if (headers) {
        parts[count].vtype = RD_KAFKA_VTYPE_HEADERS;
        parts[count++].u.headers = headers;
    }
    rd_kafka_error_t* const error = rd_kafka_produceva(impl_->handle.get(), parts.data(), count);
    if (!error) {
        static_cast<void>(waiter.release());  // settle() has it.
        return;
    }
    if (headers) rd_kafka_headers_destroy(headers);
    const Error why = impl_->error_of(rd_kafka_error_code(error));
    rd_kafka_error_destroy(error);
    --impl_->waiting;
    waiter->done(why);
}

void KafkaProducer::close() {
    if (!impl_->closed.exchange(true)) impl_->purge();
}

}  // namespace thingstead::client
