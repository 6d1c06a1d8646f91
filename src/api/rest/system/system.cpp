// What the server says about itself.
#include "api/rest/call.h"
#include "api/rest/json_text.h"
#include "api/rest/route.h"
#include "api/rest/system/open_api.h"

namespace thingstead::api::system {
namespace {

Task<Result<net::Reply>> api_docs(Call call) { co_return json_reply(open_api_text(call.router)); }

using enum net::Method;

constexpr Route routes[] = {
    {.method = get,
     .pattern = "/v3/api-docs",
     .allowed = allow::everyone,
     .handler = &api_docs,
     .summary = "This document"},
};

}  // namespace

extern const Resource descriptor{"system", "What the server says about itself.", routes};

}  // namespace thingstead::api::system
