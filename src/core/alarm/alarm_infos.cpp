// Names of what alarms refer to: many alarms in a few queries.
#include <unordered_map>
#include <utility>

#include "core/alarm/alarm_rows.h"
#include "core/entity/many.h"
#include "core/entity/named_row.h"
#include "model/asset.h"
#include "model/entities.h"

namespace thingstead::core {
namespace {

using model::AlarmInfo;
using model::EntityId;
using model::EntityType;

struct OriginatorNames {
    std::string name = "Deleted";
    std::string label = name;
    std::string display_name = name;
};
using NamesById = std::unordered_map<EntityId, OriginatorNames>;

std::vector<Uuid> originators_of_kind(const std::vector<model::Alarm>& alarms, EntityType type) {
    std::vector<Uuid> ids;
    for (const model::Alarm& each : alarms)
        if (each.originator.type == type) ids.push_back(each.originator.uuid);
    return ids;
}

template <class T>
Result<> name_labelled(store::Reader& reader, const std::vector<model::Alarm>& alarms,
                       NamesById& names) {
    auto found = find_many<T>(reader, originators_of_kind(alarms, EntityKind<T>::type));
    if (!found) return found.error();
    for (const auto& [id, each] : *found) {
        const std::optional<std::string>& label = each.label;
        const std::string shown = label && !label->empty() ? *label : each.name;
        names[EntityId(EntityKind<T>::type, id)] = {each.name, shown, shown};
    }
    return {};
}

Result<> name_users(store::Reader& reader, const std::vector<model::Alarm>& alarms,
                    NamesById& names) {
    const auto found =
        find_many<model::User>(reader, originators_of_kind(alarms, EntityType::user));
    if (!found) return found.error();
    for (const auto& [id, each] : *found)
        names[EntityId(EntityType::user, id)] = {
            each.email, each.email, user_title(each.first_name, each.last_name, each.email)};
    return {};
}

/// Kinds that few alarms are of, one by one.
Result<> name_others(store::Reader& reader, const std::vector<model::Alarm>& alarms,
                     NamesById& names) {
    for (const model::Alarm& each : alarms) {
        const EntityType type = each.originator.type;
        if (type == EntityType::device || type == EntityType::asset || type == EntityType::user)
            continue;
        if (names.contains(each.originator)) continue;
        OriginatorNames named;
        const auto found = summary_of(reader, each.originator);
        if (found && *found)
            named = {(*found)->name, (*found)->name, (*found)->name};
        else if (!found && found.error().code != ErrorCode::invalid_argument)
            return found.error();
        names.emplace(each.originator, std::move(named));
    }
    return {};
}

Result<NamesById> names_of(store::Reader& reader, const std::vector<model::Alarm>& alarms) {
    NamesById names;
    if (Result<> done = name_labelled<model::Device>(reader, alarms, names); !done)
        return done.error();
    if (Result<> done = name_labelled<model::Asset>(reader, alarms, names); !done)
        return done.error();
    if (Result<> done = name_users(reader, alarms, names); !done) return done.error();
    if (Result<> done = name_others(reader, alarms, names); !done) return done.error();
    return names;
}

}  // namespace

std::string user_title(const std::optional<std::string>& first_name,
                       const std::optional<std::string>& last_name, const std::string& email) {
    std::string title = first_name.value_or("");
    if (last_name && !last_name->empty()) title += (title.empty() ? "" : " ") + *last_name;
    return title.empty() ? email : title;
}

std::string user_title(const Caller& caller) {
    return user_title(caller.first_name, caller.last_name, caller.email);
}

bool by_user(const Caller& caller) {
    return caller.user.uuid != Uuid{} && caller.user.uuid != null_uuid;
}

Result<std::vector<AlarmInfo>> with_names(store::Reader& reader, std::vector<model::Alarm> alarms) {
    const Result<NamesById> names = names_of(reader, alarms);
    if (!names) return names.error();
    std::vector<Uuid> assignees;
    for (const model::Alarm& each : alarms)
        if (each.assignee_id) assignees.push_back(each.assignee_id->uuid);
    const auto users = find_many<model::User>(reader, std::move(assignees));
    if (!users) return users.error();
    std::vector<AlarmInfo> infos;
    infos.reserve(alarms.size());
    for (model::Alarm& each : alarms) {
        AlarmInfo& info = infos.emplace_back();
        static_cast<model::Alarm&>(info) = std::move(each);
        const auto known = names->find(info.originator);
        const OriginatorNames named = known == names->end() ? OriginatorNames() : known->second;
        info.originator_name = named.name;
        info.originator_label = named.label;
        info.originator_display_name = named.display_name;
        if (!info.assignee_id) continue;
        if (const auto user = users->find(info.assignee_id->uuid); user != users->end())
            info.assignee = model::AlarmAssignee{*info.assignee_id, user->second.first_name,
                                                 user->second.last_name, user->second.email};
    }
    return infos;
}

Result<AlarmInfo> with_names(store::Reader& reader, model::Alarm alarm) {
    std::vector<model::Alarm> one;
    one.push_back(std::move(alarm));
    Result<std::vector<AlarmInfo>> infos = with_names(reader, std::move(one));
    if (!infos) return infos.error();
    return std::move(infos->front());
}

}  // namespace thingstead::core
