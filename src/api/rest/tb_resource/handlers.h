// The handlers of resources; their table is in tb_resource.cpp.
#pragma once
#include "api/rest/call.h"
#include "core/resource/resources.h"

namespace thingstead::api::tb_resource {

/// A name of the path or of a parameter, in any case. Errors: invalid_argument.
Result<model::ResourceType> resource_type_of(std::string_view name);
Result<model::ResourceSubType> sub_type_of(std::string_view name);
/// Of {resourceType}, {scope} and {key}. Errors: invalid_argument.
Result<core::ResourceName> resource_name(const Call& call);

Task<Result<net::Reply>> download_resource(Call call);
Task<Result<net::Reply>> download_lwm2m(Call call);
Task<Result<net::Reply>> download_jks(Call call);
Task<Result<net::Reply>> download_pkcs12(Call call);
Task<Result<net::Reply>> download_js(Call call);
Task<Result<net::Reply>> download_by_key(Call call);
Task<Result<net::Reply>> get_resource(Call call);

Task<Result<net::Reply>> list_resources(Call call);
Task<Result<net::Reply>> list_tenant_resources(Call call);
Task<Result<net::Reply>> get_resources(Call call);
Task<Result<net::Reply>> list_lwm2m_objects(Call call);
Task<Result<net::Reply>> page_lwm2m_objects(Call call);

Task<Result<net::Reply>> save_resource(Call call);
Task<Result<net::Reply>> upload_resource(Call call);
Task<Result<net::Reply>> replace_data(Call call);
Task<Result<net::Reply>> save_info(Call call);
Task<Result<net::Reply>> remove_resource(Call call);

}  // namespace thingstead::api::tb_resource
