#include "queue/kafka/line.h"

#include <algorithm>
#include <chrono>

namespace thingstead::queue::kafka {
namespace {

constexpr int event_wait_ms = 1000;
constexpr std::size_t request_overhead = 64u << 10;  ///< What framing adds to the largest record.

void configure(Configuration& conf, const Settings& s) {
    const auto number = [](auto value) { return std::to_string(value); };
    conf.set("enable.idempotence", "true")
        .set("linger.ms", number(s.linger.count()), "linger")
        .set("compression.codec", std::string(enum_name(s.compression)), "compression")
        .set("message.max.bytes", number(s.record_bytes_max + request_overhead), "record_bytes_max")
        .set("message.timeout.ms", number(s.message_timeout.count()), "message_timeout")
        .set("queue.buffering.max.messages", number(2 * s.pending_records_max),
             "pending_records_max")
        .set("queue.buffering.max.kbytes",
             number(std::min<std::size_t>(2 * (s.pending_bytes_max >> 10) + 1024, 2'147'483'647)),
             "pending_bytes_max");
    rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
}

}  // namespace

Result<std::shared_ptr<Line>> Line::open(std::shared_ptr<Context> context,
                                         std::shared_ptr<Room> room) {
    Configuration conf(*context);
    configure(conf, context->settings);
    Result<Owned<rd_kafka_t>> handle = conf.make(RD_KAFKA_PRODUCER);
    if (!handle) return handle.error();
    return std::make_shared<Line>(std::move(context), std::move(room), *std::move(handle));
}

Line::Line(std::shared_ptr<Context> context, std::shared_ptr<Room> room, Owned<rd_kafka_t> handle)
    : context_(std::move(context)),
      room_(std::move(room)),
      handle_(std::move(handle)),
      events_(rd_kafka_queue_get_main(handle_.get())) {}

Line::~Line() { stop(); }

Result<> Line::wait_for_broker(std::chrono::milliseconds timeout) {
    using Steady = std::chrono::steady_clock;
    const auto until = Steady::now() + timeout;
    std::string why = "no answer";
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
        if (left.count() <= 0) return start_error(why, false);
        const rd_kafka_metadata_t* metadata = nullptr;
        const auto got = rd_kafka_metadata(handle_.get(), 0, nullptr, &metadata,
                                           std::min(milliseconds(left), 250));
        if (got == RD_KAFKA_RESP_ERR_NO_ERROR) {
            const Owned<const rd_kafka_metadata_t> owner(metadata);
            return {};
        }
        while (const Owned<rd_kafka_event_t> event{rd_kafka_queue_poll(events_.get(), 0)}) {
            if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) continue;
            const rd_kafka_resp_err_t code = rd_kafka_event_error(event.get());
            // That all brokers are down says less than why one of them is.
            if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) continue;
            why = rd_kafka_event_error_string(event.get());
            if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION) return start_error(why, true);
        }
    }
}

Error Line::start_error(std::string_view why, bool refused) const {
    const Settings& s = context_->settings;
    if (refused)
        return {ErrorCode::unauthenticated, "Kafka refused the user \"" + s.user + "\", see " +
                                                setting("user") + " and " + setting("password") +
                                                ": " + std::string(why)};
    return {ErrorCode::unavailable, "no Kafka broker answers at " + s.brokers + ", see " +
                                        setting("brokers") + " and " + setting("security") + ": " +
                                        std::string(why)};
}

void Line::start() {
    thread_ = std::thread([this] { run(); });
}

void Line::run() {
    while (!ending_.load() || rd_kafka_outq_len(handle_.get()) > 0) {
        const Owned<rd_kafka_event_t> event(
            rd_kafka_queue_poll(events_.get(), ending_.load() ? 50 : event_wait_ms));
        if (event) hear(*event);
        if (!event && context_->unreachable.load()) probe();
        report_pending();
        context_->metrics.pending_bytes.set(static_cast<std::int64_t>(room_->bytes()));
        room_->tell_starving();
    }
    report_pending();
}

/// A quiet server would not notice that the brokers are back.
void Line::probe() {
    const rd_kafka_metadata_t* metadata = nullptr;
    if (rd_kafka_metadata(handle_.get(), 0, nullptr, &metadata, 500) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    const Owned<const rd_kafka_metadata_t> owner(metadata);
    context_->reached();
}

void Line::hear(rd_kafka_event_t& event) {
    switch (rd_kafka_event_type(&event)) {
        case RD_KAFKA_EVENT_DR:    return delivered(event);
        case RD_KAFKA_EVENT_ERROR: return failed(event);
        default:                   return;
    }
}

Lane& Line::lane(const std::string& topic) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Lane>& lane = lanes_[topic];
    if (!lane) {
        lane = std::make_unique<Lane>(handle_.get(), topic, *context_, *room_);
        std::vector<std::shared_ptr<Tickets>> nobody;
        if (purged_) lane->close(nobody);
    }
    return *lane;
}

void Line::report(std::vector<std::shared_ptr<Tickets>>& touched) {
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (const auto& each : touched) each->report();
    touched.clear();
}

/// Settles an answer's records, then reports to each producer once; what gathered goes first.
void Line::delivered(rd_kafka_event_t& event) {
    std::vector<std::shared_ptr<Tickets>> touched;
    std::map<Lane*, std::size_t> by_lane;
    std::size_t bytes = 0;
    std::size_t records = 0;
    std::size_t failures = 0;
    std::size_t failed_bytes = 0;
    while (const rd_kafka_message_t* message = rd_kafka_event_message_next(&event)) {
        auto& slot = *static_cast<Tickets::Slot*>(message->_private);
        if (touched.empty() || touched.back().get() != slot.owner)
            touched.push_back(slot.owner->shared_from_this());
        ++by_lane[&Lane::of(*message)];
        bytes += slot.bytes;
        if (records++ == 0) count(*message);
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            slot.owner->settle(slot, std::nullopt);
        } else {
            ++failures;
            failed_bytes += slot.bytes;
            slot.owner->settle(slot, to_error(message->err));
        }
    }
    for (const auto& [lane, count] : by_lane) lane->delivered(count, touched);
    report(touched);
    context_->metrics.records.add(records - failures);
    context_->metrics.bytes.add(bytes - failed_bytes);
    context_->metrics.failed.add(failures);
    room_->give(bytes, records);
}

/// Time and health by the first record of an answer: the others went the same way.
void Line::count(const rd_kafka_message_t& message) {
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        context_->reached();
        const std::int64_t microseconds = rd_kafka_message_latency(&message);
        if (microseconds >= 0)
            context_->metrics.delivery_seconds.observe(static_cast<double>(microseconds) / 1e6);
        return;
    }
    const std::int64_t swallowed = context_->failure_lines.take();
    if (swallowed < 0 || context_->stopping.load()) return;
    context_->log.error("queue.kafka.append_failed",
                        {
                            {"topic",     rd_kafka_topic_name(message.rkt)},
                            {"error",     rd_kafka_err2str(message.err)   },
                            {"swallowed", swallowed                       }
    });
}

void Line::failed(rd_kafka_event_t& event) {
    const rd_kafka_resp_err_t code = rd_kafka_event_error(&event);
    context_->metrics.client_errors.add();
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        context_->not_reached(rd_kafka_event_error_string(&event));
    if (code != RD_KAFKA_RESP_ERR__FATAL) return;
    context_->log.error("queue.kafka.producer_broken",
                        {
                            {"error", rd_kafka_event_error_string(&event)}
    });
    purge();
}

void Line::report_soon(std::shared_ptr<Tickets> tickets) {
    {
        const std::lock_guard lock(mutex_);
        pending_reports_.push_back(std::move(tickets));
    }
    rd_kafka_queue_yield(events_.get());
}

void Line::report_pending() {
    std::vector<std::shared_ptr<Tickets>> pending;
    {
        const std::lock_guard lock(mutex_);
        pending.swap(pending_reports_);
    }
    for (const auto& each : pending) each->report();
}

void Line::purge() {
    std::vector<std::shared_ptr<Tickets>> touched;
    {
        const std::lock_guard lock(mutex_);
        purged_ = true;
        for (const auto& [topic, lane] : lanes_) lane->close(touched);
    }
    report(touched);
    rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

void Line::retire() {
    purge();
    ending_ = true;
    rd_kafka_queue_yield(events_.get());
}

void Line::stop() {
    ending_ = true;
    rd_kafka_queue_yield(events_.get());
    if (thread_.joinable()) thread_.join();
}

std::shared_ptr<Line> Lines::current() const {
    const std::lock_guard lock(mutex_);
    return lines_.back();
}

Result<std::shared_ptr<Line>> Lines::after(const std::shared_ptr<Line>& broken) {
    const std::lock_guard lock(mutex_);
    if (lines_.back() != broken) return lines_.back();
    Result<std::shared_ptr<Line>> next = Line::open(context_, room_);
    if (!next) return next.error();
    (*next)->start();
    lines_.push_back(*next);
    broken->retire();
    return next;
}

void Lines::stop() {
    const std::lock_guard lock(mutex_);
    room_->close();
    if (!room_->wait_empty(context_->settings.stop_timeout)) {
        for (const auto& line : lines_) line->purge();
        room_->wait_empty(std::chrono::seconds(10));
    }
    for (const auto& line : lines_) line->stop();
}

}  // namespace thingstead::queue::kafka
