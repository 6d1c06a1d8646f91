// Clients that we are to other servers. And the table of all routes of log-in with them.
#include "api/rest/entity_calls.h"
#include "api/rest/oauth2/handlers.h"
#include "api/rest/oauth2/secrets.h"
#include "core/oauth2/login.h"
#include "core/oauth2/oauth2_rules.h"

namespace thingstead::api::oauth2 {
namespace {

using model::OAuth2Client;

Task<Result<net::Reply>> list_client_infos(Call call) {
    const Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    if (Result<> allowed =
            core::check(call.caller, core::Operation::read, core::Resource::oauth2_client);
        !allowed)
        co_return allowed.error();
    // Also of the system administrator: the clients of the installation.
    const std::function<Result<store::Page<OAuth2Client>>(store::Reader&)> work =
        [&](store::Reader& reader) {
            const store::Filter filter{
                {"tenantId", call.caller.tenant.uuid}
            };
            return reader.page<OAuth2Client>(filter, *link);
        };
    const auto page = co_await core::read<store::Page<OAuth2Client>>(call.services.platform, work);
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, [](std::string& out, const OAuth2Client& each) {
        append_text(out, model::info_of(each));
    }));
}

Task<Result<net::Reply>> list_client_infos_by_id(Call call) {
    const auto uuids = call.uuids("clientIds");
    if (!uuids) co_return uuids.error();
    std::vector<model::OAuth2ClientId> ids;
    for (const Uuid& each : *uuids) ids.push_back({each});
    const auto clients =
        co_await core::get_many<OAuth2Client>(call.services.platform, call.caller, std::move(ids));
    if (!clients) co_return clients.error();
    std::vector<model::OAuth2ClientInfo> infos;
    for (const OAuth2Client& each : *clients) infos.push_back(model::info_of(each));
    co_return json_reply_of(infos);
}

Task<Result<net::Reply>> save_client(Call call) {
    Result<OAuth2Client> client = call.body_as<OAuth2Client>();
    if (!client) co_return client.error();
    client->tenant_id = call.caller.tenant;
    co_return co_await save_entity<OAuth2Client>(std::move(call), *std::move(client));
}

Task<Result<net::Reply>> get_login_processing_url(Call) {
    co_return json_reply_of(std::string(core::login_processing_url));
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/noauth/oauth2Clients",
     .allowed = allow::everyone,
     .handler = &list_login_clients,
     .summary = "What the log-in page of the domain offers",
     .parameters = "pkgName,platform",
     .answer = "[OAuth2ClientLoginInfo]"},
    {.method = get,
     .pattern = "/oauth2/authorization/{id}",
     .allowed = allow::everyone,
     .handler = &begin_login,
     .summary = "Sends the browser to the provider's log-in page",
     .parameters = "prevUri",
     .hidden = true},
    {.method = get,
     .pattern = "/login/oauth2/code/",
     .allowed = allow::everyone,
     .handler = &end_login,
     .summary = "Where the provider sends the browser back to",
     .parameters = "code,state,error,error_description",
     .hidden = true},
    {.method = post,
     .pattern = "/login/oauth2/code/",
     .allowed = allow::everyone,
     .handler = &end_login,
     .summary = "Where the provider sends the browser back to, by a form",
     .body = BodyKind::any,
     .hidden = true},
    {.method = get,
     .pattern = "/api/oauth2/loginProcessingUrl",
     .allowed = allow::administrators,
     .handler = &get_login_processing_url,
     .summary = "The path that providers send browsers back to",
     .answer = "string"},
    {.method = post,
     .pattern = "/api/oauth2/client",
     .allowed = allow::administrators,
     .handler = &save_client,
     .summary = "Creates or updates a client",
     .body = BodyKind::json,
     .answer = "OAuth2Client",
     .takes = "OAuth2Client"},
    {.method = get,
     .pattern = "/api/oauth2/client/{id}",
     .allowed = allow::administrators,
     .handler = &get_entity<OAuth2Client>,
     .summary = "One client by its id",
     .answer = "OAuth2Client"},
    {.method = del,
     .pattern = "/api/oauth2/client/{id}",
     .allowed = allow::administrators,
     .handler = &delete_entity<OAuth2Client>,
     .summary = "Deletes a client"},
    {.method = get,
     .pattern = "/api/oauth2/client/infos",
     .allowed = allow::administrators,
     .handler = &list_client_infos,
     .summary = "A page of clients",
     .parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder",
     .answer = "PageData<OAuth2ClientInfo>"},
    {.method = get,
     .pattern = "/api/oauth2/client/infos",
     .allowed = allow::administrators,
     .handler = &list_client_infos_by_id,
     .summary = "Clients by their ids",
     .selected_by = "clientIds",
     .answer = "[OAuth2ClientInfo]",
     .hidden = true},
    {.method = get,
     .pattern = "/api/oauth2/client/list",
     .allowed = allow::administrators,
     .handler = &list_client_infos_by_id,
     .summary = "Clients by their ids",
     .parameters = "clientIds!",
     .answer = "[OAuth2ClientInfo]"},
    {.method = get,
     .pattern = "/api/oauth2/config/template",
     .allowed = allow::administrators,
     .handler = &list_templates,
     .summary = "Templates of clients",
     .answer = "[OAuth2ClientRegistrationTemplate]"},
    {.method = post,
     .pattern = "/api/oauth2/config/template",
     .allowed = allow::system,
     .handler = &save_template,
     .summary = "Creates or updates a template",
     .body = BodyKind::json,
     .answer = "OAuth2ClientRegistrationTemplate",
     .takes = "OAuth2ClientRegistrationTemplate"},
    {.method = del,
     .pattern = "/api/oauth2/config/template/{clientRegistrationTemplateId}",
     .allowed = allow::system,
     .handler = &delete_template,
     .summary = "Deletes a template"},
};

constexpr SchemaEntry schemas[] = {
    {"OAuth2Client",                       &struct_schema<model::OAuth2Client>         },
    {"OAuth2ClientInfo",                   &struct_schema<model::OAuth2ClientInfo>     },
    {"OAuth2ClientLoginInfo",              &struct_schema<model::OAuth2ClientLoginInfo>},
    {"OAuth2MapperConfig",                 &struct_schema<model::OAuth2Mapper>         },
    {"OAuth2BasicMapperConfig",            &struct_schema<model::OAuth2BasicMapper>    },
    {"OAuth2CustomMapperConfig",           &struct_schema<model::OAuth2CustomMapper>   },
    {"OAuth2ClientRegistrationTemplate",   &struct_schema<model::OAuth2Template>       },
    {"OAuth2ClientRegistrationTemplateId", &struct_schema<model::PlainId>              },
};

}  // namespace

extern const Resource descriptor{"oauth2", "Log-in with other servers.", routes, schemas};

}  // namespace thingstead::api::oauth2
