// The JavaScript library, SpiderMonkey, as one process has it.
#pragma once
#include <atomic>

#include "base/error.h"
#include "script/js/watchdog.h"

namespace thingstead::script::js {

class Library {
  public:
    /// Starts the library at the first call; it ends with the process, after the threads that used
    /// it. There is one because the library has one state per process and starts only once.
    /// Errors: unsupported - it cannot run here.
    static Result<Library*> instance();

    Watchdog& watchdog() { return watchdog_; }
    void runtime_begins() { ++runtimes_; }
    void runtime_ends() { --runtimes_; }

    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    ~Library();

  private:
    Library();

    Result<> started_;
    std::atomic<int> runtimes_ = 0;
    Watchdog watchdog_;
};

}  // namespace thingstead::script::js
