// Relations between entities: saving, removing, listing, searching.
#include "core/relation/relation.h"

#include <algorithm>

#include "api/rest/audit_note.h"
#include "api/rest/call.h"
#include "api/rest/json_text.h"
#include "api/rest/rule_events.h"
#include "core/entity/kind.h"

namespace thingstead::api::relation {
namespace {

using model::EntityId;
using model::EntityRelation;
using model::EntityRelationInfo;
using model::SearchDirection;

Result<model::EntityType> type_of(const std::string& name) {
    if (const auto type = model::entity_type_of(name)) return *type;
    return core::invalid("EntityType \"" + name + "\" is not supported!");
}

Result<EntityId> entity_named(const std::string& type_name, const std::string& id_text) {
    const auto type = type_of(type_name);
    if (!type) return type.error();
    const Result<Uuid> id = parse_uuid(id_text);
    if (!id) return id.error();
    return EntityId(*type, *id);
}

/// Of two query parameters that must be there and not blank.
Result<EntityId> entity_asked(const Call& call, std::string_view type_name,
                              std::string_view id_name) {
    for (const std::string_view name : {id_name, type_name}) {
        const Result<std::string> given = call.required(name);
        if (!given) return given.error();
        if (given->empty())
            return core::invalid("Parameter '" + std::string(name) + "' can't be empty!");
    }
    return entity_named(*call.parameter(type_name), *call.parameter(id_name));
}

/// An absent or unknown group is COMMON.
model::RelationTypeGroup group_asked(const Call& call) {
    const auto name = call.parameter("relationTypeGroup");
    const auto group = name ? enum_value<model::RelationTypeGroup>(*name) : std::nullopt;
    return group.value_or(model::RelationTypeGroup::common);
}

Result<EntityRelation> key_asked(const Call& call) {
    EntityRelation key;
    const auto from = entity_asked(call, "fromType", "fromId");
    if (!from) return from.error();
    const auto to = entity_asked(call, "toType", "toId");
    if (!to) return to.error();
    const Result<std::string> type = call.required("relationType");
    if (!type) return type.error();
    if (type->empty()) return core::invalid("Parameter 'relationType' can't be empty!");
    key.from = *from;
    key.to = *to;
    key.type = *type;
    key.type_group = group_asked(call);
    return key;
}

/// Both ends hear of it.
Task<> tell_both(const Services& services, core::Caller caller, model::ActionType action,
                 std::string_view type, EntityRelation relation, Result<> outcome) {
    for (const EntityId end : {relation.from, relation.to}) {
        core::AuditNote note = note_of(action, end);
        note.data = json::object{
            {"relation", to_json(relation)}
        };
        co_await audit(services, caller, std::move(note), outcome);
        if (!outcome) continue;
        RuleEvent event{type, end, text_of(relation)};
        co_await tell_rules(services, caller, std::move(event));
    }
}

Task<Result<EntityRelation>> save(Call call) {
    Result<EntityRelation> relation = call.body_as<EntityRelation>();
    if (!relation) co_return relation.error();
    Result<EntityRelation> saved =
        co_await core::save_relation(call.services.platform, call.caller, *relation);
    const Result<> outcome = saved ? Result<>() : Result<>(saved.error());
    co_await tell_both(call.services, call.caller, model::ActionType::relation_add_or_update,
                       model::msg_type::relation_add_or_update, saved ? *saved : *relation,
                       outcome);
    co_return saved;
}

Task<Result<EntityRelation>> remove(Call call) {
    Result<EntityRelation> key = key_asked(call);
    if (!key) co_return key.error();
    Result<EntityRelation> gone =
        co_await core::delete_relation(call.services.platform, call.caller, *key);
    const Result<> outcome = gone ? Result<>() : Result<>(gone.error());
    co_await tell_both(call.services, call.caller, model::ActionType::relation_deleted,
                       model::msg_type::relation_deleted, gone ? *gone : *key, outcome);
    co_return gone;
}

Task<Result<net::Reply>> save_silently(Call call) {
    const Result<EntityRelation> saved = co_await save(std::move(call));
    if (!saved) co_return saved.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> save_and_show(Call call) {
    const Result<EntityRelation> saved = co_await save(std::move(call));
    if (!saved) co_return saved.error();
    co_return json_reply_of(*saved);
}

Task<Result<net::Reply>> remove_silently(Call call) {
    const Result<EntityRelation> gone = co_await remove(std::move(call));
    if (!gone) co_return gone.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> remove_and_show(Call call) {
    const Result<EntityRelation> gone = co_await remove(std::move(call));
    if (!gone) co_return gone.error();
    co_return json_reply_of(*gone);
}

Task<Result<net::Reply>> remove_all(Call call) {
    const Result<EntityId> entity = entity_asked(call, "entityType", "entityId");
    if (!entity) co_return entity.error();
    const Result<> gone =
        co_await core::delete_relations(call.services.platform, call.caller, *entity);
    core::AuditNote note = note_of(model::ActionType::relations_deleted, *entity);
    co_await audit(call.services, call.caller, std::move(note), gone);
    if (!gone) co_return gone.error();
    RuleEvent event{model::msg_type::relations_deleted, *entity, "{}"};
    co_await tell_rules(call.services, call.caller, std::move(event));
    co_return net::Reply{};
}

Task<Result<net::Reply>> get_one(Call call) {
    Result<EntityRelation> key = key_asked(call);
    if (!key) co_return key.error();
    const Result<EntityRelation> found =
        co_await core::get_relation(call.services.platform, call.caller, *std::move(key));
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

net::Reply reply_of(const std::vector<EntityRelationInfo>& infos, bool with_names) {
    if (with_names) return json_reply_of(infos);
    std::vector<EntityRelation> plain;
    plain.reserve(infos.size());
    for (const EntityRelationInfo& each : infos)
        plain.push_back(
            {each.from, each.to, each.type, each.type_group, each.additional_info, each.version});
    return json_reply_of(plain);
}

/// Of the end in the path, or of the one that the query names; FROM it or TO it.
Result<core::RelationList> list_asked(const Call& call, SearchDirection direction) {
    core::RelationList list;
    const bool from = direction == SearchDirection::from;
    const std::string type_name = from ? "fromType" : "toType", id_name = from ? "fromId" : "toId";
    const bool in_path = call.route.pattern.find('{') != std::string_view::npos;
    const Result<EntityId> end =
        in_path ? entity_named(call.variable(type_name), call.variable(id_name))
                : entity_asked(call, type_name, id_name);
    if (!end) return end.error();
    list.end = *end;
    list.direction = direction;
    list.group = group_asked(call);
    if (call.route.pattern.find("{relationType}") != std::string_view::npos)
        list.type = call.variable("relationType");
    else
        list.type = call.parameter("relationType").value_or("");
    return list;
}

Task<Result<net::Reply>> list(Call call, SearchDirection direction, bool with_names) {
    Result<core::RelationList> asked = list_asked(call, direction);
    if (!asked) co_return asked.error();
    const auto found =
        co_await core::list_relations(call.services.platform, call.caller, *std::move(asked));
    if (!found) co_return found.error();
    co_return reply_of(*found, with_names);
}

Task<Result<net::Reply>> list_from(Call call) {
    return list(std::move(call), SearchDirection::from, false);
}
Task<Result<net::Reply>> list_to(Call call) {
    return list(std::move(call), SearchDirection::to, false);
}
Task<Result<net::Reply>> list_infos_from(Call call) {
    return list(std::move(call), SearchDirection::from, true);
}
Task<Result<net::Reply>> list_infos_to(Call call) {
    return list(std::move(call), SearchDirection::to, true);
}

Task<Result<net::Reply>> search(Call call, bool with_names) {
    Result<json::value> body = call.body();
    if (!body) co_return body.error();
    const json::object* members = body->if_object();
    if (!members || !members->if_contains("parameters"))
        co_return core::invalid("Query parameters should be specified!");
    const json::value* filters = members->if_contains("filters");
    if (!filters || filters->is_null()) co_return core::invalid("Filters should be specified!");
    Result<model::RelationsQuery> query = from_json<model::RelationsQuery>(*body);
    if (!query) co_return query.error();
    const auto found =
        co_await core::query_relations(call.services.platform, call.caller, *std::move(query));
    if (!found) co_return found.error();
    co_return reply_of(*found, with_names);
}

Task<Result<net::Reply>> search_plain(Call call) { return search(std::move(call), false); }
Task<Result<net::Reply>> search_infos(Call call) { return search(std::move(call), true); }

using enum net::Method;

constexpr std::string_view key_parameters =
    "fromId!,fromType!,relationType!,relationTypeGroup,toId!,toType!";

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/relation",
     .allowed = allow::users,
     .handler = &save_silently,
     .summary = "Creates or updates a relation",
     .body = BodyKind::json,
     .takes = "EntityRelation",
     .hidden = true},
    {.method = post,
     .pattern = "/api/v2/relation",
     .allowed = allow::users,
     .handler = &save_and_show,
     .summary = "Creates or updates a relation",
     .body = BodyKind::json,
     .answer = "EntityRelation",
     .takes = "EntityRelation"},
    {.method = del,
     .pattern = "/api/relation",
     .allowed = allow::users,
     .handler = &remove_silently,
     .summary = "Removes a relation",
     .parameters = key_parameters,
     .hidden = true},
    {.method = del,
     .pattern = "/api/v2/relation",
     .allowed = allow::users,
     .handler = &remove_and_show,
     .summary = "Removes a relation",
     .parameters = key_parameters,
     .answer = "EntityRelation"},
    {.method = del,
     .pattern = "/api/relations",
     .allowed = allow::users,
     .handler = &remove_all,
     .summary = "Removes all relations of an entity",
     .parameters = "entityId!,entityType!"},
    {.method = get,
     .pattern = "/api/relation",
     .allowed = allow::users,
     .handler = &get_one,
     .summary = "One relation",
     .parameters = key_parameters,
     .answer = "EntityRelation"},
    {.method = get,
     .pattern = "/api/relations",
     .allowed = allow::users,
     .handler = &list_from,
     .summary = "Relations from an entity",
     .selected_by = "fromId,fromType",
     .parameters = "relationTypeGroup",
     .answer = "EntityRelation[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/relations",
     .allowed = allow::users,
     .handler = &list_from,
     .summary = "Relations of a type from an entity",
     .selected_by = "fromId,fromType,relationType",
     .parameters = "relationTypeGroup",
     .answer = "EntityRelation[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/relations",
     .allowed = allow::users,
     .handler = &list_to,
     .summary = "Relations to an entity",
     .selected_by = "toId,toType",
     .parameters = "relationTypeGroup",
     .answer = "EntityRelation[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/relations",
     .allowed = allow::users,
     .handler = &list_to,
     .summary = "Relations of a type to an entity",
     .selected_by = "toId,toType,relationType",
     .parameters = "relationTypeGroup",
     .answer = "EntityRelation[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/relations/info",
     .allowed = allow::users,
     .handler = &list_infos_from,
     .summary = "Relations from an entity with names",
     .selected_by = "fromId,fromType",
     .parameters = "relationTypeGroup",
     .answer = "EntityRelationInfo[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/relations/info",
     .allowed = allow::users,
     .handler = &list_infos_to,
     .summary = "Relations to an entity with names",
     .selected_by = "toId,toType",
     .parameters = "relationTypeGroup",
     .answer = "EntityRelationInfo[]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/relations/from/{fromType}/{fromId}",
     .allowed = allow::users,
     .handler = &list_from,
     .summary = "Relations from an entity",
     .parameters = "relationTypeGroup",
     .answer = "EntityRelation[]"},
    {.method = get,
     .pattern = "/api/relations/from/{fromType}/{fromId}/{relationType}",
     .allowed = allow::users,
     .handler = &list_from,
     .summary = "Relations of a type from an entity",
     .parameters = "relationTypeGroup",
     .answer = "EntityRelation[]"},
    {.method = get,
     .pattern = "/api/relations/to/{toType}/{toId}",
     .allowed = allow::users,
     .handler = &list_to,
     .summary = "Relations to an entity",
     .parameters = "relationTypeGroup",
     .answer = "EntityRelation[]"},
    {.method = get,
     .pattern = "/api/relations/to/{toType}/{toId}/{relationType}",
     .allowed = allow::users,
     .handler = &list_to,
     .summary = "Relations of a type to an entity",
     .parameters = "relationTypeGroup",
     .answer = "EntityRelation[]"},
    {.method = get,
     .pattern = "/api/relations/info/from/{fromType}/{fromId}",
     .allowed = allow::users,
     .handler = &list_infos_from,
     .summary = "Relations from an entity with names",
     .parameters = "relationTypeGroup",
     .answer = "EntityRelationInfo[]"},
    {.method = get,
     .pattern = "/api/relations/info/to/{toType}/{toId}",
     .allowed = allow::users,
     .handler = &list_infos_to,
     .summary = "Relations to an entity with names",
     .parameters = "relationTypeGroup",
     .answer = "EntityRelationInfo[]"},
    {.method = post,
     .pattern = "/api/relations",
     .allowed = allow::users,
     .handler = &search_plain,
     .summary = "Relations that are met from an entity on",
     .body = BodyKind::json,
     .answer = "EntityRelation[]",
     .takes = "EntityRelationsQuery"},
    {.method = post,
     .pattern = "/api/relations/info",
     .allowed = allow::users,
     .handler = &search_infos,
     .summary = "Relations that are met from an entity on, with names",
     .body = BodyKind::json,
     .answer = "EntityRelationInfo[]",
     .takes = "EntityRelationsQuery"},
};

/// Members of groups are no relations here: what the interface calls them is taken and not shown.
json::object type_group_schema() {
    json::object schema = enum_schema<model::RelationTypeGroup>();
    const json::value unknown(enum_name(model::RelationTypeGroup::from_entity_group));
    json::array& names = schema["enum"].as_array();
    names.erase(std::find(names.begin(), names.end(), unknown));
    return schema;
}

constexpr SchemaEntry schemas[] = {
    {"EntityRelation",            &struct_schema<model::EntityRelation>    },
    {"EntityRelationInfo",        &struct_schema<model::EntityRelationInfo>},
    {"EntityRelationsQuery",      &struct_schema<model::RelationsQuery>    },
    {"RelationsSearchParameters", &struct_schema<model::RelationsSearch>   },
    {"RelationEntityTypeFilter",  &struct_schema<model::RelationFilter>    },
    {"EntitySearchDirection",     &enum_schema<model::SearchDirection>     },
    {"RelationTypeGroup",         &type_group_schema                       },
};

}  // namespace

extern const Resource descriptor{"relation", "Relations between entities.", routes, schemas};

}  // namespace thingstead::api::relation
