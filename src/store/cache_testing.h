// A cache with calls that wait, for tests.
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/cache.h"

namespace thingstead::store {

/// Every call runs on the calling thread, in a context of the thread's own.
class BlockingCache {
  public:
    explicit BlockingCache(std::unique_ptr<Cache> cache) : cache_(std::move(cache)) {}
    BlockingCache(BlockingCache&&) = default;
    ~BlockingCache() {
        if (cache_) cache_->stop();
    }
    Cache& operator*() { return *cache_; }
    Cache* operator->() { return cache_.get(); }

    CacheFound find(CacheRegion region, const std::string& key) {
        return run(cache_->get(region, key));
    }
    /// The value; "(nothing)" in its place.
    std::string get(CacheRegion region, const std::string& key) {
        const CacheFound found = find(region, key);
        return found.value ? *found.value : "(nothing)";
    }
    bool put(CacheRegion region, const std::string& key, std::string value, CacheTicket ticket,
             std::chrono::milliseconds ttl = {}) {
        return run(cache_->put(region, key, std::move(value), ticket, ttl));
    }
    /// As a reader does it: asks, then puts.
    bool fill(CacheRegion region, const std::string& key, std::string value,
              std::chrono::milliseconds ttl = {}) {
        return put(region, key, std::move(value), find(region, key).ticket, ttl);
    }
    bool erase(CacheRegion region, std::vector<std::string> keys) {
        return run(cache_->erase(region, std::move(keys)));
    }
    bool erase_region(CacheRegion region) { return run(cache_->erase_region(region)); }

    template <class T>
    static T run(Task<T> task) {
        // Outlives the caches: one of their threads may still be inside its post().
        static thread_local boost::asio::io_context context;
        context.restart();
        std::optional<T> result;
        std::exception_ptr failed;
        boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr error, T value) {
            failed = error;
            result.emplace(std::move(value));
        });
        context.run();
        if (failed) std::rethrow_exception(failed);
        return std::move(*result);
    }

  private:
    std::unique_ptr<Cache> cache_;
};

}  // namespace thingstead::store
