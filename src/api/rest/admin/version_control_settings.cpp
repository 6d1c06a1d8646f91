// Settings of version control, as they are answered where none is set up.
#include "api/rest/admin/handlers.h"
#include "api/rest/json_text.h"
#include "core/entity/kind.h"

namespace thingstead::api::admin {

Task<Result<net::Reply>> nothing_configured(Call) { co_return core::item_not_found(); }

Task<Result<net::Reply>> does_not_exist(Call) { co_return json_reply("false"); }

Task<Result<net::Reply>> nothing_to_delete(Call) { co_return net::Reply{}; }

Task<Result<net::Reply>> repository_info(Call) {
    co_return json_reply(R"({"configured":false,"readOnly":null})");
}

Task<Result<net::Reply>> no_version_control(Call) {
    co_return Error{ErrorCode::unsupported, "Version control is not available on this server"};
}

}  // namespace thingstead::api::admin
