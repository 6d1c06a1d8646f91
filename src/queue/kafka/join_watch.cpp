#include "queue/kafka/join_watch.h"

#include <utility>

namespace thingstead::queue::kafka {
namespace {

constexpr const char* name = "join_watch";
// Source: "The Messages" of the Kafka protocol guide.
constexpr std::int16_t join_group = 11;
constexpr std::int16_t heartbeat = 12;
constexpr std::int16_t sync_group = 14;

}  // namespace

void JoinWatch::watch(rd_kafka_conf_t* conf) {
    rd_kafka_conf_interceptor_add_on_new(conf, name, &on_new, this);
}

/// The functions run on threads of the library.
rd_kafka_resp_err_t JoinWatch::on_new(rd_kafka_t* handle, const rd_kafka_conf_t*, void* watch,
                                      char*, std::size_t) {
    rd_kafka_interceptor_add_on_request_sent(
        handle, name,
        [](rd_kafka_t*, int, const char*, std::int32_t, std::int16_t api, std::int16_t,
           std::int32_t, std::size_t, void* self) {
            static_cast<JoinWatch*>(self)->on_sent(api);
            return RD_KAFKA_RESP_ERR_NO_ERROR;
        },
        watch);
    return rd_kafka_interceptor_add_on_response_received(
        handle, name,
        [](rd_kafka_t*, int, const char*, std::int32_t, std::int16_t api, std::int16_t,
           std::int32_t, std::size_t, std::int64_t, rd_kafka_resp_err_t, void* self) {
            static_cast<JoinWatch*>(self)->on_answer(api);
            return RD_KAFKA_RESP_ERR_NO_ERROR;
        },
        watch);
}

/// The thread that sent the heartbeat is here, so that its answer was not read yet.
void JoinWatch::on_sent(std::int16_t api) {
    const std::lock_guard lock(mutex_);
    if (api == join_group) joining_ = true;
    if (api != heartbeat || joining_ || !send_) return;
    std::exchange(send_, nullptr)();
}

void JoinWatch::on_answer(std::int16_t api) {
    const std::lock_guard lock(mutex_);
    if (api == sync_group) joining_ = false;
}

void JoinWatch::join_follows() {
    const std::lock_guard lock(mutex_);
    joining_ = true;
}

void JoinWatch::when_safe(std::function<void()> send) {
    const std::lock_guard lock(mutex_);
    send_ = std::move(send);
}

bool JoinWatch::cancel() {
    const std::lock_guard lock(mutex_);
    return std::exchange(send_, nullptr) != nullptr;
}

}  // namespace thingstead::queue::kafka
