// The handlers of users; their table is in user.cpp.
#pragma once
#include "api/rest/call.h"

namespace thingstead::api::user {

Task<Result<net::Reply>> list_users(Call call);
Task<Result<net::Reply>> get_users_by_ids(Call call);
Task<Result<net::Reply>> list_tenant_administrators(Call call);
Task<Result<net::Reply>> list_customer_users(Call call);
Task<Result<net::Reply>> find_users(Call call);
Task<Result<net::Reply>> list_users_to_assign(Call call);

Task<Result<net::Reply>> get_general_settings(Call call);
Task<Result<net::Reply>> replace_general_settings(Call call);
Task<Result<net::Reply>> merge_general_settings(Call call);
Task<Result<net::Reply>> remove_general_settings(Call call);
Task<Result<net::Reply>> get_settings(Call call);
Task<Result<net::Reply>> merge_settings(Call call);
Task<Result<net::Reply>> remove_settings(Call call);

Task<Result<net::Reply>> get_visited_dashboards(Call call);
Task<Result<net::Reply>> note_dashboard_action(Call call);

Task<Result<net::Reply>> get_mobile_session(Call call);
Task<Result<net::Reply>> save_mobile_session(Call call);
Task<Result<net::Reply>> remove_mobile_session(Call call);

}  // namespace thingstead::api::user
