#include "script/remote/executor.h"

#include <utility>
#include <vector>

#include "queue/headers.h"
#include "queue/names.h"
#include "script/remote/pool.h"
#include "script/remote/sender.h"
#include "script/remote/topics.h"

namespace thingstead::script::remote {
namespace {

constexpr std::size_t outbox_bytes_max = 64u << 20;

/// Where an answer goes.
struct ReturnAddress {
    Uuid request;
    std::string topic;       ///< For our queue.
    std::string whole_name;  ///< As the request has it.
    EpochMs expires_ms = 0;
};

Error bad_header(std::string_view name, const char* why) {
    return {ErrorCode::malformed, "header " + std::string(name) + ": " + why};
}

Result<ReturnAddress> address_of(const std::vector<queue::Header>& headers,
                                 const std::string& prefix) {
    ReturnAddress address;
    const queue::Header* const id = queue::find_header(headers, request_id_header);
    if (!id || id->value.size() != 16) return bad_header(request_id_header, "expected 16 bytes");
    address.request = Uuid::from_bytes(id->value.data());
    const queue::Header* const topic = queue::find_header(headers, response_topic_header);
    if (!topic) return bad_header(response_topic_header, "missing");
    address.whole_name = as_text(topic->value);
    std::string_view name = address.whole_name;
    if (!prefix.empty() && name.starts_with(prefix)) name.remove_prefix(prefix.size());
    // A request must not make us write into topics of another purpose.
    if (!queue::is_name(name) || !name.starts_with(responses_topic_start))
        return bad_header(response_topic_header, "not a topic of responses");
    address.topic = name;
    const queue::Header* const expires = queue::find_header(headers, expires_header);
    if (!expires) return address;
    if (expires->value.size() != 8) return bad_header(expires_header, "expected 8 bytes");
    address.expires_ms = static_cast<EpochMs>(load_big<std::uint64_t>(expires->value.data()));
    return address;
}

}  // namespace

struct Executor::Impl {
    Impl(Surroundings with, std::unique_ptr<WorkerPool> workers)
        : around(std::move(with)),
          requests(around.metrics, "thingstead_js_executor_requests_total",
                   "Requests taken from the queue."),
          unreadable(around.metrics, "thingstead_js_executor_unreadable_total",
                     "Requests that could not be read."),
          unanswered(around.metrics, "thingstead_js_executor_unanswered_total",
                     "Answers that the queue had no room for."),
          pool(std::move(workers)),
          sender(around.queue, outbox_bytes_max, "executor", around.log, around.metrics) {}

    void take(const queue::Received& received);
    void refuse(const Error& why);

    const Surroundings around;
    Counter requests;
    Counter unreadable;
    Counter unanswered;
    LogThrottle lines{std::chrono::seconds(10)};
    std::unique_ptr<WorkerPool> pool;
    Sender sender;
    std::unique_ptr<queue::GroupReader> reader;
};

Executor::Executor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Executor::~Executor() { stop(); }

Result<std::unique_ptr<Executor>> Executor::open(const Settings& settings, const Limits& limits,
                                                 std::vector<std::string> worker_command,
                                                 Surroundings around) {
    auto pool = WorkerPool::open(settings.executor, limits, std::move(worker_command), around.clock,
                                 around.log, around.metrics);
    if (!pool) return pool.error();
    std::unique_ptr<Executor> executor(
        new Executor(std::make_unique<Impl>(std::move(around), *std::move(pool))));
    Impl& impl = *executor->impl_;
    auto reader = queue::GroupReader::open(
        impl.around.queue, request_topic_settings(settings.partitions),
        std::string(executors_group), reader_settings, {},
        [&impl](const queue::Received& received) {
            impl.take(received);
            return true;
        },
        impl.around.log);
    if (!reader) return reader.error();
    impl.reader = *std::move(reader);
    return executor;
}

void Executor::Impl::take(const queue::Received& received) {
    Result<ReturnAddress> address = address_of(received.headers(), around.topic_prefix);
    if (!address) return refuse(address.error());
    Result<Request> request = decode_request(as_text(received.record().value));
    if (!request) return refuse(request.error());
    requests.add();
    Job job{*std::move(request), address->expires_ms, {}};
    job.done = [this, to = *std::move(address)](Response response) {
        response.request = to.request;
        Letter letter;
        letter.topic = to.topic;
        letter.key = to.request.to_string();
        letter.value = encode(response);
        letter.request = to.request;
        letter.response_topic = to.whole_name;
        letter.expires_ms = to.expires_ms;
        if (!sender.send(std::move(letter))) unanswered.add();
    };
    pool->submit(std::move(job));
}

/// Who asked cannot be told: it waits until its time is over.
void Executor::Impl::refuse(const Error& why) {
    unreadable.add();
    const std::int64_t swallowed = lines.take();
    if (swallowed >= 0)
        around.log.warn("js_executor.request_unreadable", why,
                        {
                            {"swallowed", swallowed}
        });
}

Result<> Executor::health() const { return impl_->pool->health(); }

void Executor::stop() {
    // The reader may wait for room in the pool: that ends first.
    impl_->pool->stop();
    impl_->reader.reset();
    impl_->sender.stop();
}

}  // namespace thingstead::script::remote
