// Names of topics, groups and headers between who asks and who runs scripts, as the reference
// platform has them, and how topics are read.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "queue/partition_reader.h"
#include "queue/queue.h"

namespace thingstead::script::remote {

inline constexpr std::string_view requests_topic = "js_eval.requests";
inline constexpr std::string_view responses_topic_start = "js_eval.responses.";
inline constexpr std::string_view executors_group = "js-executor-group";

inline constexpr std::string_view request_id_header = "requestId";          ///< 16 bytes.
inline constexpr std::string_view response_topic_header = "responseTopic";  ///< UTF-8.
inline constexpr std::string_view expires_header = "expireTs";  ///< Epoch ms, 8 bytes, big endian.

inline std::string responses_topic(const std::string& service_id) {
    return std::string(responses_topic_start) + service_id;
}
inline std::string responses_group(const std::string& service_id) {
    return "rule-engine-node-" + service_id;
}

inline constexpr queue::ReaderSettings reader_settings{
    .thread_name = "js-queue",
    .not_readable = "js_queue.not_readable",
    .records_max = 100,
    .pause_after_error = std::chrono::milliseconds(200)};

/// Nobody waits longer than minutes.
inline queue::TopicSettings short_lived(std::string name) {
    queue::TopicSettings topic;
    topic.name = std::move(name);
    topic.retention = std::chrono::hours(1);
    topic.retention_bytes = 64u << 20;
    return topic;
}
inline queue::TopicSettings request_topic_settings(queue::PartitionIndex partitions) {
    queue::TopicSettings topic = short_lived(std::string(requests_topic));
    topic.partitions = partitions;
    topic.numbered = partitions != 1;
    return topic;
}
inline queue::TopicSettings response_topic_settings(std::string name) {
    queue::TopicSettings topic = short_lived(std::move(name));
    topic.partitions = 1;
    topic.numbered = false;
    return topic;
}

}  // namespace thingstead::script::remote
