#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/lru_cache.h"
#include "core/cluster/requests.h"
#include "core/cluster/topics.h"

namespace thingstead::core::cluster {
namespace {

namespace asio = boost::asio;

/// One request under way; waits on its caller's executor.
struct Waiting {
    explicit Waiting(const asio::any_io_executor& executor) : timer(executor) {}
    asio::steady_timer timer;
    std::optional<Answer> answer;  ///< Of the executor's thread, as the timer.
};

/// Requests with one key go to one partition, and so to one node.
Uuid key_of(std::string_view text) {
    const std::size_t hash = std::hash<std::string_view>{}(text);
    return Uuid{hash, ~static_cast<std::uint64_t>(hash)};
}

Error no_such_answer() { return {ErrorCode::unavailable, "the answer is not to the question"}; }

}  // namespace

struct RequestClient::Impl {
    Impl(ServiceId me, RequestSettings with, Outbox& out, const Clock& the_clock,
         MetricsRegistry& registry)
        : self(std::move(me)),
          settings(with),
          topic(shared_topic(requests_topic, with.partitions)),
          outbox(out),
          clock(the_clock),
          asked(registry, "thingstead_cluster_requests_total", "Questions asked of nodes."),
          refused(registry, "thingstead_cluster_requests_refused_total",
                  "Questions that were not asked, for want of room."),
          timeouts(registry, "thingstead_cluster_request_timeouts_total",
                   "Questions that no node answered in time."),
          unknown(registry, "thingstead_cluster_responses_unknown_total",
                  "Answers that nobody waited for."),
          malformed(registry, "thingstead_cluster_responses_malformed_total",
                    "Answers that could not be read."),
          open(registry, "thingstead_cluster_requests_in_flight",
               "Questions that wait for an answer.") {}

    const ServiceId self;
    const RequestSettings settings;
    const queue::TopicSettings topic;
    Outbox& outbox;
    const Clock& clock;
    Counter asked;
    Counter refused;
    Counter timeouts;
    Counter unknown;
    Counter malformed;
    Gauge open;
    mutable std::mutex mutex;
    std::unordered_map<Uuid, std::shared_ptr<Waiting>> waiting;

    bool add(const Uuid& id, const std::shared_ptr<Waiting>& one) {
        const std::lock_guard lock(mutex);
        if (waiting.size() >= settings.in_flight_max) return false;
        waiting.emplace(id, one);
        open.set(static_cast<std::int64_t>(waiting.size()));
        return true;
    }
    std::shared_ptr<Waiting> take(const Uuid& id) {
        const std::lock_guard lock(mutex);
        const auto it = waiting.find(id);
        if (it == waiting.end()) return nullptr;
        std::shared_ptr<Waiting> one = std::move(it->second);
        waiting.erase(it);
        open.set(static_cast<std::int64_t>(waiting.size()));
        return one;
    }

    /// Takes the request out again, however the task ends.
    struct Entry {
        std::shared_ptr<Impl> impl;
        Uuid id;
        Entry(std::shared_ptr<Impl> of, const Uuid& request) : impl(std::move(of)), id(request) {}
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        ~Entry() { impl->take(id); }
    };
};

RequestClient::RequestClient(ServiceId self, RequestSettings settings, Outbox& outbox,
                             const Clock& clock, MetricsRegistry& metrics)
    : impl_(std::make_shared<Impl>(std::move(self), settings, outbox, clock, metrics)) {}

RequestClient::~RequestClient() = default;

Task<Result<Answer>> RequestClient::ask(Uuid key, Ask what) {
    const std::shared_ptr<Impl> impl = impl_;
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto waiting = std::make_shared<Waiting>(executor);
    waiting->timer.expires_after(impl->settings.timeout);
    TransportRequest request;
    request.id = new_random_uuid();
    request.reply_to = impl->self;
    request.expires_ms = impl->clock.now_ms() + impl->settings.timeout.count();
    request.ask = std::move(what);
    if (!impl->add(request.id, waiting)) {
        impl->refused.add();
        co_return Error{ErrorCode::unavailable, "too many requests are waiting for an answer"};
    }
    const Impl::Entry entry(impl, request.id);
    if (!impl->outbox.send(impl->topic, key, encode(request))) {
        impl->refused.add();
        co_return Error{ErrorCode::unavailable, "the queue takes no more requests"};
    }
    impl->asked.add();
    const auto wait = asio::as_tuple(asio::use_awaitable);
    if (!waiting->answer) co_await waiting->timer.async_wait(wait);
    if (!waiting->answer) {
        impl->timeouts.add();
        co_return Error{ErrorCode::timeout, "no node answered in time"};
    }
    if (const Failure* failure = std::get_if<Failure>(&*waiting->answer))
        co_return Error{ErrorCode::unavailable, "the node cannot answer now", failure->why};
    co_return *std::move(waiting->answer);
}

Result<> RequestClient::on_response(ByteSpan record) {
    Result<TransportResponse> response = decode_response(record);
    if (!response) {
        impl_->malformed.add();
        return response.error();
    }
    const std::shared_ptr<Waiting> waiting = impl_->take(response->request);
    if (!waiting) {
        impl_->unknown.add();
        return {};
    }
    asio::post(waiting->timer.get_executor(),
               [waiting, answer = std::move(response->answer)]() mutable {
                   waiting->answer = std::move(answer);
                   waiting->timer.cancel();
               });
    return {};
}

std::size_t RequestClient::in_flight() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->waiting.size();
}

// --- what is asked ---

/// Devices of one profile share it, as they do where it is read from the store.
struct RemoteCredentials::Profiles {
    using Ptr = std::shared_ptr<const TransportProfile>;
    LruCache<model::DeviceProfileId, Ptr> cache{10'000};

    DeviceIdentityPtr share(const DeviceIdentityPtr& device) {
        const std::optional<Ptr> known = cache.get(device->profile->id);
        if (!known || **known != *device->profile) {
            cache.put(device->profile->id, device->profile);
            return device;
        }
        DeviceIdentity shared = *device;
        shared.profile = *known;
        return std::make_shared<const DeviceIdentity>(std::move(shared));
    }
};

RemoteCredentials::RemoteCredentials(RequestClient& client)
    : client_(client), profiles_(std::make_unique<Profiles>()) {}

RemoteCredentials::~RemoteCredentials() = default;

Task<Result<CredentialsEntryPtr>> RemoteCredentials::find(std::string credentials_id) {
    const Uuid key = key_of(credentials_id);
    Ask what = FindCredentials{std::move(credentials_id)};
    const Result<Answer> answer = co_await client_.ask(key, std::move(what));
    if (!answer) co_return answer.error();
    if (std::holds_alternative<NotFound>(*answer)) co_return CredentialsEntryPtr();
    const CredentialsEntryPtr* found = std::get_if<CredentialsEntryPtr>(&*answer);
    if (!found) co_return no_such_answer();
    CredentialsEntry entry = **found;
    entry.identity = profiles_->share(entry.identity);
    co_return std::make_shared<const CredentialsEntry>(std::move(entry));
}

Task<Result<DeviceIdentityPtr>> RemoteCredentials::identity(model::DeviceId device) {
    Ask what = FindDevice{device};
    const Result<Answer> answer = co_await client_.ask(device.uuid, std::move(what));
    if (!answer) co_return answer.error();
    if (std::holds_alternative<NotFound>(*answer)) co_return DeviceIdentityPtr();
    const DeviceIdentityPtr* found = std::get_if<DeviceIdentityPtr>(&*answer);
    if (!found) co_return no_such_answer();
    co_return profiles_->share(*found);
}

Task<Result<DeviceView>> RemoteAttributes::read_for_device(
    model::DeviceId device, std::optional<std::vector<std::string>> client_keys,
    std::optional<std::vector<std::string>> shared_keys) {
    Ask what = ReadAttributes{device, std::move(client_keys), std::move(shared_keys)};
    Result<Answer> answer = co_await client_.ask(device.uuid, std::move(what));
    if (!answer) co_return answer.error();
    DeviceView* found = std::get_if<DeviceView>(&*answer);
    if (!found) co_return no_such_answer();
    co_return std::move(*found);
}

}  // namespace thingstead::core::cluster
