// librdkafka's handles as owners, its errors as ours, and the making of a client.
#pragma once
#include <librdkafka/rdkafka.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "queue/kafka/context.h"
#include "queue/queue.h"

namespace thingstead::queue::kafka {

struct Destroy {
    void operator()(rd_kafka_t* it) const;  ///< Leaves no group: that is GroupClient's to do.
    void operator()(rd_kafka_conf_t* it) const { rd_kafka_conf_destroy(it); }
    void operator()(rd_kafka_queue_t* it) const { rd_kafka_queue_destroy(it); }
    void operator()(rd_kafka_topic_t* it) const { rd_kafka_topic_destroy(it); }
    void operator()(rd_kafka_event_t* it) const { rd_kafka_event_destroy(it); }
    void operator()(rd_kafka_error_t* it) const { rd_kafka_error_destroy(it); }
    void operator()(rd_kafka_message_t* it) const { rd_kafka_message_destroy(it); }
    void operator()(const rd_kafka_metadata_t* it) const { rd_kafka_metadata_destroy(it); }
    void operator()(rd_kafka_topic_partition_list_t* it) const {
        rd_kafka_topic_partition_list_destroy(it);
    }
};
template <class T>
using Owned = std::unique_ptr<T, Destroy>;
using PartitionList = Owned<rd_kafka_topic_partition_list_t>;

/// Of one topic's only partition. `offset` may be one of the library's marks.
PartitionList list_of(const std::string& topic, Offset offset);

/// In our words; unavailable unless the record or the request itself is wrong.
Error to_error(rd_kafka_resp_err_t code, std::string_view what = {});

/// Asks until the answer is no passing one (a leader or coordinator that moves, a topic that was
/// made a moment ago), for `request_timeout` at most. `ask` returns a code of the library.
rd_kafka_resp_err_t persist(const Context& context,
                            const std::function<rd_kafka_resp_err_t()>& ask);

/// "queue.kafka.NAME (THINGSTEAD_QUEUE_KAFKA_NAME)": where the user turns it.
std::string setting(std::string_view name);

/// The properties of one client in the making. The first mistake is kept and told by make().
class Configuration {
  public:
    /// With what all clients have in common; `context` outlives the client.
    explicit Configuration(Context& context);

    Configuration& set(const char* name, const std::string& value, std::string_view from = {});
    rd_kafka_conf_t* get() const { return conf_.get(); }
    /// Adds the properties of the settings, last. Errors: invalid_argument - a property.
    Result<Owned<rd_kafka_t>> make(rd_kafka_type_t type);

  private:
    void set_security();
    void add_properties();
    void mistake(std::string text);

    Context& context_;
    Owned<rd_kafka_conf_t> conf_;
    std::string mistake_;
};

inline int milliseconds(std::chrono::milliseconds time) { return static_cast<int>(time.count()); }

}  // namespace thingstead::queue::kafka
