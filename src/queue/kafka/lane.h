// The way of one topic's records into the library: while some of them are on their way to the
// broker, the next ones gather here, and go together when the answer has come. (With idempotence
// the library has one request of a topic in flight and looks for room in a loop meanwhile, which
// costs a core where a broker is slow.)
#pragma once
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "queue/kafka/client.h"
#include "queue/kafka/room.h"

namespace thingstead::queue::kafka {

/// Thread-safe. Records keep their order.
class Lane {
  public:
    Lane(rd_kafka_t* handle, const std::string& topic, Context& context, Room& room);

    /// Takes the record, of which `slot` is told by the delivery; headers as queue/headers.h codes
    /// them. Errors: the library's; nothing was taken.
    rd_kafka_resp_err_t append(ByteSpan key, ByteSpan value, ByteSpan headers, Tickets::Slot& slot);
    /// So many were delivered or failed: those that gathered go, when these were the last.
    /// Whose records failed at once is added to `touched`, to be reported.
    void delivered(std::size_t records, std::vector<std::shared_ptr<Tickets>>& touched);
    /// What gathered fails, and what is appended from now on.
    void close(std::vector<std::shared_ptr<Tickets>>& touched);

    /// Whose topic a delivery is of.
    static Lane& of(const rd_kafka_message_t& message);

  private:
    struct Held {
        Tickets::Slot* slot;
        std::size_t key_bytes;
        std::size_t headers_bytes;
        std::string bytes;  ///< Key, headers, value.
    };
    rd_kafka_resp_err_t produce(ByteSpan key, ByteSpan value, ByteSpan headers,
                                Tickets::Slot& slot);
    rd_kafka_resp_err_t produce_with(ByteSpan key, ByteSpan value, ByteSpan headers,
                                     Tickets::Slot& slot);
    void fail(Tickets::Slot& slot, rd_kafka_resp_err_t code,
              std::vector<std::shared_ptr<Tickets>>& touched);

    rd_kafka_t* const handle_;
    Context& context_;
    Room& room_;
    Owned<rd_kafka_topic_t> topic_;
    std::mutex mutex_;
    std::size_t in_flight_ = 0;
    std::vector<Held> held_;
    bool closed_ = false;
};

}  // namespace thingstead::queue::kafka
