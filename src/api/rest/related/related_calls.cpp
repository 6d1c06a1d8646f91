#include "api/rest/related/related_calls.h"

namespace thingstead::api {

Result<RelatedRequest> related_request(const json::value& body, std::string_view types_member) {
    const json::object* members = body.if_object();
    if (!members) return json_expected("an object");
    const json::value* parameters = members->if_contains("parameters");
    if (!parameters || parameters->is_null())
        return core::invalid("Search parameters should be specified!");
    RelatedRequest request;
    Result<model::RelationsSearch> search = from_json<model::RelationsSearch>(*parameters);
    if (!search) return json_member_error("parameters", search.error());
    if (search->root_id == Uuid{}) return core::invalid("Root entity should be specified!");
    request.search.parameters = *std::move(search);
    if (const json::value* type = members->if_contains("relationType"); type && !type->is_null()) {
        Result<std::string> text = from_json<std::string>(*type);
        if (!text) return json_member_error("relationType", text.error());
        request.search.relation_type = *std::move(text);
    }
    if (const json::value* types = members->if_contains(types_member); types && !types->is_null()) {
        Result<std::vector<std::string>> list = from_json<std::vector<std::string>>(*types);
        if (!list) return json_member_error(types_member, list.error());
        request.types = *std::move(list);
    }
    return request;
}

}  // namespace thingstead::api
