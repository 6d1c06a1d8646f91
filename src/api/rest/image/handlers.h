// The handlers of images; their table is in image.cpp.
#pragma once
#include "api/rest/call.h"
#include "core/resource/resources.h"

namespace thingstead::api::image {

/// Of {type} ("tenant" or "system") and {key}. Errors: invalid_argument.
Result<core::ResourceName> image_name(const Call& call);

Task<Result<net::Reply>> download_image(Call call);
Task<Result<net::Reply>> download_preview(Call call);
Task<Result<net::Reply>> download_public(Call call);
Task<Result<net::Reply>> export_image(Call call);

Task<Result<net::Reply>> upload_image(Call call);
Task<Result<net::Reply>> replace_image(Call call);
Task<Result<net::Reply>> save_image_info(Call call);
Task<Result<net::Reply>> publish_image(Call call);
Task<Result<net::Reply>> import_image(Call call);
Task<Result<net::Reply>> remove_image(Call call);

}  // namespace thingstead::api::image
