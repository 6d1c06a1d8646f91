#include <algorithm>

#include "client/kafka/kafka_producer.h"
#include "rule/external.h"
#include "rule/node.h"
#include "rule/node/kafka/kafka_properties.h"
#include "rule/node/kafka/text_encoding.h"
#include "rule/pattern.h"
#include "rule/shared_clients.h"
#include "rule/told.h"

namespace thingstead::rule::kafka {
namespace {

/// Beyond it a record counts as lost, unless the configuration has `delivery.timeout.ms`.
constexpr std::string_view delivery_timeout_ms = "10000";
constexpr std::string_view header_prefix = "tb_msg_md_";

struct Config {
    std::string topic_pattern = "my-topic";
    std::optional<std::string> key_pattern;
    std::string bootstrap_servers = "localhost:9092";
    std::int32_t retries = 0;
    std::int32_t batch_size = 16'384;
    std::int32_t linger = 0;
    std::int32_t buffer_memory = 33'554'432;
    std::string acks = "-1";
    json::value other_properties = json::object();
    bool add_metadata_as_headers = false;
    std::optional<std::string> headers_charset = "UTF-8";
};
constexpr auto describe(const Config*) {
    return fields(
        field("topicPattern", &Config::topic_pattern, "Topic that is written to."),
        field("keyPattern", &Config::key_pattern, "Key of the record; empty: it has none."),
        field("bootstrapServers", &Config::bootstrap_servers,
              "Brokers to begin with: host:port, separated by commas."),
        field("retries", &Config::retries, "Attempts after one that failed.",
              between(0, 2'147'483'647)),
        field("batchSize", &Config::batch_size, "Bytes of a batch of records at most.",
              between(0, 2'147'483'647)),
        field("linger", &Config::linger, "Milliseconds that a record waits for others.",
              between(0, 900'000)),
        field("bufferMemory", &Config::buffer_memory, "Bytes of records that wait, at most.",
              between(0, 2'147'483'647)),
        field("acks", &Config::acks, "Brokers that must have the record: 0, 1, -1 or all."),
        field("otherProperties", &Config::other_properties,
              "Further properties of the producer, by their names in Kafka's Java client."),
        field("addMetadataKeyValuesAsKafkaHeaders", &Config::add_metadata_as_headers,
              "Whether the message's metadata become headers, tb_msg_md_KEY."),
        field("kafkaHeadersCharset", &Config::headers_charset, "Character set of headers."));
}

Result<Properties> properties_of(const Config& config, const NodeInfo& info,
                                 const NodeServices& services) {
    constexpr std::array<std::string_view, 4> acks{"-1", "all", "0", "1"};
    if (std::ranges::find(acks, config.acks) == acks.end())
        return Error{ErrorCode::invalid_argument, "acks must be 0, 1, -1 or all!"};
    if (config.bootstrap_servers.empty())
        return Error{ErrorCode::invalid_argument, "Bootstrap servers are not set!"};
    const auto at_least_1 = [](std::int32_t number) { return std::to_string(std::max(number, 1)); };
    Properties out{
        {"bootstrap.servers",          config.bootstrap_servers                                 },
        {"client.id",
         "producer-tb-kafka-node-" + info.rule_node.uuid.to_string() + "-" + services.service_id},
        {"retries",                    std::to_string(config.retries)                           },
        {"batch.size",                 at_least_1(config.batch_size)                            },
        {"linger.ms",                  std::to_string(config.linger)                            },
        {"queue.buffering.max.kbytes", at_least_1(config.buffer_memory / 1024)                  },
        {"acks",                       config.acks                                              },
        {"message.timeout.ms",         std::string(delivery_timeout_ms)                         },
        // As other clients of the platform do it: a key's partition is the same for all.
        {"partitioner",                "murmur2_random"                                         },
        {"log.connection.close",       "false"                                                  },
    };
    Result<Properties> more = library_properties(config.other_properties);
    if (!more) return more.error();
    out.insert(out.end(), more->begin(), more->end());
    return out;
}

/// Not of the node: the request may outlive it.
Task<ExternalAnswer> send_to(std::shared_ptr<client::KafkaProducer> producer,
                             client::KafkaRecord record) {
    const std::function<void(std::function<void(Result<client::KafkaPlace>)>)> begin =
        [producer,
         record = std::move(record)](std::function<void(Result<client::KafkaPlace>)> done) {
            producer->send(record, std::move(done));
        };
    Task<Result<client::KafkaPlace>> telling = told<client::KafkaPlace>(begin);
    const Result<client::KafkaPlace> place = co_await std::move(telling);
    if (!place) co_return ExternalAnswer::failed(place.error());
    ExternalAnswer answer;
    answer.metadata.put("offset", std::to_string(place->offset));
    answer.metadata.put("partition", std::to_string(place->partition));
    answer.metadata.put("topic", place->topic);
    co_return answer;
}

class KafkaNode final : public Node {
  public:
    KafkaNode(Config config, Charset charset, const NodeInfo& info, NodeServices& services,
              std::shared_ptr<client::KafkaProducer> producer)
        : topic_(std::move(config.topic_pattern)),
          key_(config.key_pattern.value_or("")),
          headers_(config.add_metadata_as_headers),
          charset_(charset),
          requests_(info, services),
          producer_(std::move(producer)) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo& info,
                                              NodeServices& services) {
        const std::string name = config.headers_charset.value_or("UTF-8");
        const std::optional<Charset> charset = enum_value<Charset>(name);
        if (!charset)
            return Error{ErrorCode::invalid_argument,
                         "Character set is not supported: '" + name + "'!"};
        Result<Properties> properties = properties_of(config, info, services);
        if (!properties) return properties.error();
        SharedClients* const clients = services.outside.clients;
        if (!clients) return Error{ErrorCode::unsupported, "Kafka is not reached from here!"};
        client::KafkaProducerSettings settings;
        settings.properties = *std::move(properties);
        settings.egress = clients->egress();
        auto producer = clients->of<client::KafkaProducer>(
            info.rule_node, json::serialize(to_json(config)),
            [&] { return client::KafkaProducer::open(settings, services.log); });
        if (!producer) return producer.error();
        return std::unique_ptr<Node>(std::make_unique<KafkaNode>(std::move(config), *charset, info,
                                                                 services, *std::move(producer)));
    }

    Step on_message(Visit& visit) override {
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) return source.error();
        client::KafkaRecord record;
        record.topic = topic_.fill(*source);
        if (!key_.empty()) record.key = key_.fill(*source);
        record.value = visit.msg.data;
        if (headers_)
            for (const auto& [key, value] : visit.msg.metadata)
                record.headers.emplace_back(std::string(header_prefix) + key,
                                            encoded(value, charset_));
        return requests_.run(visit, send_to(producer_, std::move(record)));
    }

  private:
    Pattern topic_;
    Pattern key_;
    bool headers_;
    Charset charset_;
    ExternalRequests requests_;
    std::shared_ptr<client::KafkaProducer> producer_;
};

/// 0 → 1: records are texts.
Result<> upgrade(std::int32_t, json::object& configuration) {
    configuration.erase("keySerializer");
    configuration.erase("valueSerializer");
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.kafka.TbKafkaNode",
    .name = "kafka",
    .kind = NodeKind::external,
    .summary = "Writes a message's data to a topic of Kafka.",
    .configuration_version = 1,
    .form = "tbExternalNodeKafkaConfig",
    .icon = "",
    .details =
        "Waits for the brokers' acknowledgement, and adds <code>offset</code>, "
        "<code>partition</code> and <code>topic</code> to the metadata. If there is none, "
        "the message goes on by <code>Failure</code>, with the reason in its metadata "
        "<code>error</code>.",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<KafkaNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::kafka
