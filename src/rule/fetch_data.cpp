#include "rule/fetch_data.h"

#include <algorithm>

#include "rule/entity_reads.h"

namespace thingstead::rule {
namespace {

Error bad_config(std::string text) { return {ErrorCode::invalid_argument, std::move(text)}; }

std::vector<std::string> sources_of(const KeyMapping& keys) {
    std::vector<std::string> out;
    for (const auto& [source, target] : keys)
        if (std::find(out.begin(), out.end(), source) == out.end()) out.push_back(source);
    return out;
}

}  // namespace

Result<KeyMapping> mapping_of(const json::value& configured, std::string_view field) {
    const json::object* members = configured.if_object();
    if (!members || members->empty())
        return bad_config("At least one entry of " + std::string(field) + " should be specified!");
    KeyMapping out;
    for (const json::key_value_pair& each : *members) {
        const json::string* target = each.value().if_string();
        if (!target)
            return bad_config(std::string(field) + "." + std::string(each.key()) +
                              ": expected a string");
        out.emplace_back(each.key(), *target);
    }
    return out;
}

std::optional<std::string> field_text(const json::object& document, std::string_view path,
                                      bool ignore_null) {
    const json::object* at = &document;
    for (;;) {
        const std::size_t point = path.find('.');
        const json::value* value = at ? at->if_contains(path.substr(0, point)) : nullptr;
        if (!value) return std::nullopt;
        if (point == std::string_view::npos) {
            if (value->is_null() && ignore_null) return std::nullopt;
            return text_of(*value);
        }
        at = value->if_object();
        path.remove_prefix(point + 1);
    }
}

Result<> upgrade_fetch(json::object& configuration) {
    const std::optional<bool> telemetry = flag_of(configuration.if_contains("telemetry"));
    const json::value* found = configuration.if_contains("attrMapping");
    if (!telemetry || !found)
        return Error{ErrorCode::malformed, "telemetry or attrMapping is missing"};
    const json::value mapping = *found;  // new members may move it
    configuration["dataToFetch"] =
        enum_name(*telemetry ? FetchedData::latest_telemetry : FetchedData::attributes);
    configuration["dataMapping"] = mapping;
    configuration["fetchTo"] = enum_name(MsgPart::metadata);
    configuration.erase("telemetry");
    configuration.erase("attrMapping");
    return {};
}

Result<DataFetcher> DataFetcher::make(const FetchConfig& config, bool with_fields) {
    if (!config.data_to_fetch) return bad_config("dataToFetch can't be null!");
    if (*config.data_to_fetch == FetchedData::fields && !with_fields)
        return bad_config("dataToFetch can't be FIELDS here!");
    if (!config.fetch_to) return part_missing("fetchTo");
    const Result<KeyMapping> mapping = mapping_of(config.data_mapping, "dataMapping");
    if (!mapping) return mapping.error();
    DataFetcher fetcher(*config.data_to_fetch, *config.fetch_to);
    for (const auto& [source, target] : *mapping)
        fetcher.mapping_.emplace_back(Pattern(source), Pattern(target));
    return fetcher;
}

Task<Result<>> DataFetcher::fetch(NodeServices& services, model::TenantId tenant,
                                  model::EntityId from, const PatternSource& source,
                                  FetchTarget& target) const {
    KeyMapping keys;
    for (const auto& [from_key, to_key] : mapping_) {
        // A field's name is no pattern.
        std::string name = what_ == FetchedData::fields ? from_key.text() : from_key.fill(source);
        keys.emplace_back(std::move(name), to_key.fill(source));
    }
    switch (what_) {
        case FetchedData::attributes:       return attributes(services, from, std::move(keys), target);
        case FetchedData::latest_telemetry: return latest(services, from, std::move(keys), target);
        case FetchedData::fields:           return fields(services, tenant, from, std::move(keys), target);
    }
    return attributes(services, from, std::move(keys), target);
}

Task<Result<>> DataFetcher::attributes(NodeServices& services, model::EntityId from,
                                       KeyMapping keys, FetchTarget& target) const {
    using Found = std::vector<model::Attribute>;
    const std::vector<std::string> names = sources_of(keys);
    const std::function<Result<Found>(store::Reader&)> work = [&](store::Reader& reader) {
        return reader.attributes(from, model::AttributeScope::server, names);
    };
    const Result<Found> found = co_await read_entities<Found>(services, work);
    if (!found) co_return found.error();
    for (const auto& [name, as] : keys) {
        const auto at = std::find_if(found->begin(), found->end(),
                                     [&](const auto& each) { return each.key == name; });
        if (at != found->end()) target.put(as, at->value);
    }
    co_return Result<>();
}

Task<Result<>> DataFetcher::latest(NodeServices& services, model::EntityId from, KeyMapping keys,
                                   FetchTarget& target) const {
    const auto found = co_await net::with_deadline(
        services.telemetry.latest(from, sources_of(keys)), answer_time_max);
    if (!found) co_return found.error();
    for (const auto& [name, as] : keys) {
        const auto at = std::find_if(found->begin(), found->end(),
                                     [&](const auto& each) { return each.key == name; });
        if (at != found->end())
            target.put(as, at->value);
        else if (target.part() == MsgPart::data)
            target.put(as, json::value(nullptr));
    }
    co_return Result<>();
}

Task<Result<>> DataFetcher::fields(NodeServices& services, model::TenantId tenant,
                                   model::EntityId from, KeyMapping keys,
                                   FetchTarget& target) const {
    using Found = std::optional<json::object>;
    const std::function<Result<Found>(store::Reader&)> work = [&](store::Reader& reader) {
        return document_of(reader, tenant, from);
    };
    const Result<Found> found = co_await read_entities<Found>(services, work);
    if (!found) co_return found.error();
    if (!*found) co_return Error{ErrorCode::not_found, "The related entity is not found"};
    for (const auto& [name, as] : keys) {
        const std::optional<std::string> text = field_text(**found, name, true);
        if (text && !text->empty()) target.put(as, json::value(*text));
    }
    co_return Result<>();
}

namespace {

class FetchingNode final : public Node {
  public:
    FetchingNode(DataFetcher fetcher, EntityFinder find, NodeServices& services)
        : fetcher_(std::move(fetcher)), find_(std::move(find)), services_(services) {}

    Step on_message(Visit& visit) override { return enrich(visit); }

  private:
    Task<Outcome> enrich(Visit& visit) {
        Result<FetchTarget> target = FetchTarget::open(fetcher_.part(), visit.msg);
        if (!target) co_return Outcome(target.error());
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) co_return Outcome(source.error());
        const Result<model::EntityId> entity = co_await entity_of(visit);
        if (!entity) co_return Outcome(entity.error());
        const Result<> done =
            co_await fetcher_.fetch(services_, visit.tenant, *entity, *source, *target);
        if (!done) co_return Outcome(done.error());
        target->apply(visit.msg);
        co_return Outcome(Relation("Success"));
    }

    Task<Result<model::EntityId>> entity_of(const Visit& visit) {
        if (!find_) co_return model::EntityId(visit.tenant);
        const std::function<Result<model::EntityId>(store::Reader&)> work =
            [&](store::Reader& reader) { return find_(reader, visit); };
        co_return co_await read_entities<model::EntityId>(services_, work);
    }

    const DataFetcher fetcher_;
    const EntityFinder find_;
    NodeServices& services_;
};

}  // namespace

Result<std::unique_ptr<Node>> fetching_node(const FetchConfig& config, bool with_fields,
                                            EntityFinder find, NodeServices& services) {
    Result<DataFetcher> fetcher = DataFetcher::make(config, with_fields);
    if (!fetcher) return fetcher.error();
    return std::unique_ptr<Node>(
        std::make_unique<FetchingNode>(*std::move(fetcher), std::move(find), services));
}

}  // namespace thingstead::rule
