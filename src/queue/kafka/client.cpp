#include "queue/kafka/client.h"

#include <algorithm>
#include <array>
#include <thread>

namespace thingstead::queue::kafka {
namespace {

/// What the driver is built on; a user who changes these would break promises of the port.
constexpr std::array<std::string_view, 12> own_properties = {
    "acks",
    "auto.offset.reset",
    "bootstrap.servers",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.idempotence",
    "enable.partition.eof",
    "group.id",
    "partition.assignment.strategy",
    "request.required.acks",
    "transactional.id",
    "metadata.broker.list",
};

/// Runs on threads of the library.
void on_log(const rd_kafka_t* handle, int level, const char* facility, const char* text) {
    auto& context = *static_cast<Context*>(rd_kafka_opaque(handle));
    if (level > 4) {
        context.log.debug("queue.kafka.library", {
                                                     {"facility", facility},
                                                     {"text",     text    }
        });
        return;
    }
    const std::int64_t swallowed = context.library_lines.take();
    if (swallowed < 0) return;
    context.log.warn("queue.kafka.library",
                     {
                         {"facility",  facility },
                         {"text",      text     },
                         {"swallowed", swallowed}
    });
}

bool passes(rd_kafka_resp_err_t code) {
    switch (code) {
        case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
        case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        case RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE:
        case RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH:
        case RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH:
        case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
        case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
        case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
        case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        case RD_KAFKA_RESP_ERR__WAIT_COORD:
        case RD_KAFKA_RESP_ERR__TRANSPORT:                   return true;
        default:                                             return false;
    }
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return out;
}

}  // namespace

void Destroy::operator()(rd_kafka_t* it) const {
    rd_kafka_destroy_flags(it, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

PartitionList list_of(const std::string& topic, Offset offset) {
    PartitionList list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), 0)->offset = offset;
    return list;
}

Error to_error(rd_kafka_resp_err_t code, std::string_view what) {
    std::string text = what.empty() ? rd_kafka_err2str(code) : std::string(what);
    switch (code) {
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
            return {ErrorCode::too_large, std::move(text)};
        case RD_KAFKA_RESP_ERR_INVALID_RECORD:
        case RD_KAFKA_RESP_ERR__INVALID_ARG:   return {ErrorCode::invalid_argument, std::move(text)};
        default:                               return {ErrorCode::unavailable, "Kafka: " + std::move(text)};
    }
}

rd_kafka_resp_err_t persist(const Context& context,
                            const std::function<rd_kafka_resp_err_t()>& ask) {
    const auto until = std::chrono::steady_clock::now() + context.settings.request_timeout;
    while (true) {
        const rd_kafka_resp_err_t code = ask();
        if (!passes(code) || context.stopping.load() || std::chrono::steady_clock::now() > until)
            return code;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

std::string setting(std::string_view name) {
    return "queue.kafka." + std::string(name) + " (THINGSTEAD_QUEUE_KAFKA_" + upper(name) + ")";
}

Configuration::Configuration(Context& context) : context_(context), conf_(rd_kafka_conf_new()) {
    const Settings& s = context.settings;
    rd_kafka_conf_set_opaque(conf_.get(), &context);
    rd_kafka_conf_set_log_cb(conf_.get(), &on_log);
    set("bootstrap.servers", s.brokers, "brokers");
    set("client.id", s.client_id, "client_id");
    set("log.connection.close", "false");
    set("reconnect.backoff.max.ms", "2000");
    set("topic.metadata.refresh.sparse", "true");
    set_security();
}

void Configuration::set_security() {
    const Settings& s = context_.settings;
    set("security.protocol", std::string(enum_name(s.security)), "security");
    if (!s.ca_file.empty()) set("ssl.ca.location", s.ca_file, "ca_file");
    if (s.security != Security::sasl_plaintext && s.security != Security::sasl_ssl) return;
    if (s.user.empty()) mistake(setting("user") + " is empty, with SASL");
    set("sasl.mechanisms", std::string(enum_name(s.mechanism)), "mechanism");
    set("sasl.username", s.user, "user");
    set("sasl.password", s.password, "password");
}

Configuration& Configuration::set(const char* name, const std::string& value,
                                  std::string_view from) {
    std::array<char, 512> text{};
    if (rd_kafka_conf_set(conf_.get(), name, value.c_str(), text.data(), text.size()) !=
        RD_KAFKA_CONF_OK)
        mistake((from.empty() ? std::string(name) : setting(from)) + ": " + text.data());
    return *this;
}

void Configuration::mistake(std::string text) {
    if (mistake_.empty()) mistake_ = std::move(text);
}

void Configuration::add_properties() {
    for (const std::string& each : context_.settings.properties) {
        const std::size_t equals = each.find('=');
        const std::string name = each.substr(0, equals);
        if (equals == std::string::npos)
            mistake(setting("properties") + " has an entry that is not name=value");
        else if (std::find(own_properties.begin(), own_properties.end(), name) !=
                 own_properties.end())
            mistake(setting("properties") + ": " + name + " is the server's own");
        else
            set(name.c_str(), each.substr(equals + 1), "properties");
    }
}

Result<Owned<rd_kafka_t>> Configuration::make(rd_kafka_type_t type) {
    add_properties();
    if (!mistake_.empty()) return Error{ErrorCode::invalid_argument, mistake_};
    std::array<char, 512> text{};
    Owned<rd_kafka_t> made(rd_kafka_new(type, conf_.get(), text.data(), text.size()));
    if (!made) {
        const std::string why = text.data();
        // What fits by itself and is found wrong in use.
        const bool certificates = why.find("ssl.ca.location") != std::string::npos;
        return Error{ErrorCode::invalid_argument,
                     (certificates ? setting("ca_file") + " " + context_.settings.ca_file
                                   : "the settings of queue.kafka do not fit") +
                         ": " + why};
    }
    static_cast<void>(conf_.release());  // the client has it now
    return made;
}

}  // namespace thingstead::queue::kafka
