// Handlers of rule chains, apart by subject.
#pragma once
#include "api/rest/call.h"

namespace thingstead::api::rule_chain {

Task<Result<net::Reply>> get_rule_chain_metadata(Call call);
Task<Result<net::Reply>> save_rule_chain_metadata(Call call);
Task<Result<net::Reply>> validate_rule_chain_metadata(Call call);
Task<Result<net::Reply>> get_output_labels(Call call);
Task<Result<net::Reply>> get_labels_usage(Call call);
Task<Result<net::Reply>> get_debug_input(Call call);
Task<Result<net::Reply>> export_rule_chains(Call call);
Task<Result<net::Reply>> import_rule_chains(Call call);
Task<Result<net::Reply>> set_auto_assign(Call call);
Task<Result<net::Reply>> unset_auto_assign(Call call);
Task<Result<net::Reply>> list_auto_assign(Call call);
Task<Result<net::Reply>> test_script(Call call);
Task<Result<net::Reply>> trace_messages(Call call);
/// Whether scripts in TBEL are run.
Task<Result<net::Reply>> tbel_enabled(Call call);
/// There are no edges, so none is found.
Task<Result<net::Reply>> edge_not_found(Call call);

}  // namespace thingstead::api::rule_chain
