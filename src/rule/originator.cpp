#include "rule/originator.h"

#include "model/entities.h"

namespace thingstead::rule {
namespace {

using ChainId = std::optional<model::RuleChainId>;

Result<> read_default_chain(store::Reader& reader, model::EntityId originator, ChainId& chain) {
    Uuid profile_id = originator.uuid;
    if (originator.type == model::EntityType::device) {
        const auto device = reader.find<model::Device>({
            {"id", originator.uuid}
        });
        if (!device) return device.error();
        if (!*device) return {};
        profile_id = (*device)->device_profile_id.uuid;
    }
    const auto profile = reader.find<model::DeviceProfile>({
        {"id", profile_id}
    });
    if (!profile) return profile.error();
    if (*profile) chain = (*profile)->default_rule_chain_id;
    return {};
}

}  // namespace

Task<Result<ChainId>> default_chain_of(store::EntityStore& store, model::EntityId originator) {
    ChainId chain;
    if (originator.type != model::EntityType::device &&
        originator.type != model::EntityType::device_profile)
        co_return chain;
    const auto work = [&](store::Reader& reader) {
        return read_default_chain(reader, originator, chain);
    };
    if (Result<> read = co_await store.read(work); !read) co_return read.error();
    co_return chain;
}

}  // namespace thingstead::rule
