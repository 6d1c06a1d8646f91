// A few threads that share the partitions of one commit: a sync mostly waits for the disk, and
// several files are synced faster side by side.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace thingstead::queue::log {

class SyncPool {
  public:
    /// The caller of run() is one of the `threads`.
    explicit SyncPool(std::size_t threads);
    ~SyncPool();
    SyncPool(const SyncPool&) = delete;
    SyncPool& operator=(const SyncPool&) = delete;

    /// Calls work(0) … work(count - 1), each once, and returns when all have. One run at a time.
    void run(std::size_t count, const std::function<void(std::size_t)>& work);

  private:
    void help();
    void drain(std::unique_lock<std::mutex>& lock);

    std::mutex mutex_;  ///< Guards all.
    std::condition_variable work_came_;
    std::condition_variable work_done_;
    const std::function<void(std::size_t)>* work_ = nullptr;
    std::size_t next_ = 0;
    std::size_t count_ = 0;
    std::size_t unfinished_ = 0;
    bool ending_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace thingstead::queue::log
