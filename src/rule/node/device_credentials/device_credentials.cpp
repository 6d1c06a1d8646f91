#include "rule/entity_reads.h"
#include "rule/fetch_data.h"

namespace thingstead::rule::device_credentials {
namespace {

using model::CredentialsType;

struct Config {
    std::optional<MsgPart> fetch_to = MsgPart::metadata;
};
constexpr auto describe(const Config*) {
    return fields(field("fetchTo", &Config::fetch_to, "DATA or METADATA."));
}

/// The token, the certificate, or the document of other credentials.
json::value secret_of(const model::DeviceCredentials& credentials) {
    if (credentials.credentials_type == CredentialsType::access_token)
        return json::value(credentials.credentials_id);
    const std::string value = credentials.credentials_value.value_or("");
    if (credentials.credentials_type == CredentialsType::x509_certificate)
        return json::value(value);
    Result<json::value> document = parse_json(value);
    return document ? *std::move(document) : json::value(value);
}

class DeviceCredentialsNode final : public Node {
  public:
    DeviceCredentialsNode(MsgPart part, NodeServices& services)
        : part_(part), services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&,
                                              NodeServices& services) {
        if (!config.fetch_to) return part_missing("fetchTo");
        return std::unique_ptr<Node>(
            std::make_unique<DeviceCredentialsNode>(*config.fetch_to, services));
    }

    Step on_message(Visit& visit) override {
        if (visit.msg.originator.type != model::EntityType::device)
            return Error{ErrorCode::unsupported,
                         "Unsupported originator type: " +
                             std::string(model::wire_name(visit.msg.originator.type)) + "!"};
        return enrich(visit);
    }

  private:
    using Found = std::optional<model::DeviceCredentials>;

    Task<Outcome> enrich(Visit& visit) {
        Result<FetchTarget> target = FetchTarget::open(part_, visit.msg);
        if (!target) co_return Outcome(target.error());
        const Uuid device = visit.msg.originator.uuid;
        const std::function<Result<Found>(store::Reader&)> work =
            [&](store::Reader& reader) -> Result<Found> {
            const auto own = find_own<model::Device>(reader, visit.tenant, device);
            if (!own) return own.error();
            if (!*own) return Found();
            return reader.find<model::DeviceCredentials>({
                {"deviceId", device}
            });
        };
        const Result<Found> found = co_await read_entities<Found>(services_, work);
        if (!found) co_return Outcome(found.error());
        if (!*found)
            co_return Outcome(
                Error{ErrorCode::not_found, "Failed to get credentials of the device!"});
        target->put("credentialsType", json::value(enum_name((*found)->credentials_type)));
        target->put("credentials", secret_of(**found));
        target->apply(visit.msg);
        co_return Outcome(Relation("Success"));
    }

    MsgPart part_;
    NodeServices& services_;
};

/// 0 → 1: `fetchToMetadata` became `fetchTo`.
Result<> upgrade(std::int32_t, json::object& configuration) {
    return upgrade_flag_to_part(configuration, "fetchToMetadata", MsgPart::metadata, "fetchTo",
                                true);
}

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.metadata.TbFetchDeviceCredentialsNode",
    .name = "fetch device credentials",
    .kind = NodeKind::enrichment,
    .summary = "Adds the credentials of the originator, a device, to a message.",
    .configuration_version = 1,
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<DeviceCredentialsNode, Config>,
    .upgrade = &upgrade,
};

}  // namespace thingstead::rule::device_credentials
