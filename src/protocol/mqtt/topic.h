// Topic names and topic filters: what is well formed and which filter takes which topic.
// Source: OASIS MQTT 5.0 sections 1.5.4, 4.7 and 4.8.2; MQTT 3.1.1 has all but shared
// subscriptions.
#pragma once
#include <optional>
#include <string_view>

namespace thingstead::mqtt {

/// Well-formed UTF-8 as MQTT wants it: no overlong form, no surrogate, no U+0000.
bool is_utf8(std::string_view text);

/// A name to publish to: one character or more of UTF-8, none of them `+` or `#`.
bool is_topic_name(std::string_view topic);

/// A filter to subscribe with: `+` fills a level, `#` is the last level. A filter that starts with
/// `$share/` is judged like any other; see shared_subscription().
bool is_topic_filter(std::string_view filter);

/// Whether `filter` takes `topic`. A filter that starts with a wildcard does not take a topic that
/// starts with `$`. REQUIRES is_topic_filter(filter) and is_topic_name(topic).
bool topic_matches(std::string_view filter, std::string_view topic);

struct SharedSubscription {
    std::string_view share_name, filter;  ///< Parts of the text that was given.
};

/// Whether `filter` claims to be a shared subscription of MQTT 5: it starts with `$share/`.
constexpr bool is_shared(std::string_view filter) { return filter.starts_with("$share/"); }

/// `$share/{share name}/{filter}` in its parts; nullopt - it is not shared, or ill formed.
std::optional<SharedSubscription> shared_subscription(std::string_view filter);

}  // namespace thingstead::mqtt
