#include "api/rest/joined_groups.h"

#include <string>

#include "api/rest/audit_note.h"
#include "api/rest/rule_events.h"

namespace thingstead::api {

Result<std::vector<model::EntityGroupId>> asked_groups(const Call& call) {
    std::vector<model::EntityGroupId> groups;
    for (const std::string_view name : {"entityGroupId", "entityGroupIds"})
        for (const std::string& text : call.list(name)) {
            const Result<Uuid> id = parse_uuid(text);
            if (!id) return id.error();
            groups.push_back({*id});
        }
    return groups;
}

Task<Result<>> join_asked_groups(const Services& services, core::Caller caller,
                                 Result<std::vector<model::EntityGroupId>> groups,
                                 model::EntityId entity) {
    if (!groups) co_return groups.error();
    if (groups->empty()) co_return Result<>();
    Result<std::vector<core::GroupMembers>> joined =
        co_await core::join_groups(services.platform, caller, entity, *std::move(groups));
    if (!joined) co_return joined.error();
    for (core::GroupMembers& each : *joined)
        co_await tell_members(services, caller, std::move(each), true);
    co_return Result<>();
}

Task<> tell_members(const Services& services, core::Caller caller, core::GroupMembers members,
                    bool added) {
    const auto action = added ? model::ActionType::added_to_entity_group
                              : model::ActionType::removed_from_entity_group;
    const std::string_view type =
        added ? model::msg_type::added_to_entity_group : model::msg_type::removed_from_entity_group;
    for (const model::EntityInfo& each : members.entities) {
        core::AuditNote note = note_of(action, each.id);
        note.entity_name = each.name;
        add_data(note, "entityGroupId", json::value(members.group.id.to_string()));
        add_data(note, "entityGroupName", json::value(members.group.name));
        const Result<> fine;
        co_await audit(services, caller, std::move(note), fine);
        RuleEvent event{type, each.id, "{}"};
        event.metadata.emplace_back("entityName", each.name);
        event.metadata.emplace_back("entityGroupId", members.group.id.to_string());
        event.metadata.emplace_back("entityGroupName", members.group.name);
        co_await tell_rules(services, caller, std::move(event));
    }
}

}  // namespace thingstead::api
