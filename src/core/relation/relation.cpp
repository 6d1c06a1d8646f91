#include "core/relation/relation.h"

#include <unordered_map>

#include "core/entity/named_row.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

using model::EntityId;
using model::EntityRelation;
using model::EntityRelationInfo;
using model::Relation;
using model::SearchDirection;

EntityRelation shown(Relation row) {
    return {
        row.from(), row.to(), std::move(row.type), row.type_group, std::move(row.additional_info),
        row.version};
}

Relation stored(const EntityRelation& relation) {
    return {relation.from.uuid, relation.from.type, relation.type_group,      relation.type,
            relation.to.uuid,   relation.to.type,   relation.additional_info, relation.version};
}

store::Filter key_filter(const EntityRelation& key) {
    return {
        {"fromId",            key.from.uuid                         },
        {"fromType",          std::string(wire_name(key.from.type)) },
        {"relationTypeGroup", std::string(enum_name(key.type_group))},
        {"relationType",      key.type                              },
        {"toId",              key.to.uuid                           },
        {"toType",            std::string(wire_name(key.to.type))   }
    };
}

/// Of one end, however many.
Result<std::vector<EntityRelation>> shown_all(Result<std::vector<Relation>> rows) {
    if (!rows) return rows.error();
    std::vector<EntityRelation> out;
    out.reserve(rows->size());
    for (Relation& row : *rows) out.push_back(shown(std::move(row)));
    return out;
}

Error too_many() {
    return {ErrorCode::too_large,
            "More than " + std::to_string(relations_max) + " relations were found"};
}

Result<> check_ends(const EntityRelation& relation) {
    if (relation.from.uuid == Uuid{}) return invalid("Relation should contain from entity!");
    if (relation.to.uuid == Uuid{}) return invalid("Relation should contain to entity!");
    return model::validate(relation);
}

/// A tenant administrator may relate its own tenant, which it may not change.
Result<> check_end(store::Reader& reader, const Caller& caller, Operation operation, EntityId end) {
    if (caller.is(model::Authority::tenant_admin) && end == EntityId(caller.tenant)) return {};
    const Result<EntitySummary> found = load_summary(reader, caller, operation, end);
    return found ? Result<>() : Result<>(found.error());
}

Result<> check_both(store::Reader& reader, const Caller& caller, Operation operation,
                    const EntityRelation& relation) {
    if (Result<> from = check_end(reader, caller, operation, relation.from); !from) return from;
    return check_end(reader, caller, operation, relation.to);
}

/// Names of ends that the caller may read; each is looked up once.
class ReadableEnds {
  public:
    ReadableEnds(store::Reader& reader, const Caller& caller) : reader_(reader), caller_(caller) {}

    /// None: it may not be read, or is not there.
    Result<std::optional<std::string>> name(EntityId end) {
        if (const auto known = names_.find(end); known != names_.end()) return known->second;
        std::optional<std::string> name;
        Result<EntitySummary> found = load_summary(reader_, caller_, Operation::read, end);
        if (found)
            name = std::move(found->name);
        else if (found.error().code != ErrorCode::not_found &&
                 found.error().code != ErrorCode::forbidden &&
                 found.error().code != ErrorCode::invalid_argument)
            return found.error();
        names_.emplace(end, name);
        return name;
    }

  private:
    store::Reader& reader_;
    const Caller& caller_;
    std::unordered_map<EntityId, std::optional<std::string>> names_;
};

Result<std::vector<EntityRelationInfo>> readable_infos(store::Reader& reader, const Caller& caller,
                                                       std::vector<EntityRelation> relations) {
    ReadableEnds ends(reader, caller);
    std::vector<EntityRelationInfo> out;
    for (EntityRelation& each : relations) {
        const auto from = ends.name(each.from);
        if (!from) return from.error();
        const auto to = ends.name(each.to);
        if (!to) return to.error();
        if (!*from || !*to) continue;
        out.push_back({each.from, each.to, std::move(each.type), each.type_group,
                       std::move(each.additional_info), each.version, *from, *to});
    }
    return out;
}

}  // namespace

Result<EntityRelation> put_relation(store::Transaction& transaction, EntityRelation relation) {
    const auto before = transaction.find<Relation>(key_filter(relation));
    if (!before) return before.error();
    relation.version = *before ? (*before)->version.value_or(0) + 1 : 1;
    if (Result<> written = transaction.put(stored(relation)); !written) return written.error();
    return relation;
}

Result<bool> drop_relation(store::Transaction& transaction, const EntityRelation& key) {
    const Result<std::int64_t> gone = transaction.remove<Relation>(key_filter(key));
    if (!gone) return gone.error();
    return *gone != 0;
}

Result<std::vector<EntityRelation>> relations_of(store::Reader& reader, EntityId end,
                                                 SearchDirection direction,
                                                 model::RelationTypeGroup group,
                                                 const std::string& type) {
    const bool from = direction == SearchDirection::from;
    store::Filter filter{
        {from ? "fromId" : "toId",     end.uuid                        },
        {from ? "fromType" : "toType", std::string(wire_name(end.type))},
        {"relationTypeGroup",          std::string(enum_name(group))   }
    };
    if (!type.empty()) filter.emplace_back("relationType", type);
    auto found = shown_all(reader.all<Relation>(filter, relations_max + 1));
    if (found && found->size() > static_cast<std::size_t>(relations_max)) return too_many();
    return found;
}

Task<Result<EntityRelation>> save_relation(const Platform& platform, Caller caller,
                                           EntityRelation relation) {
    if (Result<> valid = check_ends(relation); !valid) co_return valid.error();
    const std::function<Result<EntityRelation>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<EntityRelation> {
        if (Result<> may = check_both(transaction, caller, Operation::write, relation); !may)
            return may.error();
        return put_relation(transaction, relation);
    };
    co_return co_await write<EntityRelation>(platform, work);
}

Task<Result<EntityRelation>> delete_relation(const Platform& platform, Caller caller,
                                             EntityRelation key) {
    const std::function<Result<EntityRelation>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<EntityRelation> {
        if (Result<> may = check_both(transaction, caller, Operation::write, key); !may)
            return may.error();
        auto found = transaction.find<Relation>(key_filter(key));
        if (!found) return found.error();
        if (!*found) return item_not_found();
        if (const Result<bool> gone = drop_relation(transaction, key); !gone) return gone.error();
        return shown(**std::move(found));
    };
    co_return co_await write<EntityRelation>(platform, work);
}

Task<Result<>> delete_relations(const Platform& platform, Caller caller, EntityId entity) {
    const auto work = [&](store::Transaction& transaction) -> Result<> {
        if (Result<> may = check_end(transaction, caller, Operation::write, entity); !may)
            return may;
        const std::string common(enum_name(model::RelationTypeGroup::common));
        const std::string type(wire_name(entity.type));
        auto gone = transaction.remove<Relation>({
            {"fromId",            entity.uuid},
            {"fromType",          type       },
            {"relationTypeGroup", common     }
        });
        if (!gone) return gone.error();
        gone = transaction.remove<Relation>({
            {"toId",              entity.uuid},
            {"toType",            type       },
            {"relationTypeGroup", common     }
        });
        return gone ? Result<>() : Result<>(gone.error());
    };
    co_return co_await platform.store.write(work);
}

Task<Result<EntityRelation>> get_relation(const Platform& platform, Caller caller,
                                          EntityRelation key) {
    const std::function<Result<EntityRelation>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<EntityRelation> {
        if (Result<> may = check_both(reader, caller, Operation::read, key); !may)
            return may.error();
        auto found = reader.find<Relation>(key_filter(key));
        if (!found) return found.error();
        if (!*found) return item_not_found();
        return shown(**std::move(found));
    };
    co_return co_await read<EntityRelation>(platform, work);
}

Task<Result<std::vector<EntityRelationInfo>>> list_relations(const Platform& platform,
                                                             Caller caller, RelationList list) {
    using Infos = std::vector<EntityRelationInfo>;
    const std::function<Result<Infos>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Infos> {
        if (Result<> may = check_end(reader, caller, Operation::read, list.end); !may)
            return may.error();
        auto found = relations_of(reader, list.end, list.direction, list.group, list.type);
        if (!found) return found.error();
        return readable_infos(reader, caller, *std::move(found));
    };
    co_return co_await read<Infos>(platform, work);
}

Task<Result<std::vector<EntityRelationInfo>>> query_relations(const Platform& platform,
                                                              Caller caller,
                                                              model::RelationsQuery query) {
    using Infos = std::vector<EntityRelationInfo>;
    const std::function<Result<Infos>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Infos> {
        if (Result<> may = check_end(reader, caller, Operation::read, query.parameters.root());
            !may)
            return may.error();
        auto found = related_relations(reader, query.parameters, query.filters, platform.clock);
        if (!found) return found.error();
        return readable_infos(reader, caller, *std::move(found));
    };
    co_return co_await read<Infos>(platform, work);
}

}  // namespace thingstead::core
