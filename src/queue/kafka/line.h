// One librdkafka producer, which all producers of a queue share, and the thread that hears it.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "queue/kafka/lane.h"
#include "queue/kafka/room.h"

namespace thingstead::queue::kafka {

class Line {
  public:
    /// Errors: invalid_argument - a setting. Needs no broker yet.
    static Result<std::shared_ptr<Line>> open(std::shared_ptr<Context> context,
                                              std::shared_ptr<Room> room);
    Line(std::shared_ptr<Context> context, std::shared_ptr<Room> room, Owned<rd_kafka_t> handle);
    ~Line();

    rd_kafka_t* handle() const { return handle_.get(); }
    /// Lives as long as the line. Any thread.
    Lane& lane(const std::string& topic);
    /// Waits until a broker answers. Before start(). Errors: unavailable, unauthenticated - the
    /// message names the setting.
    Result<> wait_for_broker(std::chrono::milliseconds timeout);
    /// Begins to hear deliveries and errors.
    void start();
    /// Something settled without the library: report it soon. Any thread.
    void report_soon(std::shared_ptr<Tickets> tickets);
    /// Fails what is in flight.
    void purge();
    /// The library's state is beyond repair: what is in flight fails, the thread ends with it.
    void retire();
    /// Hears the rest and ends the thread.
    void stop();

  private:
    void run();
    void probe();
    void hear(rd_kafka_event_t& event);
    void delivered(rd_kafka_event_t& event);
    static void report(std::vector<std::shared_ptr<Tickets>>& touched);
    void count(const rd_kafka_message_t& message);
    void failed(rd_kafka_event_t& event);
    void report_pending();
    Error start_error(std::string_view why, bool refused) const;

    const std::shared_ptr<Context> context_;
    const std::shared_ptr<Room> room_;
    const Owned<rd_kafka_t> handle_;
    const Owned<rd_kafka_queue_t> events_;
    std::atomic<bool> ending_{false};
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Lane>> lanes_;  ///< By topic.
    bool purged_ = false;
    std::vector<std::shared_ptr<Tickets>> pending_reports_;
    std::thread thread_;
};

/// The line in use: replaced when its library state is beyond repair.
class Lines {
  public:
    Lines(std::shared_ptr<Context> context, std::shared_ptr<Room> room, std::shared_ptr<Line> first)
        : context_(std::move(context)), room_(std::move(room)), lines_{std::move(first)} {}

    std::shared_ptr<Line> current() const;
    /// A line that is not `broken`. Errors: as Line::open().
    Result<std::shared_ptr<Line>> after(const std::shared_ptr<Line>& broken);
    /// Gives records in flight their time, then fails them; every ticket is reported.
    void stop();

  private:
    const std::shared_ptr<Context> context_;
    const std::shared_ptr<Room> room_;
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<Line>> lines_;  ///< The last one is in use.
};

}  // namespace thingstead::queue::kafka
