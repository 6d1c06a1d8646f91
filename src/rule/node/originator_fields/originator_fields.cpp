#include "rule/entity_reads.h"
#include "rule/fetch_data.h"

namespace thingstead::rule::originator_fields {
namespace {

struct Config {
    json::value data_mapping = json::object{
        {"name", "originatorName"},
        {"type", "originatorType"}
    };
    bool ignore_null = false;
    std::optional<MsgPart> fetch_to = MsgPart::metadata;
};
constexpr auto describe(const Config*) {
    return fields(
        field("dataMapping", &Config::data_mapping,
              "From fields of the originator, as paths of names, to keys of the message, which are "
              "patterns."),
        field("ignoreNullStrings", &Config::ignore_null, "Leave out fields that are null."),
        field("fetchTo", &Config::fetch_to, "DATA or METADATA."));
}

bool has_fields(model::EntityType type) {
    using enum model::EntityType;
    switch (type) {
        case tenant:
        case customer:
        case user:
        case asset:
        case device:
        case alarm:
        case rule_chain:
        case entity_view:
        case edge:        return true;
        default:          return false;
    }
}

class OriginatorFieldsNode final : public Node {
  public:
    OriginatorFieldsNode(const Config& config, const KeyMapping& mapping, NodeServices& services)
        : part_(*config.fetch_to), ignore_null_(config.ignore_null), services_(services) {
        for (const auto& [path, target] : mapping) mapping_.emplace_back(path, Pattern(target));
    }

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&,
                                              NodeServices& services) {
        if (!config.fetch_to) return part_missing("fetchTo");
        const Result<KeyMapping> mapping = mapping_of(config.data_mapping, "dataMapping");
        if (!mapping) return mapping.error();
        return std::unique_ptr<Node>(
            std::make_unique<OriginatorFieldsNode>(config, *mapping, services));
    }

    Step on_message(Visit& visit) override {
        const model::EntityType type = visit.msg.originator.type;
        if (!has_fields(type))
            return Error{ErrorCode::unsupported, "Unexpected originator EntityType: " +
                                                     std::string(model::wire_name(type))};
        return enrich(visit);
    }

  private:
    using Found = std::optional<json::object>;

    Task<Outcome> enrich(Visit& visit) {
        Result<FetchTarget> target = FetchTarget::open(part_, visit.msg);
        if (!target) co_return Outcome(target.error());
        const Result<PatternSource> source = PatternSource::of(visit.msg);
        if (!source) co_return Outcome(source.error());
        const std::function<Result<Found>(store::Reader&)> work = [&](store::Reader& reader) {
            return document_of(reader, visit.tenant, visit.msg.originator);
        };
        const Result<Found> found = co_await read_entities<Found>(services_, work);
        if (!found) co_return Outcome(found.error());
        if (!*found) co_return Outcome(Error{ErrorCode::not_found, "Originator not found"});
        for (const auto& [path, key] : mapping_)
            if (const auto text = field_text(**found, path, ignore_null_))
                target->put(key.fill(*source), json::value(*text));
        target->apply(visit.msg);
        co_return Outcome(Relation("Success"));
    }

    std::vector<std::pair<std::string, Pattern>> mapping_;
    MsgPart part_;
    bool ignore_null_;
    NodeServices& services_;
};

/// 0 → 1: `fieldsMapping` became `dataMapping`, `fetchTo` came.
Result<> upgrade(std::int32_t, json::object& configuration) {
    const json::value* mapping = configuration.if_contains("fieldsMapping");
    if (!mapping) return Error{ErrorCode::malformed, "fieldsMapping is missing"};
    configuration["dataMapping"] = json::value(*mapping);
    configuration["fetchTo"] = enum_name(MsgPart::metadata);
    configuration.erase("fieldsMapping");
    return {};
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.metadata.TbGetOriginatorFieldsNode",
    .name = "originator fields",
    .kind = NodeKind::enrichment,
    .summary = "Adds fields of the originator to a message.",
    .configuration_version = 1,
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<OriginatorFieldsNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::originator_fields
