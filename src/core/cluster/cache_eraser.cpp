#include "core/cluster/cache_eraser.h"

#include <utility>

namespace thingstead::core::cluster {
namespace {

using store::CacheRegion;

constexpr CacheRegion regions[] = {CacheRegion::credentials, CacheRegion::devices,
                                   CacheRegion::profiles};

std::vector<std::string> keys_of(const std::vector<CacheKey>& keys, CacheRegion region) {
    std::vector<std::string> some;
    for (const CacheKey& each : keys)
        if (each.region == region) some.push_back(each.key);
    return some;
}

}  // namespace

/// A batch that is being erased; its changes end however the task ends.
class CacheEraser::Work {
  public:
    explicit Work(CacheEraser& eraser) : eraser_(eraser) {}
    ~Work() { end(); }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    bool next() {
        end();
        return eraser_.take(batch_);
    }
    const Batch& batch() const { return batch_; }

  private:
    void end() {
        for (const CacheKey& key : batch_.keys) eraser_.changes_.end(key);
        if (batch_.all) eraser_.changes_.end_all();
        batch_ = {};
    }

    CacheEraser& eraser_;
    Batch batch_;
};

CacheEraser::CacheEraser(store::Cache& cache, std::size_t waiting_max, net::IoThreads& io, Log log)
    : cache_(cache), waiting_max_(waiting_max), io_(io), tasks_("cache.eraser", std::move(log)) {}

void CacheEraser::erase(std::vector<CacheKey> keys) {
    std::unique_lock lock(mutex_);
    if (stopping_ || keys.empty()) return;
    if (waiting_.keys.size() + keys.size() > waiting_max_) {
        if (!std::exchange(waiting_.all, true)) changes_.begin_all();
    } else {
        for (CacheKey& key : keys) {
            changes_.begin(key);
            waiting_.keys.push_back(std::move(key));
        }
    }
    if (std::exchange(running_, true)) return;
    lock.unlock();
    if (tasks_.spawn(io_.next().get_executor(), "cache.erase", run())) return;
    lock.lock();
    running_ = false;
    idle_.notify_all();
}

/// False: there is nothing left, and who brings more starts another task.
bool CacheEraser::take(Batch& batch) {
    const std::lock_guard lock(mutex_);
    batch = std::exchange(waiting_, {});
    if (batch.all || !batch.keys.empty()) return true;
    running_ = false;
    idle_.notify_all();
    return false;
}

Task<> CacheEraser::run() {
    const std::shared_ptr<CacheEraser> self = shared_from_this();
    Work work(*this);
    while (work.next())
        for (const CacheRegion region : regions) {
            // What the cache cannot tell its server now it remembers, and answers no more.
            if (work.batch().all) {
                co_await cache_.erase_region(region);
                continue;
            }
            std::vector<std::string> keys = keys_of(work.batch().keys, region);
            if (!keys.empty()) co_await cache_.erase(region, std::move(keys));
        }
}

void CacheEraser::stop(std::chrono::milliseconds deadline) {
    {
        std::unique_lock lock(mutex_);
        stopping_ = true;
        idle_.wait_for(lock, deadline, [&] { return !running_; });
    }
    tasks_.stop(deadline);
}

}  // namespace thingstead::core::cluster
