#include "queue/log/sync_pool.h"

namespace thingstead::queue::log {

SyncPool::SyncPool(std::size_t threads) {
    for (std::size_t i = 1; i < threads; ++i) threads_.emplace_back([this] { help(); });
}

SyncPool::~SyncPool() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    work_came_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void SyncPool::run(std::size_t count, const std::function<void(std::size_t)>& work) {
    if (count == 1 || threads_.empty()) {
        for (std::size_t i = 0; i < count; ++i) work(i);
        return;
    }
    std::unique_lock lock(mutex_);
    work_ = &work;
    next_ = 0;
    count_ = unfinished_ = count;
    work_came_.notify_all();
    drain(lock);
    work_done_.wait(lock, [&] { return unfinished_ == 0; });
}

void SyncPool::help() {
    std::unique_lock lock(mutex_);
    while (true) {
        work_came_.wait(lock, [&] { return ending_ || next_ < count_; });
        if (ending_) return;
        drain(lock);
    }
}

void SyncPool::drain(std::unique_lock<std::mutex>& lock) {
    while (next_ < count_) {
        const std::size_t index = next_++;
        const auto& work = *work_;
        lock.unlock();
        work(index);
        lock.lock();
        if (--unfinished_ == 0) work_done_.notify_one();
    }
}

}  // namespace thingstead::queue::log
