#include "queue/kafka/topic.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <thread>

namespace thingstead::queue::kafka {
namespace {

constexpr std::size_t broker_name_bytes_max = 249;
constexpr std::size_t framing_bytes = 64u << 10;

struct AdminDestroy {
    void operator()(rd_kafka_AdminOptions_t* it) const { rd_kafka_AdminOptions_destroy(it); }
    void operator()(rd_kafka_NewTopic_t* it) const { rd_kafka_NewTopic_destroy(it); }
    void operator()(rd_kafka_ListConsumerGroupOffsets_t* it) const {
        rd_kafka_ListConsumerGroupOffsets_destroy(it);
    }
    void operator()(rd_kafka_DeleteConsumerGroupOffsets_t* it) const {
        rd_kafka_DeleteConsumerGroupOffsets_destroy(it);
    }
};
template <class T>
using Admin = std::unique_ptr<T, AdminDestroy>;

/// One question to the cluster: where the answer comes, and how long it may take.
struct Request {
    Request(const Context& context, rd_kafka_t* admin, rd_kafka_admin_op_t operation)
        : queue(rd_kafka_queue_new(admin)), options(rd_kafka_AdminOptions_new(admin, operation)) {
        const int wait = milliseconds(context.settings.request_timeout);
        std::array<char, 256> text{};
        rd_kafka_AdminOptions_set_request_timeout(options.get(), wait, text.data(), text.size());
    }
    Owned<rd_kafka_event_t> answer() const {
        return Owned<rd_kafka_event_t>(rd_kafka_queue_poll(queue.get(), -1));
    }
    Owned<rd_kafka_queue_t> queue;
    Admin<rd_kafka_AdminOptions_t> options;
};

std::vector<std::string> names_of(const Context& context, const TopicSettings& settings) {
    const std::string full = context.full_name(settings.name);
    if (!settings.numbered) return {full};
    std::vector<std::string> names;
    for (PartitionIndex p = 0; p < settings.partitions; ++p)
        names.push_back(full + "." + std::to_string(p));
    return names;
}

/// Partitions by topic, of topics that are ready: with a leader everywhere.
Result<std::map<std::string, int>> topics_at_broker(const Context& context, rd_kafka_t* admin) {
    const rd_kafka_metadata_t* raw = nullptr;
    const auto code =
        rd_kafka_metadata(admin, 1, nullptr, &raw, milliseconds(context.settings.request_timeout));
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return to_error(code);
    const Owned<const rd_kafka_metadata_t> metadata(raw);
    std::map<std::string, int> topics;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
        const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
        if (topic.err == RD_KAFKA_RESP_ERR_NO_ERROR)
            topics.emplace(topic.topic, topic.partition_cnt);
    }
    return topics;
}

Admin<rd_kafka_NewTopic_t> new_topic(const Context& context, const TopicSettings& settings,
                                     const std::string& name) {
    const Settings& s = context.settings;
    std::array<char, 256> text{};
    Admin<rd_kafka_NewTopic_t> topic(
        rd_kafka_NewTopic_new(name.c_str(), 1, s.replication_factor, text.data(), text.size()));
    if (!topic) return topic;
    const auto set = [&](const char* key, const std::string& value) {
        rd_kafka_NewTopic_set_config(topic.get(), key, value.c_str());
    };
    set("retention.ms", std::to_string(settings.retention.count()));
    set("retention.bytes", std::to_string(settings.retention_bytes));
    set("min.insync.replicas", std::to_string(s.min_insync_replicas));
    set("max.message.bytes", std::to_string(s.record_bytes_max + framing_bytes));
    set("message.timestamp.type", "LogAppendTime");
    return topic;
}

Error refused(const std::string& name, rd_kafka_resp_err_t code, const char* why) {
    const std::string text =
        "Kafka does not make the topic " + name + ": " + (why ? why : rd_kafka_err2str(code));
    switch (code) {
        case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
            return {ErrorCode::invalid_argument, text + "; see " + setting("replication_factor")};
        case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
        case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
        case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
        case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
            return {ErrorCode::invalid_argument, text + "; see retention, " +
                                                     setting("min_insync_replicas") + " and " +
                                                     setting("record_bytes_max")};
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
            return {ErrorCode::unavailable, text + "; see " + setting("user")};
        default: return {ErrorCode::unavailable, text};
    }
}

/// Makes what is not there. `try_only`: the controller checks and makes nothing, so that a topic is
/// not left half made. Returns how many exist already, from the first on, as the controller knows
/// it: other brokers learn of a topic a moment later.
Result<PartitionIndex> create(const Context& context, rd_kafka_t* admin,
                              const TopicSettings& settings, const std::vector<std::string>& names,
                              bool try_only) {
    std::vector<Admin<rd_kafka_NewTopic_t>> topics;
    std::vector<rd_kafka_NewTopic_t*> raw;
    for (const std::string& name : names) {
        topics.push_back(new_topic(context, settings, name));
        if (!topics.back())
            return Error{ErrorCode::invalid_argument, "not a topic of Kafka: " + name};
        raw.push_back(topics.back().get());
    }
    const Request request(context, admin, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    std::array<char, 256> text{};
    rd_kafka_AdminOptions_set_validate_only(request.options.get(), try_only ? 1 : 0, text.data(),
                                            text.size());
    rd_kafka_CreateTopics(admin, raw.data(), raw.size(), request.options.get(),
                          request.queue.get());
    const Owned<rd_kafka_event_t> answer = request.answer();
    if (const auto code = rd_kafka_event_error(answer.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return refused(settings.name, code, rd_kafka_event_error_string(answer.get()));
    std::set<std::string> existing;
    std::size_t count = 0;
    const auto* results = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(answer.get()), &count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto code = rd_kafka_topic_result_error(results[i]);
        if (code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
            existing.insert(rd_kafka_topic_result_name(results[i]));
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
            continue;
        return refused(rd_kafka_topic_result_name(results[i]), code,
                       rd_kafka_topic_result_error_string(results[i]));
    }
    const auto missing = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
        return existing.count(name) == 0;
    });
    return static_cast<PartitionIndex>(missing - names.begin());
}

/// What of the topic exists: its partitions from 0 on, or nothing.
Result<Topic> find(const Context& context, rd_kafka_t* admin, const TopicSettings& settings) {
    const auto known = topics_at_broker(context, admin);
    if (!known) return known.error();
    Topic topic{settings.name, {}};
    const std::string full = context.full_name(settings.name);
    while (true) {
        const std::string name =
            settings.numbered ? full + "." + std::to_string(topic.names.size()) : full;
        const auto it = known->find(name);
        if (it == known->end()) return topic;
        if (it->second != 1)
            return Error{ErrorCode::invalid_argument,
                         "the topic " + name + " has " + std::to_string(it->second) +
                             " partitions at the broker, and one is expected"};
        topic.names.push_back(name);
        if (!settings.numbered) return topic;
    }
}

Owned<rd_kafka_topic_partition_list_t> partitions_of(const Topic& topic) {
    Owned<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(topic.count()));
    for (const std::string& name : topic.names)
        rd_kafka_topic_partition_list_add(list.get(), name.c_str(), 0);
    return list;
}

/// Whether the group has a position in the topic.
Result<bool> has_positions(const Context& context, rd_kafka_t* admin, const Topic& topic,
                           const std::string& group) {
    const auto partitions = partitions_of(topic);
    const Request request(context, admin, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
    const Admin<rd_kafka_ListConsumerGroupOffsets_t> wanted(
        rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), partitions.get()));
    rd_kafka_ListConsumerGroupOffsets_t* raw = wanted.get();
    rd_kafka_ListConsumerGroupOffsets(admin, &raw, 1, request.options.get(), request.queue.get());
    const Owned<rd_kafka_event_t> answer = request.answer();
    if (const auto code = rd_kafka_event_error(answer.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return to_error(code);
    std::size_t count = 0;
    const auto* groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
        rd_kafka_event_ListConsumerGroupOffsets_result(answer.get()), &count);
    if (count == 0) return false;
    if (const rd_kafka_error_t* error = rd_kafka_group_result_error(groups[0])) {
        if (rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) return false;
        return to_error(rd_kafka_error_code(error));
    }
    const rd_kafka_topic_partition_list_t* found = rd_kafka_group_result_partitions(groups[0]);
    return found != nullptr && std::any_of(found->elems, found->elems + found->cnt,
                                           [](const auto& each) { return each.offset >= 0; });
}

Error no_group(const std::string& group) {
    return {ErrorCode::not_found, "no such group: " + group};
}

Result<> group_error(const std::string& group, rd_kafka_resp_err_t code) {
    switch (code) {
        case RD_KAFKA_RESP_ERR_NO_ERROR:           return {};
        case RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND: return no_group(group);
        case RD_KAFKA_RESP_ERR_GROUP_SUBSCRIBED_TO_TOPIC:
        case RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP:
            return Error{ErrorCode::conflict, "group " + group + " has consumers"};
        default: return to_error(code);
    }
}

}  // namespace

PartitionIndex Topic::index_of(std::string_view broker_name) const {
    const auto it = std::find(names.begin(), names.end(), broker_name);
    return it == names.end() ? -1 : static_cast<PartitionIndex>(it - names.begin());
}

Result<Topic> open_topic(const Context& context, rd_kafka_t* admin, const TopicSettings& settings) {
    const std::vector<std::string> names = names_of(context, settings);
    if (names.back().size() > broker_name_bytes_max)
        return Error{ErrorCode::invalid_argument, "too long for Kafka: " + names.back()};
    Result<Topic> found = find(context, admin, settings);
    if (!found || found->count() > 0) return found;
    const Result<PartitionIndex> existing = create(context, admin, settings, names, true);
    if (!existing) return existing.error();
    if (*existing == 0)
        if (auto made = create(context, admin, settings, names, false); !made) return made.error();
    const PartitionIndex expected = *existing > 0 ? *existing : settings.partitions;
    const auto until = std::chrono::steady_clock::now() + context.settings.request_timeout;
    do {
        found = find(context, admin, settings);
        if (!found || found->count() >= expected) return found;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    } while (std::chrono::steady_clock::now() < until);
    return Error{ErrorCode::unavailable,
                 "Kafka has the topic " + settings.name + " but does not show it"};
}

Result<> remove_group(const Context& context, rd_kafka_t* admin, const Topic& topic,
                      const std::string& group) {
    const Result<bool> has = has_positions(context, admin, topic, group);
    if (!has) return has.error();
    if (!*has) return no_group(group);
    const auto partitions = partitions_of(topic);
    const Request request(context, admin, RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS);
    const Admin<rd_kafka_DeleteConsumerGroupOffsets_t> wanted(
        rd_kafka_DeleteConsumerGroupOffsets_new(group.c_str(), partitions.get()));
    rd_kafka_DeleteConsumerGroupOffsets_t* raw = wanted.get();
    rd_kafka_DeleteConsumerGroupOffsets(admin, &raw, 1, request.options.get(), request.queue.get());
    const Owned<rd_kafka_event_t> answer = request.answer();
    if (auto r = group_error(group, rd_kafka_event_error(answer.get())); !r) return r;
    std::size_t count = 0;
    const auto* groups = rd_kafka_DeleteConsumerGroupOffsets_result_groups(
        rd_kafka_event_DeleteConsumerGroupOffsets_result(answer.get()), &count);
    if (count == 0) return {};
    if (const rd_kafka_error_t* error = rd_kafka_group_result_error(groups[0]))
        return group_error(group, rd_kafka_error_code(error));
    const rd_kafka_topic_partition_list_t* left = rd_kafka_group_result_partitions(groups[0]);
    for (int i = 0; left != nullptr && i < left->cnt; ++i)
        if (auto r = group_error(group, left->elems[i].err); !r) return r;
    return {};
}

}  // namespace thingstead::queue::kafka
