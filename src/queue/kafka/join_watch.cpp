#include "queue/kafka/join_watch.h"

namespace thingstead::queue::kafka {
namespace {

constexpr const char* name = "join_watch";
// Source: "The Messages" of the Kafka protocol guide.
constexpr std::int16_t join_group = 11;
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
            if (api == join_group) static_cast<JoinWatch*>(self)->set(true);
            return RD_KAFKA_RESP_ERR_NO_ERROR;
        },
        watch);
    return rd_kafka_interceptor_add_on_response_received(
        handle, name,
        [](rd_kafka_t*, int, const char*, std::int32_t, std::int16_t api, std::int16_t,
           std::int32_t, std::size_t, std::int64_t, rd_kafka_resp_err_t, void* self) {
            if (api == sync_group) static_cast<JoinWatch*>(self)->set(false);
            return RD_KAFKA_RESP_ERR_NO_ERROR;
        },
        watch);
}

void JoinWatch::set(bool joining) {
    const std::lock_guard lock(mutex_);
    joining_ = joining;
    if (!joining) joined_.notify_all();
}

bool JoinWatch::joining() const {
    const std::lock_guard lock(mutex_);
    return joining_;
}

bool JoinWatch::wait_until_joined(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return joined_.wait_for(lock, timeout, [&] { return !joining_; });
}

}  // namespace thingstead::queue::kafka
