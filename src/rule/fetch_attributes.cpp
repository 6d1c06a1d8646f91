#include "rule/fetch_attributes.h"

#include <algorithm>
#include <array>

#include "rule/entity_reads.h"

namespace thingstead::rule {
namespace {

using Keys = std::vector<std::string>;

struct ScopedKeys {
    model::AttributeScope scope;
    std::string_view prefix;  ///< Of the keys in the message.
    std::string_view name;    ///< In the list of what is missing.
    Keys keys;
};
using ScopeValues = std::array<std::vector<model::Attribute>, 3>;

Keys filled(const std::vector<Pattern>& patterns, const PatternSource& source) {
    Keys out;
    for (const Pattern& each : patterns) out.push_back(each.fill(source));
    return out;
}

void tell_missing(std::string& missing, std::string_view what, const Keys& keys) {
    if (keys.empty()) return;
    missing += missing.empty() ? "These keys are not stored: " : "; ";
    missing += std::string(what) + " [";
    for (std::size_t i = 0; i < keys.size(); ++i) missing += (i ? ", " : "") + keys[i];
    missing += ']';
}

/// Puts what is there by `put(key, found)`; returns the keys of the others.
template <class Found, class Put>
Keys put_all(const Keys& keys, const std::vector<Found>& found, const Put& put) {
    Keys missing;
    for (const std::string& key : keys) {
        const auto at = std::find_if(found.begin(), found.end(),
                                     [&](const Found& each) { return each.key == key; });
        if (at == found.end())
            missing.push_back(key);
        else
            put(key, *at);
    }
    return missing;
}

void put_with_ts(FetchTarget& target, const std::string& key, const store::LatestValue& latest) {
    const json::value both = json::object{
        {"ts",    latest.ts            },
        {"value", json_of(latest.value)}
    };
    if (target.part() == MsgPart::data)
        target.put(key, both);
    else
        target.put(key, json::value(json_text(both, MemberNames::bare)));
}

}  // namespace

Result<AttributesFetcher> AttributesFetcher::make(const AttributesConfig& config) {
    if (!config.fetch_to) return part_missing("fetchTo");
    AttributesFetcher fetcher;
    fetcher.client_ = patterns_of(config.client);
    fetcher.shared_ = patterns_of(config.shared);
    fetcher.server_ = patterns_of(config.server);
    fetcher.latest_ = patterns_of(config.latest);
    fetcher.tell_absent_ = config.tell_absent;
    fetcher.latest_with_ts_ = config.latest_with_ts;
    fetcher.part_ = *config.fetch_to;
    return fetcher;
}

Task<Result<>> AttributesFetcher::enrich(NodeServices& services, Visit& visit,
                                         model::EntityId from) const {
    Result<FetchTarget> target = FetchTarget::open(part_, visit.msg);
    if (!target) co_return target.error();
    const Result<PatternSource> source = PatternSource::of(visit.msg);
    if (!source) co_return source.error();
    const std::array<ScopedKeys, 3> scopes{
        ScopedKeys{model::AttributeScope::client, "cs_",     "client attributes",
                   filled(client_, *source)},
        ScopedKeys{model::AttributeScope::shared, "shared_", "shared attributes",
                   filled(shared_, *source)},
        ScopedKeys{model::AttributeScope::server, "ss_",     "server attributes",
                   filled(server_, *source)}
    };
    const Keys latest = filled(latest_, *source);

    const std::function<Result<ScopeValues>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<ScopeValues> {
        ScopeValues values;
        for (std::size_t i = 0; i < scopes.size(); ++i) {
            if (scopes[i].keys.empty()) continue;
            auto read = reader.attributes(from, scopes[i].scope, scopes[i].keys);
            if (!read) return read.error();
            values[i] = *std::move(read);
        }
        return values;
    };
    std::string missing;
    const bool any_scope = std::any_of(scopes.begin(), scopes.end(),
                                       [](const ScopedKeys& each) { return !each.keys.empty(); });
    if (any_scope) {
        const auto values = co_await read_entities<ScopeValues>(services, work);
        if (!values) co_return values.error();
        for (std::size_t i = 0; i < scopes.size(); ++i) {
            const auto put = [&](const std::string& key, const model::Attribute& found) {
                target->put(std::string(scopes[i].prefix) + key, found.value);
            };
            tell_missing(missing, scopes[i].name, put_all(scopes[i].keys, (*values)[i], put));
        }
    }
    if (!latest.empty()) {
        const auto values =
            co_await net::with_deadline(services.telemetry.latest(from, latest), answer_time_max);
        if (!values) co_return values.error();
        const auto put = [&](const std::string& key, const store::LatestValue& found) {
            if (latest_with_ts_)
                put_with_ts(*target, key, found);
            else
                target->put(key, found.value);
        };
        tell_missing(missing, "latest telemetry", put_all(latest, *values, put));
    }
    target->apply(visit.msg);
    if (tell_absent_ && !missing.empty()) co_return Error{ErrorCode::not_found, missing};
    co_return Result<>();
}

Result<> upgrade_attributes(std::int32_t, json::object& configuration) {
    return upgrade_flag_to_part(configuration, "fetchToData", MsgPart::data, "fetchTo", false);
}

}  // namespace thingstead::rule
