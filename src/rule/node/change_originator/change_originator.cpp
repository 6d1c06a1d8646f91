#include "core/alarm/alarms.h"
#include "model/asset.h"
#include "model/entity_view.h"
#include "rule/entity_reads.h"
#include "rule/pattern.h"

namespace thingstead::rule::change_originator {
namespace {

enum class Source : std::uint8_t { customer, tenant, related, alarm_originator, entity };
constexpr auto enum_names(Source) {
    using namespace std::literals;
    return std::array{
        std::pair{Source::customer,         "CUSTOMER"sv        },
        std::pair{Source::tenant,           "TENANT"sv          },
        std::pair{Source::related,          "RELATED"sv         },
        std::pair{Source::alarm_originator, "ALARM_ORIGINATOR"sv},
        std::pair{Source::entity,           "ENTITY"sv          }
    };
}

struct Config {
    std::optional<Source> source = Source::customer;
    std::optional<RelationsConfig> relations = RelationsConfig();
    std::optional<std::string> entity_type;
    std::optional<std::string> entity_name;
};
constexpr auto describe(const Config*) {
    return fields(
        field("originatorSource", &Config::source,
              "CUSTOMER or TENANT of the originator, a RELATED entity, the ALARM_ORIGINATOR, or an "
              "ENTITY by its name."),
        field("relationsQuery", &Config::relations,
              "How the related entity is found; the first one counts."),
        field("entityType", &Config::entity_type, "DEVICE, ASSET, ENTITY_VIEW, EDGE or USER."),
        field("entityNamePattern", &Config::entity_name,
              "Its name, of a user the e-mail address."));
}

using Found = std::optional<model::EntityId>;

Error invalid(std::string text) { return {ErrorCode::invalid_argument, std::move(text)}; }

bool has_name(model::EntityType type) {
    using enum model::EntityType;
    return type == device || type == asset || type == entity_view || type == edge || type == user;
}

template <class T>
Result<Found> named(store::Reader& reader, model::TenantId tenant, std::string_view field,
                    const std::string& name) {
    const Result<std::optional<T>> found = reader.find<T>({
        {"tenantId", tenant.uuid},
        {field,      name       }
    });
    if (!found) return found.error();
    return *found ? Found((*found)->id) : Found();
}

Result<Found> entity_named(store::Reader& reader, model::TenantId of, model::EntityType type,
                           const std::string& name) {
    using enum model::EntityType;
    switch (type) {
        case device:      return named<model::Device>(reader, of, "name", name);
        case asset:       return named<model::Asset>(reader, of, "name", name);
        case entity_view: return named<model::EntityView>(reader, of, "name", name);
        case user:        return named<model::User>(reader, of, "email", name);
        default:          return Found();  // no edges are stored
    }
}

class ChangeOriginatorNode final : public Node {
  public:
    ChangeOriginatorNode(const Config& config, std::optional<model::EntityType> type,
                         NodeServices& services)
        : source_(*config.source),
          relations_(config.relations.value_or(RelationsConfig())),
          type_(type),
          name_(config.entity_name.value_or("")),
          services_(services) {}

    static Result<std::unique_ptr<Node>> make(Config config, const NodeInfo&,
                                              NodeServices& services) {
        if (!config.source) return invalid("originatorSource can't be null!");
        if (*config.source == Source::related && !config.relations)
            return invalid("Relations query should be specified!");
        std::optional<model::EntityType> type;
        if (*config.source == Source::entity) {
            if (!config.entity_type) return invalid("Entity type should be specified!");
            if (!config.entity_name || config.entity_name->empty())
                return invalid("Name pattern should be specified!");
            type = model::entity_type_of(*config.entity_type);
            if (!type || !has_name(*type))
                return invalid("Entity type " + *config.entity_type + " is not supported!");
        }
        return std::unique_ptr<Node>(
            std::make_unique<ChangeOriginatorNode>(config, type, services));
    }

    Step on_message(Visit& visit) override {
        const model::EntityId old = visit.msg.originator;
        if (source_ == Source::tenant) {
            visit.msg.originator = visit.tenant;
            return "Success";
        }
        if (source_ == Source::alarm_originator && old.type != model::EntityType::alarm)
            return Error{ErrorCode::unsupported, "Unexpected originator EntityType: " +
                                                     std::string(model::wire_name(old.type))};
        std::string name;
        if (source_ == Source::entity) {
            Result<std::string> filled = name_.fill(visit.msg);
            if (!filled) return filled.error();
            name = *std::move(filled);
        }
        return change(visit, std::move(name));
    }

  private:
    Task<Outcome> change(Visit& visit, std::string name) {
        const std::function<Result<Found>(store::Reader&)> work = [&](store::Reader& reader) {
            return find(reader, visit, name);
        };
        const Result<Found> found = co_await read_entities<Found>(services_, work);
        if (!found) co_return Outcome(found.error());
        if (!*found)
            co_return Outcome(Error{ErrorCode::not_found, "Failed to find new originator!"});
        visit.msg.originator = **found;
        co_return Outcome(Relation("Success"));
    }

    Result<Found> find(store::Reader& reader, const Visit& visit, const std::string& name) const {
        switch (source_) {
            case Source::tenant:           return Found(visit.tenant);
            case Source::alarm_originator: {
                const auto alarm =
                    find_own<model::Alarm>(reader, visit.tenant, visit.msg.originator.uuid);
                if (!alarm) return alarm.error();
                return *alarm ? Found((*alarm)->originator) : Found();
            }
            case Source::entity: return entity_named(reader, visit.tenant, *type_, name);
            case Source::related:
                return first_related(reader, visit.tenant, visit.msg.originator, relations_,
                                     services_.clock);
            case Source::customer: {
                const auto customer = customer_of(reader, visit.tenant, visit.msg.originator);
                if (customer) return Found(*customer);
                // Gone, or of no customer.
                if (customer.error().code == ErrorCode::not_found) return Found();
                return customer.error();
            }
        }
        return Found();
    }

    Source source_;
    RelationsConfig relations_;
    std::optional<model::EntityType> type_;
    Pattern name_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.transform.TbChangeOriginatorNode",
    .name = "change originator",
    .kind = NodeKind::transformation,
    .summary = "Makes another entity the originator of a message.",
    .default_configuration = &default_configuration<Config>,
    .make = &make_node<ChangeOriginatorNode, Config>,
};

}  // namespace thingstead::rule::change_originator
