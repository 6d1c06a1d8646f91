// Domains, and the clients that their log-in pages show.
#include "api/rest/entity_calls.h"
#include "core/oauth2/oauth2_rules.h"

namespace thingstead::api::domain {
namespace {

using model::Domain;

void append_domain_info(std::string& out, const core::DomainInfo& info) {
    out += '{';
    append_members(out, info.domain);
    out += ",\"oauth2ClientInfos\":";
    append_text(out, info.clients);
    out += '}';
}

Result<std::vector<model::OAuth2ClientId>> client_ids_of(const std::vector<std::string>& texts) {
    std::vector<model::OAuth2ClientId> ids;
    for (const std::string& each : texts) {
        const Result<Uuid> id = parse_uuid(each);
        if (!id) return id.error();
        ids.push_back({*id});
    }
    return ids;
}

Task<Result<net::Reply>> save_domain(Call call) {
    Result<Domain> domain = call.body_as<Domain>();
    if (!domain) co_return domain.error();
    domain->tenant_id = call.caller.tenant;
    std::optional<std::vector<model::OAuth2ClientId>> clients;
    if (call.query.find("oauth2ClientIds")) {
        auto ids = client_ids_of(call.list("oauth2ClientIds"));
        if (!ids) co_return ids.error();
        clients = *std::move(ids);
    }
    auto saved = co_await core::save_domain(call.services.platform, call.caller, *domain,
                                            std::move(clients));
    co_await tell_saved<Domain>(call.services, call.caller, *std::move(domain), saved);
    if (!saved) co_return saved.error();
    co_return json_reply_of(saved->entity);
}

Task<Result<net::Reply>> set_clients(Call call) {
    const auto id = call.id<model::DomainId>("id");
    if (!id) co_return id.error();
    const auto texts = call.body_as<std::vector<std::string>>();
    if (!texts) co_return texts.error();
    auto ids = client_ids_of(*texts);
    if (!ids) co_return ids.error();
    const auto done = co_await core::set_domain_clients(call.services.platform, call.caller, *id,
                                                        *std::move(ids));
    core::AuditNote note = done ? entity_note(model::ActionType::updated, *done)
                                : note_of(model::ActionType::updated, model::EntityId(*id));
    add_data(note, "oauth2ClientIds", json::value(array_of(*texts)));
    co_await audit(call.services, call.caller, std::move(note), done);
    if (!done) co_return done.error();
    co_return net::Reply{};
}

Task<Result<net::Reply>> get_info(Call call) {
    const auto id = call.id<model::DomainId>("id");
    if (!id) co_return id.error();
    const auto info = co_await core::domain_info(call.services.platform, call.caller, *id);
    if (!info) co_return info.error();
    std::string body;
    append_domain_info(body, *info);
    co_return json_reply(std::move(body));
}

Task<Result<net::Reply>> list_infos(Call call) {
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page = co_await core::domain_infos(call.services.platform, call.caller, *link);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, append_domain_info));
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/domain",
     .allowed = allow::system,
     .handler = &save_domain,
     .summary = "Creates or updates a domain",
     .body = BodyKind::json,
     .parameters = "oauth2ClientIds",
     .answer = "Domain",
     .takes = "Domain"},
    {.method = put,
     .pattern = "/api/domain/{id}/oauth2Clients",
     .allowed = allow::system,
     .handler = &set_clients,
     .summary = "Says which clients the log-in page of a domain shows",
     .body = BodyKind::json,
     .takes = "[string]"},
    {.method = get,
     .pattern = "/api/domain/info/{id}",
     .allowed = allow::system,
     .handler = &get_info,
     .summary = "One domain with its clients",
     .answer = "DomainInfo"},
    {.method = get,
     .pattern = "/api/domain/infos",
     .allowed = allow::system,
     .handler = &list_infos,
     .summary = "A page of domains with their clients",
     .parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder",
     .answer = "PageData<DomainInfo>"},
    {.method = del,
     .pattern = "/api/domain/{id}",
     .allowed = allow::system,
     .handler = &delete_entity<Domain>,
     .summary = "Deletes a domain"},
};

json::object info_schema() {
    return struct_schema_with<Domain>({
        {"oauth2ClientInfos",
         json::object{{"type", "array"}, {"items", schema_ref("OAuth2ClientInfo")}}}
    });
}

constexpr SchemaEntry schemas[] = {
    {"Domain",     &struct_schema<Domain>},
    {"DomainInfo", &info_schema          },
};

}  // namespace

extern const Resource descriptor{"domain", "Domains whose log-in pages show OAuth2 clients.",
                                 routes, schemas};

}  // namespace thingstead::api::domain
