#include <condition_variable>
#include <mutex>
#include <utility>

#include "core/cluster/requests.h"
#include "core/cluster/topics.h"
#include "net/task_group.h"

namespace thingstead::core::cluster {

struct RequestServer::Impl {
    Impl(CredentialsSource& from, DeviceAttributeReader& reader, RequestServerSettings with,
         Outbox& out, net::IoThreads& threads, const Clock& the_clock, Log log_to,
         MetricsRegistry& registry)
        : credentials(from),
          attributes(reader),
          settings(with),
          outbox(out),
          io(threads),
          clock(the_clock),
          tasks("cluster.requests", log_to),
          answered(registry, "thingstead_cluster_requests_answered_total",
                   "Questions of transports that were answered."),
          expired(registry, "thingstead_cluster_requests_expired_total",
                  "Questions of transports that came when nobody waited any more."),
          malformed(registry, "thingstead_cluster_requests_malformed_total",
                    "Questions of transports that could not be read.") {}

    Task<> serve(TransportRequest request);
    Task<Answer> answer(Ask ask);

    CredentialsSource& credentials;
    DeviceAttributeReader& attributes;
    const RequestServerSettings settings;
    Outbox& outbox;
    net::IoThreads& io;
    const Clock& clock;
    net::TaskGroup tasks;
    Counter answered;
    Counter expired;
    Counter malformed;
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t in_flight = 0;
    bool stopping = false;

    /// One of in_flight_max, given back however the task ends.
    struct Slot {
        explicit Slot(Impl& of) : impl(&of) {}
        Slot(Slot&& other) noexcept : impl(std::exchange(other.impl, nullptr)) {}
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
        ~Slot() {
            if (!impl) return;
            const std::lock_guard lock(impl->mutex);
            --impl->in_flight;
            impl->changed.notify_all();
        }
        Impl* impl;
    };
    Task<> serve_in(Slot slot, TransportRequest request) {
        const Slot mine = std::move(slot);
        co_await serve(std::move(request));
    }
};

namespace {

Answer failure(const Error& error) {
    return Failure{error.detail.empty() ? error.message : error.message + ": " + error.detail};
}

}  // namespace

RequestServer::RequestServer(CredentialsSource& credentials, DeviceAttributeReader& attributes,
                             RequestServerSettings settings, Outbox& outbox, net::IoThreads& io,
                             const Clock& clock, Log log, MetricsRegistry& metrics)
    : impl_(std::make_unique<Impl>(credentials, attributes, settings, outbox, io, clock,
                                   std::move(log), metrics)) {}

RequestServer::~RequestServer() { stop(std::chrono::seconds(5)); }

Result<> RequestServer::on_request(ByteSpan record) {
    Result<TransportRequest> request = decode_request(record);
    if (!request) {
        impl_->malformed.add();
        return request.error();
    }
    if (request->expires_ms <= impl_->clock.now_ms()) {
        impl_->expired.add();
        return {};
    }
    {
        std::unique_lock lock(impl_->mutex);
        impl_->changed.wait(lock, [&] {
            return impl_->stopping || impl_->in_flight < impl_->settings.in_flight_max;
        });
        if (impl_->stopping) return {};
        ++impl_->in_flight;
    }
    Impl::Slot slot(*impl_);
    impl_->tasks.spawn(impl_->io.next().get_executor(), "cluster.request",
                       impl_->serve_in(std::move(slot), *std::move(request)));
    return {};
}

Task<> RequestServer::Impl::serve(TransportRequest request) {
    TransportResponse response;
    response.request = request.id;
    response.answer = co_await answer(std::move(request.ask));
    // Full: who asked hears nothing, and asks again.
    if (outbox.send(single_topic(responses_topic(request.reply_to)), Uuid{}, encode(response)))
        answered.add();
}

Task<Answer> RequestServer::Impl::answer(Ask ask) {
    if (FindCredentials* wanted = std::get_if<FindCredentials>(&ask)) {
        Result<CredentialsEntryPtr> found = co_await credentials.find(std::move(wanted->id));
        if (!found) co_return failure(found.error());
        if (!*found) co_return NotFound{};
        co_return *std::move(found);
    }
    if (const FindDevice* wanted = std::get_if<FindDevice>(&ask)) {
        Result<DeviceIdentityPtr> found = co_await credentials.identity(wanted->device);
        if (!found) co_return failure(found.error());
        if (!*found) co_return NotFound{};
        co_return *std::move(found);
    }
    ReadAttributes& wanted = std::get<ReadAttributes>(ask);
    Result<DeviceView> found = co_await attributes.read_for_device(
        wanted.device, std::move(wanted.client_keys), std::move(wanted.shared_keys));
    if (!found) co_return failure(found.error());
    co_return *std::move(found);
}

void RequestServer::stop(std::chrono::milliseconds deadline) {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stopping = true;
        impl_->changed.notify_all();
    }
    impl_->tasks.stop(deadline);
}

}  // namespace thingstead::core::cluster
