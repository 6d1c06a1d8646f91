// librdkafka's own fake of a Kafka cluster, on loopback, and a reader of what is in it.
#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <string>

#include "base/error.h"

namespace thingstead::client {

/// The thread sanitizer does not see how the library makes its threads, and falls over them.
#if defined(TS_SANITIZE_THREAD)
inline constexpr bool mock_cluster_runs = false;
#else
inline constexpr bool mock_cluster_runs = true;
#endif

class MockCluster {
  public:
    MockCluster() {
        std::array<char, 512> text{};
        rd_kafka_conf_t* const conf = rd_kafka_conf_new();
        rd_kafka_conf_set_log_cb(conf, nullptr);
        handle_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text.data(), text.size());
        TS_ASSERT(handle_);
        cluster_ = rd_kafka_mock_cluster_new(handle_, 1);
        TS_ASSERT(cluster_);
    }
    ~MockCluster() {
        rd_kafka_mock_cluster_destroy(cluster_);
        rd_kafka_destroy(handle_);
    }
    MockCluster(const MockCluster&) = delete;
    MockCluster& operator=(const MockCluster&) = delete;

    std::string servers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
    void make_topic(const char* topic, int partitions) {
        rd_kafka_mock_topic_create(cluster_, topic, partitions, 1);
    }
    /// The next `times` requests to produce are answered by `error`.
    void fail_next(rd_kafka_resp_err_t error) {
        rd_kafka_mock_push_request_errors(cluster_, 0, 1, error);
    }

    /// The record at the beginning of a partition: "key=value|header=value"…; "nothing" if none
    /// comes within half a minute.
    std::string first_record(const char* topic, std::int32_t partition) const {
        rd_kafka_conf_t* const conf = rd_kafka_conf_new();
        std::array<char, 512> text{};
        rd_kafka_conf_set(conf, "bootstrap.servers", servers().c_str(), text.data(), text.size());
        rd_kafka_conf_set(conf, "group.id", "test", text.data(), text.size());
        rd_kafka_t* const reader = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text.data(), text.size());
        TS_ASSERT(reader);
        rd_kafka_topic_partition_list_t* const list = rd_kafka_topic_partition_list_new(1);
        rd_kafka_topic_partition_list_add(list, topic, partition)->offset = 0;
        rd_kafka_assign(reader, list);
        rd_kafka_topic_partition_list_destroy(list);
        std::string out = "nothing";
        if (rd_kafka_message_t* const message = rd_kafka_consumer_poll(reader, 30'000)) {
            out = message->err ? rd_kafka_err2str(message->err) : text_of(*message);
            rd_kafka_message_destroy(message);
        }
        rd_kafka_consumer_close(reader);
        rd_kafka_destroy(reader);
        return out;
    }

  private:
    static std::string text_of(const rd_kafka_message_t& message) {
        std::string out = message.key
                              ? std::string(static_cast<const char*>(message.key), message.key_len)
                              : "none";
        out += "=" + std::string(static_cast<const char*>(message.payload), message.len);
        rd_kafka_headers_t* headers = nullptr;
        if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return out;
        const char* name = nullptr;
        const void* value = nullptr;
        std::size_t bytes = 0;
        for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &bytes) ==
                                RD_KAFKA_RESP_ERR_NO_ERROR;
             ++i)
            out +=
                "|" + std::string(name) + "=" + std::string(static_cast<const char*>(value), bytes);
        return out;
    }

    rd_kafka_t* handle_ = nullptr;
    rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

}  // namespace thingstead::client
