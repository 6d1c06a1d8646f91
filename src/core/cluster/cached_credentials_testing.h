// What the tests of CachedCredentials share: a process with the cache, and what it says.
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <utility>

#include "base/log_testing.h"
#include "core/cluster/cached_credentials.h"
#include "core/cluster/cluster_testing.h"

namespace thingstead::core::cluster {

/// Lets a test change the world after the store was read, before the answer is used.
class Interrupted final : public CredentialsSource {
  public:
    explicit Interrupted(CredentialsSource& source) : source_(source) {}
    Task<Result<CredentialsEntryPtr>> find(std::string credentials_id) override {
        Result<CredentialsEntryPtr> found = co_await source_.find(std::move(credentials_id));
        if (after_read) std::exchange(after_read, nullptr)();
        co_return found;
    }
    Task<Result<DeviceIdentityPtr>> identity(model::DeviceId device) override {
        Result<DeviceIdentityPtr> found = co_await source_.identity(device);
        co_return found;
    }
    std::function<void()> after_read;

  private:
    CredentialsSource& source_;
};

/// A process with its events. Its cache outlives it.
struct CachingProcess {
    CachingProcess(CredentialsSource& store, store::Cache& cache, net::IoThreads& threads,
                   CachedCredentialsSettings settings = {})
        : source(store), credentials(source, cache, events, settings, threads, log.log, metrics) {}
    ~CachingProcess() { credentials.stop(std::chrono::seconds(30)); }

    template <class T>
    T run(Task<T> task) {
        return boost::asio::co_spawn(callers.next(), std::move(task), boost::asio::use_future)
            .get();
    }
    /// The device's name; "nobody", or "error".
    std::string name(const std::string& token) {
        const Result<CredentialsEntryPtr> found = run(credentials.find(token));
        if (!found) return "error";
        return *found ? (*found)->identity->name : "nobody";
    }
    DeviceIdentityPtr identity(model::DeviceId device) {
        const Result<DeviceIdentityPtr> found = run(credentials.identity(device));
        return found ? *found : nullptr;
    }
    void tell(ChangeKind kind, const DeviceIdentityPtr& device, std::vector<std::string> ids) {
        events.publish(EntityChange{kind, device->tenant, device->device, std::move(ids)});
    }
    void tell_of_profile(const DeviceIdentityPtr& device) {
        events.publish(EntityChange{ChangeKind::updated, device->tenant, device->profile->id});
    }

    net::IoThreads callers{1};  ///< Not of those that erase: a test may hold them up.
    MemoryLog log = open_memory_log();
    MetricsRegistry metrics;
    EntityEvents events;
    Interrupted source;
    CachedCredentials credentials;
};

inline DeviceIdentityPtr renamed(const DeviceIdentityPtr& device, std::string name) {
    DeviceIdentity other = *device;
    other.name = std::move(name);
    return std::make_shared<const DeviceIdentity>(std::move(other));
}

inline DeviceIdentityPtr with_topic(const DeviceIdentityPtr& device, std::string topic) {
    DeviceIdentity other = *device;
    auto profile = std::make_shared<TransportProfile>(*device->profile);
    profile->telemetry_topic = std::move(topic);
    other.profile = std::move(profile);
    return std::make_shared<const DeviceIdentity>(std::move(other));
}

}  // namespace thingstead::core::cluster
