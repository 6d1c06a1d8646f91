#include "core/audit.h"

#include <algorithm>
#include <vector>

namespace thingstead::core {
namespace {

using model::ActionType;
using model::EntityType;

constexpr std::string_view unknown_name = "N/A";
constexpr std::size_t text_chars_max = 255;

std::optional<AuditLevel> level_of(const AuditSettings& settings, EntityType type) {
    switch (type) {
        case EntityType::device:           return settings.device;
        case EntityType::device_profile:   return settings.device_profile;
        case EntityType::asset:            return settings.asset;
        case EntityType::asset_profile:    return settings.asset_profile;
        case EntityType::entity_view:      return settings.entity_view;
        case EntityType::customer:         return settings.customer;
        case EntityType::user:             return settings.user;
        case EntityType::dashboard:        return settings.dashboard;
        case EntityType::widgets_bundle:   return settings.widgets_bundle;
        case EntityType::widget_type:      return settings.widget_type;
        case EntityType::rule_chain:       return settings.rule_chain;
        case EntityType::alarm:            return settings.alarm;
        case EntityType::edge:             return settings.edge;
        case EntityType::tb_resource:      return settings.tb_resource;
        case EntityType::ota_package:      return settings.ota_package;
        case EntityType::calculated_field: return settings.calculated_field;
        case EntityType::ai_model:         return settings.ai_model;
        default:                           return std::nullopt;
    }
}

/// Markup in a name would be shown by the page that lists entries.
std::string shown_name(const std::string& name) {
    if (name.find('<') != std::string::npos || name.find("{{") != std::string::npos)
        return "MALFORMED";
    if (name.size() <= text_chars_max) return name;
    std::size_t end = text_chars_max;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
    return name.substr(0, end);
}

struct Known {
    std::optional<std::string> name;
    std::optional<model::CustomerId> customer;
};

template <class T>
Result<> look_up(store::Reader& reader, const store::Filter& filter, Known& known,
                 std::string T::* name) {
    const auto found = reader.find<T>(filter);
    if (!found) return found.error();
    known = {};
    if (!*found) return {};
    known.name = (**found).*name;
    if constexpr (requires { (*found)->customer_id; }) known.customer = (*found)->customer_id;
    return {};
}

Result<> look_up(store::Reader& reader, model::TenantId tenant, model::EntityId entity,
                 Known& known) {
    const store::Filter own{
        {"id",       entity.uuid},
        {"tenantId", tenant.uuid}
    };
    switch (entity.type) {
        case EntityType::device:   return look_up(reader, own, known, &model::Device::name);
        case EntityType::user:     return look_up(reader, own, known, &model::User::email);
        case EntityType::customer: return look_up(reader, own, known, &model::Customer::title);
        case EntityType::device_profile:
            return look_up(reader, own, known, &model::DeviceProfile::name);
        case EntityType::rule_chain: return look_up(reader, own, known, &model::RuleChain::name);
        default:                     return {};
    }
}

bool has_word(std::string_view text, std::string_view word) {
    return text.find(word) != std::string_view::npos;
}

struct AgentWord {
    std::string_view word, name;
};

/// The first word that the agent's name has; several browsers name others beside themselves.
std::string_view named_by(std::string_view agent, std::initializer_list<AgentWord> words) {
    for (const auto& [word, name] : words)
        if (has_word(agent, word)) return name;
    return "Other";
}

}  // namespace

json::value client_data(const Client& client) {
    const std::string& agent = client.user_agent;
    const std::string_view browser = named_by(agent, {
                                                         {"Edg",     "Edge"   },
                                                         {"OPR/",    "Opera"  },
                                                         {"Firefox", "Firefox"},
                                                         {"Chrome",  "Chrome" },
                                                         {"Safari",  "Safari" }
    });
    const std::string_view os = named_by(agent, {
                                                    {"Windows",  "Windows" },
                                                    {"Android",  "Android" },
                                                    {"iPhone",   "iOS"     },
                                                    {"iPad",     "iOS"     },
                                                    {"Mac OS X", "Mac OS X"},
                                                    {"Linux",    "Linux"   }
    });
    const std::string_view device =
        named_by(agent, {
                            {"iPhone",  "iPhone" },
                            {"iPad",    "iPad"   },
                            {"Android", "Android"}
    });
    return json::object{
        {"clientAddress", client.address},
        {"browser",       browser       },
        {"os",            os            },
        {"device",        device        }
    };
}

Audit::Audit(store::EventStore& events, store::EntityStore& entities, AuditSettings settings,
             const Clock& clock, Log log, MetricsRegistry& metrics)
    : events_(events),
      entities_(entities),
      settings_(settings),
      clock_(clock),
      log_(std::move(log)),
      entries_(metrics, "thingstead_audit_entries_total", "Operations entered in the audit log."),
      lost_(metrics, "thingstead_audit_entries_lost_total",
            "Operations that the audit log had no room for in time.") {}

bool Audit::enters(const Caller& caller, EntityType type, ActionType action) const {
    if (caller.tenant == model::system_tenant) return true;
    const AuditLevel level = level_of(settings_, type).value_or(AuditLevel::off);
    const bool reads =
        action == ActionType::credentials_read || action == ActionType::attributes_read;
    return level == AuditLevel::reads_and_writes || (level == AuditLevel::writes && !reads);
}

Task<> Audit::complete(model::TenantId tenant, AuditNote& note) {
    if (note.entity_name || note.entity.uuid == null_uuid || note.entity.uuid == Uuid{}) co_return;
    Known known;
    const auto work = [&](store::Reader& reader) -> Result<> {
        return look_up(reader, tenant, note.entity, known);
    };
    // An entry without a name is better than none.
    (void)co_await entities_.read(work);
    note.entity_name = known.name;
    if (!note.entity_customer) note.entity_customer = known.customer;
}

Task<> Audit::log(Caller caller, AuditNote note) {
    if (!enters(caller, note.entity.type, note.action)) co_return;
    model::AuditLog entry;
    entry.id = new_time_uuid();
    entry.created_time = clock_.now_ms();
    co_await complete(caller.tenant, note);
    entry.tenant_id = caller.tenant;
    const bool has_customer = note.entity_customer && *note.entity_customer != model::no_customer;
    entry.customer_id = has_customer ? *note.entity_customer : caller.customer;
    entry.entity_type = note.entity.type;
    entry.entity_id = note.entity.uuid == Uuid{} ? null_uuid : note.entity.uuid;
    entry.entity_name = shown_name(note.entity_name.value_or(std::string(unknown_name)));
    entry.user_id = caller.user;
    entry.user_name = caller.email;
    entry.action_type = note.action;
    entry.action_data = std::move(note.data);
    if (note.failure) {
        entry.action_status = model::ActionStatus::failure;
        entry.action_failure_details = note.failure->message;
    }
    std::vector<model::AuditLog> entries;
    entries.push_back(std::move(entry));
    const Result<> taken = co_await events_.append(std::move(entries));
    if (taken)
        entries_.add();
    else
        note_lost(taken.error());
}

void Audit::note_lost(const Error& why) {
    lost_.add();
    const std::int64_t swallowed = throttle_.take();
    if (swallowed < 0) return;
    log_.error("audit.lost", why,
               {
                   {"swallowed", swallowed}
    });
}

Task<Result<store::Page<model::AuditLog>>> Audit::find(Caller caller, store::AuditQuery query) {
    query.tenant = caller.tenant;
    return events_.find(std::move(query));
}

}  // namespace thingstead::core
