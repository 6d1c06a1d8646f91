// POST of a search that follows relations: devices, assets, entity views.
#pragma once
#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "api/rest/entity_calls.h"
#include "core/relation/relation.h"
#include "model/relation.h"

namespace thingstead::api {

/// {"parameters","relationType", types_member}; the types are those of the entities that are
/// looked for, none: all.
struct RelatedRequest {
    core::RelatedSearch search;
    std::vector<std::string> types;
};

/// Errors: malformed, invalid_argument - `parameters` or its root is missing.
Result<RelatedRequest> related_request(const json::value& body, std::string_view types_member);

template <class T>
Task<Result<net::Reply>> related_entities_reply(Call call, std::string types_member) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    Result<RelatedRequest> request = related_request(*body, types_member);
    if (!request) co_return request.error();
    const std::vector<std::string> types = std::move(request->types);
    const std::function<bool(const T&)> wanted = [types](const T& entity) {
        return types.empty() || std::find(types.begin(), types.end(), entity.type) != types.end();
    };
    const Result<std::vector<T>> found = co_await core::find_related<T>(
        call.services.platform, call.caller, std::move(request->search), wanted);
    if (!found) co_return found.error();
    co_return json_reply_of(*found);
}

}  // namespace thingstead::api
