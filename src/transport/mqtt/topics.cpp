#include "transport/mqtt/topics.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "protocol/mqtt/topic.h"

namespace thingstead::transport::mqtt {
namespace {

struct Fixed {
    std::string_view topic;
    TopicKind kind;
    Coding coding;
    Family family;
};

constexpr Fixed fixed_topics[] = {
    {"v2/t",   TopicKind::telemetry,  Coding::profile,  Family::v2         },
    {"v2/t/j", TopicKind::telemetry,  Coding::json,     Family::v2_json    },
    {"v2/t/p", TopicKind::telemetry,  Coding::protobuf, Family::v2_protobuf},
    {"v2/a",   TopicKind::attributes, Coding::profile,  Family::v2         },
    {"v2/a/j", TopicKind::attributes, Coding::json,     Family::v2_json    },
    {"v2/a/p", TopicKind::attributes, Coding::protobuf, Family::v2_protobuf},
};

constexpr Fixed requests[] = {
    // prefixes; the longer ones first
    {"v1/devices/me/attributes/request/", TopicKind::attribute_request, Coding::profile,
     Family::v1                                                                                              },
    {"v2/a/req/j/",                       TopicKind::attribute_request, Coding::json,     Family::v2_json    },
    {"v2/a/req/p/",                       TopicKind::attribute_request, Coding::protobuf, Family::v2_protobuf},
    {"v2/a/req/",                         TopicKind::attribute_request, Coding::profile,  Family::v2         },
    {"v1/devices/me/rpc/request/",        TopicKind::call,              Coding::profile,  Family::v1         },
    {"v2/r/req/j/",                       TopicKind::call,              Coding::json,     Family::v2_json    },
    {"v2/r/req/p/",                       TopicKind::call,              Coding::protobuf, Family::v2_protobuf},
    {"v2/r/req/",                         TopicKind::call,              Coding::profile,  Family::v2         },
};

struct Filter {
    std::string_view filter;
    bool attribute_updates;
    Family family;
};

constexpr Filter filters[] = {
    {"v1/devices/me/attributes",            true,  Family::v1         },
    {"v2/a",                                true,  Family::v2         },
    {"v2/a/j",                              true,  Family::v2_json    },
    {"v2/a/p",                              true,  Family::v2_protobuf},
    {"v1/devices/me/rpc/request/+",         false, Family::v1         },
    {"v2/r/req/+",                          false, Family::v2         },
    {"v2/r/req/j/+",                        false, Family::v2_json    },
    {"v2/r/req/p/+",                        false, Family::v2_protobuf},
    {"v1/devices/me/rpc/response/+",        false, Family::v1         },
    {"v2/r/res/+",                          false, Family::v2         },
    {"v2/r/res/j/+",                        false, Family::v2_json    },
    {"v2/r/res/p/+",                        false, Family::v2_protobuf},
    {"v1/devices/me/attributes/response/+", false, Family::v1         },
    {"v2/a/res/+",                          false, Family::v2         },
    {"v2/a/res/j/+",                        false, Family::v2_json    },
    {"v2/a/res/p/+",                        false, Family::v2_protobuf},
    {"v1/gateway/attributes",               false, Family::v1         },
    {"v1/gateway/rpc",                      false, Family::v1         },
    {"v1/gateway/attributes/response",      false, Family::v1         },
    {"v2/fw/response/+/chunk/+",            false, Family::v2         },
    {"v2/fw/error",                         false, Family::v2         },
    {"v2/sw/response/+/chunk/+",            false, Family::v2         },
    {"v2/sw/error",                         false, Family::v2         },
};

/// Whether a profile's topic filter takes `topic`; without wildcards the texts are compared.
bool takes(const std::string& filter, std::string_view topic) {
    if (filter.find_first_of("+#") == std::string::npos) return filter == topic;
    return ::thingstead::mqtt::topic_matches(filter, topic);
}

std::optional<std::int32_t> parse_id(std::string_view text) {
    std::int32_t id = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return id;
}

}  // namespace

PublishTopic classify_publish(std::string_view topic, const core::TransportProfile& profile) {
    if (takes(profile.attributes_topic, topic)) return {TopicKind::attributes};
    if (takes(profile.telemetry_topic, topic)) return {TopicKind::telemetry};
    for (const Fixed& row : requests)
        if (topic.starts_with(row.topic))
            return {row.kind, row.coding, row.family, parse_id(topic.substr(row.topic.size()))};
    for (const Fixed& row : fixed_topics)
        if (topic == row.topic) return {row.kind, row.coding, row.family};
    return {};
}

SubscribeFilter classify_filter(std::string_view filter, const core::TransportProfile& profile) {
    if (filter == profile.attributes_subscribe_topic) return {true, true, Family::v1};
    const auto* row = std::find_if(std::begin(filters), std::end(filters),
                                   [&](const Filter& each) { return each.filter == filter; });
    if (row == std::end(filters)) return {};
    return {true, row->attribute_updates, row->family};
}

std::string attribute_update_topic(Family family) {
    switch (family) {
        case Family::v1:          return "v1/devices/me/attributes";
        case Family::v2:          return "v2/a";
        case Family::v2_json:     return "v2/a/j";
        case Family::v2_protobuf: return "v2/a/p";
    }
    return {};
}

std::string attribute_response_topic(Family family, std::int32_t request_id) {
    const std::string id = std::to_string(request_id);
    switch (family) {
        case Family::v1:          return "v1/devices/me/attributes/response/" + id;
        case Family::v2:          return "v2/a/res/" + id;
        case Family::v2_json:     return "v2/a/res/j/" + id;
        case Family::v2_protobuf: return "v2/a/res/p/" + id;
    }
    return {};
}

std::string call_response_topic(Family family, std::int32_t request_id) {
    const std::string id = std::to_string(request_id);
    switch (family) {
        case Family::v1:          return "v1/devices/me/rpc/response/" + id;
        case Family::v2:          return "v2/r/res/" + id;
        case Family::v2_json:     return "v2/r/res/j/" + id;
        case Family::v2_protobuf: return "v2/r/res/p/" + id;
    }
    return {};
}

}  // namespace thingstead::transport::mqtt
