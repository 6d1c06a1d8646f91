// What the web application asks of its surroundings.
#include "api/rest/call.h"
#include "api/rest/route.h"

namespace thingstead::api::ui_settings {
namespace {

/// Empty: pages of help are on this server.
constexpr std::string_view help_base_url = "";

Task<Result<net::Reply>> get_help_base_url(Call) {
    net::Reply reply;
    reply.content_type = "text/plain;charset=UTF-8";
    reply.body = help_base_url;
    co_return reply;
}

constexpr Route routes[] = {
    {.method = net::Method::get,
     .pattern = "/api/uiSettings/helpBaseUrl",
     .allowed = allow::users,
     .handler = &get_help_base_url,
     .summary = "Where pages of help are: what goes before their paths"},
};

}  // namespace

extern const Resource descriptor{"ui_settings", "Surroundings of the web application.", routes};

}  // namespace thingstead::api::ui_settings
