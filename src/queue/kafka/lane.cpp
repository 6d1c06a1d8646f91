#include "queue/kafka/lane.h"

#include <utility>

#include "queue/headers.h"

namespace thingstead::queue::kafka {

Lane::Lane(rd_kafka_t* handle, const std::string& topic, Context& context, Room& room)
    : handle_(handle), context_(context), room_(room) {
    rd_kafka_topic_conf_t* const conf = rd_kafka_default_topic_conf_dup(handle);
    rd_kafka_topic_conf_set_opaque(conf, this);
    topic_.reset(rd_kafka_topic_new(handle, topic.c_str(), conf));
}

Lane& Lane::of(const rd_kafka_message_t& message) {
    return *static_cast<Lane*>(rd_kafka_topic_opaque(message.rkt));
}

rd_kafka_resp_err_t Lane::append(ByteSpan key, ByteSpan value, ByteSpan headers,
                                 Tickets::Slot& slot) {
    const std::lock_guard lock(mutex_);
    if (closed_)
        return context_.stopping.load() ? RD_KAFKA_RESP_ERR__PURGE_QUEUE : RD_KAFKA_RESP_ERR__FATAL;
    if (in_flight_ == 0) {
        const rd_kafka_resp_err_t code = produce(key, value, headers, slot);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) ++in_flight_;
        return code;
    }
    std::string bytes;
    bytes.reserve(key.size() + headers.size() + value.size());
    bytes.append(as_text(key)).append(as_text(headers)).append(as_text(value));
    held_.push_back({&slot, key.size(), headers.size(), std::move(bytes)});
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

void Lane::delivered(std::size_t records, std::vector<std::shared_ptr<Tickets>>& touched) {
    std::vector<Held> group;
    {
        const std::lock_guard lock(mutex_);
        in_flight_ -= records;
        if (in_flight_ != 0 || held_.empty()) return;
        group.swap(held_);
        in_flight_ = group.size();  // Nobody goes before them.
    }
    std::size_t refused = 0;
    for (const Held& each : group) {
        const ByteSpan bytes = as_bytes(each.bytes);
        const rd_kafka_resp_err_t code =
            produce(bytes.first(each.key_bytes), bytes.subspan(each.key_bytes + each.headers_bytes),
                    bytes.subspan(each.key_bytes, each.headers_bytes), *each.slot);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
        ++refused;
        fail(*each.slot, code, touched);
    }
    if (refused != 0) delivered(refused, touched);
}

void Lane::close(std::vector<std::shared_ptr<Tickets>>& touched) {
    std::vector<Held> group;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        group.swap(held_);
    }
    for (const Held& each : group) fail(*each.slot, RD_KAFKA_RESP_ERR__PURGE_QUEUE, touched);
}

void Lane::fail(Tickets::Slot& slot, rd_kafka_resp_err_t code,
                std::vector<std::shared_ptr<Tickets>>& touched) {
    const std::size_t bytes = slot.bytes;
    touched.push_back(slot.owner->shared_from_this());
    slot.owner->settle(slot, to_error(code));
    context_.metrics.failed.add();
    room_.give(bytes, 1);
}

rd_kafka_resp_err_t Lane::produce(ByteSpan key, ByteSpan value, ByteSpan headers,
                                  Tickets::Slot& slot) {
    if (!headers.empty()) return produce_with(key, value, headers, slot);
    // A null value would be a tombstone; the library copies, though it does not say const.
    static constexpr char empty = 0;
    const void* const bytes = value.empty() ? static_cast<const void*>(&empty) : value.data();
    const int taken =
        rd_kafka_produce(topic_.get(), 0, RD_KAFKA_MSG_F_COPY, const_cast<void*>(bytes),
                         value.size(), key.empty() ? nullptr : key.data(), key.size(), &slot);
    return taken == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
}

rd_kafka_resp_err_t Lane::produce_with(ByteSpan key, ByteSpan value, ByteSpan headers,
                                       Tickets::Slot& slot) {
    const auto list = decode_headers(headers).value_or(std::vector<Header>());
    rd_kafka_headers_t* const native = rd_kafka_headers_new(list.size());
    for (const Header& each : list)
        rd_kafka_header_add(native, each.name.data(), static_cast<ssize_t>(each.name.size()),
                            each.value.data(), static_cast<ssize_t>(each.value.size()));
    static constexpr char empty = 0;
    const void* const bytes = value.empty() ? static_cast<const void*>(&empty) : value.data();
    const rd_kafka_resp_err_t code =
        rd_kafka_producev(handle_, RD_KAFKA_V_RKT(topic_.get()), RD_KAFKA_V_PARTITION(0),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                          RD_KAFKA_V_VALUE(const_cast<void*>(bytes), value.size()),
                          RD_KAFKA_V_KEY(key.empty() ? nullptr : key.data(), key.size()),
                          RD_KAFKA_V_OPAQUE(&slot), RD_KAFKA_V_HEADERS(native), RD_KAFKA_V_END);
    // Taken headers are the library's.
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(native);
    return code;
}

}  // namespace thingstead::queue::kafka
