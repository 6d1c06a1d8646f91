// For the tests of this part: devices, a queue of the test's own, sources of answers.
#pragma once
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/cluster/messages.h"
#include "queue/log/log_testing.h"

namespace thingstead::core::cluster {

inline std::shared_ptr<TransportProfile> some_profile() {
    auto profile = std::make_shared<TransportProfile>();
    profile->id = model::DeviceProfileId{new_time_uuid()};
    return profile;
}

inline DeviceIdentityPtr some_device(std::shared_ptr<const TransportProfile> profile) {
    DeviceIdentity device{};
    device.tenant = model::TenantId::make();
    device.device = model::DeviceId::make();
    device.name = "Pump";
    device.type = "default";
    device.profile = std::move(profile);
    return std::make_shared<const DeviceIdentity>(std::move(device));
}

/// Waits until something that other threads bring about is so; each change is told by changed().
class Condition {
  public:
    template <class IsSo>
    bool wait(IsSo is_so) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(30), is_so);
    }
    template <class Change>
    void change(Change change) {
        const std::lock_guard lock(mutex_);
        change();
        changed_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
};

/// Waits for what nobody tells of: counters of others.
template <class IsSo>
bool becomes(IsSo is_so) {
    for (int i = 0; i < 3'000 && !is_so(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return is_so();
}

/// What a node knows, in memory.
class FakeStore final : public CredentialsSource, public DeviceAttributeReader {
  public:
    Task<Result<CredentialsEntryPtr>> find(std::string credentials_id) override {
        Result<CredentialsEntryPtr> found = look_up(credentials_id);
        co_return found;
    }
    Task<Result<DeviceIdentityPtr>> identity(model::DeviceId device) override {
        Result<DeviceIdentityPtr> found = look_up(device);
        co_return found;
    }
    Task<Result<DeviceView>> read_for_device(
        model::DeviceId, std::optional<std::vector<std::string>> client_keys,
        std::optional<std::vector<std::string>> shared_keys) override {
        DeviceView view;
        if (client_keys) view.client.push_back({"c", model::Value(std::int64_t{1}), 7});
        if (shared_keys)
            for (const std::string& key : *shared_keys)
                view.shared.push_back({key, model::Value(true), 8});
        co_return view;
    }

    void put(const std::string& token, const DeviceIdentityPtr& device) {
        const std::lock_guard lock(mutex_);
        CredentialsEntry entry;
        entry.identity = device;
        by_token_[token] = std::make_shared<const CredentialsEntry>(std::move(entry));
    }
    void remove(const std::string& token) {
        const std::lock_guard lock(mutex_);
        by_token_.erase(token);
    }
    void fail(bool failing) {
        const std::lock_guard lock(mutex_);
        failing_ = failing;
    }
    int asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

  private:
    Result<CredentialsEntryPtr> look_up(const std::string& token) {
        const std::lock_guard lock(mutex_);
        ++asked_;
        if (failing_) return Error{ErrorCode::unavailable, "the disk is gone"};
        const auto it = by_token_.find(token);
        return it == by_token_.end() ? CredentialsEntryPtr() : it->second;
    }
    Result<DeviceIdentityPtr> look_up(model::DeviceId device) {
        const std::lock_guard lock(mutex_);
        ++asked_;
        for (const auto& [token, entry] : by_token_)
            if (entry->identity->device == device) return entry->identity;
        return DeviceIdentityPtr();
    }

    mutable std::mutex mutex_;
    std::map<std::string, CredentialsEntryPtr> by_token_;
    bool failing_ = false;
    int asked_ = 0;
};

}  // namespace thingstead::core::cluster
