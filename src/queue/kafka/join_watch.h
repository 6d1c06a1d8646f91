// Knows when a member is being given a new generation by its group.
//
// From JoinGroup's request to SyncGroup's answer a commit must not be sent: the broker answers a
// connection in turn, so it would be read after the generation ended, be refused, and make the
// library give up every partition as lost. The library tells nobody that it joins again, but lets
// its requests be watched.
#pragma once
#include <librdkafka/rdkafka.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace thingstead::queue::kafka {

/// Outlives the client that it watches. Thread-safe.
class JoinWatch {
  public:
    /// Watches the client that will be made of `conf`.
    void watch(rd_kafka_conf_t* conf);
    bool joining() const;
    /// False: the group did not come to rest in time.
    bool wait_until_joined(std::chrono::milliseconds timeout);

  private:
    static rd_kafka_resp_err_t on_new(rd_kafka_t* handle, const rd_kafka_conf_t* conf, void* watch,
                                      char* text, std::size_t size);
    void set(bool joining);

    mutable std::mutex mutex_;
    std::condition_variable joined_;
    bool joining_ = false;
};

}  // namespace thingstead::queue::kafka
