// Devices from a table of text.
#include "api/rest/bulk_import/import_calls.h"
#include "api/rest/device/handlers.h"

namespace thingstead::api::device {

Task<Result<net::Reply>> import_devices(Call call) {
    return import_rows<model::Device>(std::move(call), &core::import_device);
}

}  // namespace thingstead::api::device
