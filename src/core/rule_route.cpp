#include "core/rule_route.h"

#include "base/json.h"
#include "model/asset.h"
#include "model/entities.h"
#include "model/msg.h"

namespace thingstead::core {
namespace {

template <class Profile>
Result<RuleRoute> route_of_profile(store::Reader& reader, const Uuid& id) {
    const auto profile = reader.find<Profile>({
        {"id", id}
    });
    if (!profile) return profile.error();
    if (!*profile) return RuleRoute();
    return RuleRoute{(*profile)->default_rule_chain_id,
                     (*profile)->default_queue_name.value_or("")};
}

bool has_profile(model::EntityType type) {
    using enum model::EntityType;
    return type == device || type == asset || type == device_profile || type == asset_profile;
}

/// The profile that the JSON of a deleted device or asset names.
std::optional<model::EntityId> named_profile(model::EntityType type, std::string_view data) {
    const bool device = type == model::EntityType::device;
    if (!device && type != model::EntityType::asset) return std::nullopt;
    const Result<json::value> entity = parse_json(data);
    const json::object* members = entity ? entity->if_object() : nullptr;
    const json::value* profile =
        members ? members->if_contains(device ? "deviceProfileId" : "assetProfileId") : nullptr;
    const json::object* id = profile ? profile->if_object() : nullptr;
    const json::value* text = id ? id->if_contains("id") : nullptr;
    if (!text || !text->is_string()) return std::nullopt;
    const Result<Uuid> uuid = parse_uuid(text->get_string());
    if (!uuid) return std::nullopt;
    return model::EntityId{
        device ? model::EntityType::device_profile : model::EntityType::asset_profile, *uuid};
}

}  // namespace

Result<RuleRoute> read_rule_route(store::Reader& reader, model::EntityId originator) {
    switch (originator.type) {
        case model::EntityType::device: {
            const auto device = reader.find<model::Device>({
                {"id", originator.uuid}
            });
            if (!device) return device.error();
            if (!*device) return RuleRoute();
            return route_of_profile<model::DeviceProfile>(reader,
                                                          (*device)->device_profile_id.uuid);
        }
        case model::EntityType::asset: {
            const auto asset = reader.find<model::Asset>({
                {"id", originator.uuid}
            });
            if (!asset) return asset.error();
            if (!*asset) return RuleRoute();
            return route_of_profile<model::AssetProfile>(reader, (*asset)->asset_profile_id.uuid);
        }
        case model::EntityType::device_profile:
            return route_of_profile<model::DeviceProfile>(reader, originator.uuid);
        case model::EntityType::asset_profile:
            return route_of_profile<model::AssetProfile>(reader, originator.uuid);
        default: return RuleRoute();
    }
}

Task<Result<RuleRoute>> rule_route_of(store::EntityStore& store, model::EntityId originator,
                                      std::string_view type, std::string_view data) {
    RuleRoute route;
    if (!has_profile(originator.type)) co_return route;
    model::EntityId asked = originator;
    if (type == model::msg_type::entity_deleted)
        asked = named_profile(originator.type, data).value_or(originator);
    const auto work = [&](store::Reader& reader) -> Result<> {
        Result<RuleRoute> read = read_rule_route(reader, asked);
        if (!read) return read.error();
        route = *std::move(read);
        return {};
    };
    if (Result<> read = co_await store.read(work); !read) co_return read.error();
    co_return route;
}

}  // namespace thingstead::core
