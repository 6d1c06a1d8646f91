// A page that shows the description of the interface and tries its operations.
#include "api/rest/api_page/texts.h"
#include "api/rest/call.h"
#include "api/rest/route.h"

namespace thingstead::api::api_page {
namespace {

/// Nothing but its own files, and nobody frames it.
net::Reply page_part(std::string_view content_type, std::string_view text) {
    net::Reply reply;
    reply.content_type = content_type;
    reply.body = text;
    reply.headers.emplace_back("Content-Security-Policy",
                               "default-src 'self'; frame-ancestors 'none'; base-uri 'none'");
    return reply;
}

Task<Result<net::Reply>> get_page(Call) { co_return page_part("text/html;charset=UTF-8", html); }
Task<Result<net::Reply>> get_style(Call) { co_return page_part("text/css;charset=UTF-8", css); }
Task<Result<net::Reply>> get_script(Call) {
    co_return page_part("text/javascript;charset=UTF-8", script);
}

using enum net::Method;

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/swagger-ui",
     .allowed = allow::everyone,
     .handler = &get_page,
     .summary = "A page that shows this document and tries its operations"},
    {.method = get,
     .pattern = "/swagger-ui/",
     .allowed = allow::everyone,
     .handler = &get_page,
     .summary = "The page"                                                },
    {.method = get,
     .pattern = "/swagger-ui/index.html",
     .allowed = allow::everyone,
     .handler = &get_page,
     .summary = "The page"                                                },
    {.method = get,
     .pattern = "/swagger-ui.html",
     .allowed = allow::everyone,
     .handler = &get_page,
     .summary = "The page"                                                },
    {.method = get,
     .pattern = "/swagger-ui/page.css",
     .allowed = allow::everyone,
     .handler = &get_style,
     .summary = "How the page looks"                                      },
    {.method = get,
     .pattern = "/swagger-ui/page.js",
     .allowed = allow::everyone,
     .handler = &get_script,
     .summary = "What the page does"                                      },
};

}  // namespace

extern const Resource descriptor{"api_page", "The description of the interface as a page.", routes};

}  // namespace thingstead::api::api_page
