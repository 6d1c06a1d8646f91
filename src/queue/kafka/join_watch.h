// Knows when a member is being given a new generation by its group, and when a commit is safe.
//
// From JoinGroup's request to SyncGroup's answer a commit must not be sent: the broker answers a
// connection in turn, so it would be read after the generation ended and be refused, and the
// library takes the refusal of the old generation for one of the new: it forgets the generation it
// was just given, is refused everything, and gives up every partition as lost.
//
// The library tells nobody that it joins again, but lets its requests be watched. It decides to
// join when a heartbeat is answered, or when it was told that revoked partitions are given up. So
// a commit that is put into its queue while a heartbeat is on its way goes out before JoinGroup:
// the queue is worked off in order, and the answer is behind.
#pragma once
#include <librdkafka/rdkafka.h>

#include <functional>
#include <mutex>

namespace thingstead::queue::kafka {

/// Outlives the client that it watches. Thread-safe.
class JoinWatch {
  public:
    /// Watches the client that will be made of `conf`.
    void watch(rd_kafka_conf_t* conf);
    /// Partitions are about to be given up; the library joins again when they are.
    void join_follows();

    /// `send` runs once, with the next heartbeat outside of a join, on a thread of the library:
    /// it may put something into a queue and nothing else. Takes the place of one that waits.
    void when_safe(std::function<void()> send);
    /// False: there is none that waits, or it ran.
    bool cancel();

  private:
    static rd_kafka_resp_err_t on_new(rd_kafka_t* handle, const rd_kafka_conf_t* conf, void* watch,
                                      char* text, std::size_t size);
    void on_sent(std::int16_t api);
    void on_answer(std::int16_t api);

    std::mutex mutex_;
    std::function<void()> send_;
    bool joining_ = false;
};

}  // namespace thingstead::queue::kafka
