// What the switches by profile have in common: the relation is the name of the originator's
// profile.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "rule/entity_reads.h"

namespace thingstead::rule {

inline constexpr std::string_view profile_switch_relations[] = {"default"};

/// `T` is the originator's kind, `Profile` that of its profile, `profile_id` leads from one to the
/// other.
template <class T, class Profile, auto profile_id>
class ProfileSwitchNode final : public Node {
  public:
    ProfileSwitchNode(EmptyConfig, const NodeInfo&, NodeServices& services) : services_(services) {}

    Step on_message(Visit& visit) override {
        const model::EntityType type = visit.msg.originator.type;
        if (type != core::EntityKind<T>::type)
            return Error{ErrorCode::unsupported,
                         "Unsupported originator type: " + std::string(model::wire_name(type)) +
                             "! Only '" + std::string(wire_name(core::EntityKind<T>::type)) +
                             "' type is allowed."};
        return route(visit);
    }

  private:
    Task<Outcome> route(Visit& visit) {
        const std::function<Result<std::string>(store::Reader&)> work = [&](store::Reader& reader) {
            return name_of_profile(reader, visit);
        };
        Result<std::string> name = co_await read_entities<std::string>(services_, work);
        if (!name) co_return Outcome(name.error());
        co_return Outcome(Relation::owned(*std::move(name)));
    }

    Result<std::string> name_of_profile(store::Reader& reader, const Visit& visit) const {
        const Uuid id = visit.msg.originator.uuid;
        const auto entity = find_own<T>(reader, visit.tenant, id);
        if (!entity) return entity.error();
        if (!*entity) return missing("The originator is not found: ", id);
        const Uuid profile = ((**entity).*profile_id).uuid;
        auto found = find_own<Profile>(reader, visit.tenant, profile);
        if (!found) return found.error();
        if (!*found) return missing("The originator's profile is not found: ", profile);
        return std::move((*found)->name);
    }

    static Error missing(const char* what, const Uuid& id) {
        return {ErrorCode::not_found, what + id.to_string()};
    }

    NodeServices& services_;
};

}  // namespace thingstead::rule
