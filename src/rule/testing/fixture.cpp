#include "rule/testing/fixture.h"

#include <cstdlib>

#include "base/json.h"

namespace thingstead::rule::testing {

const std::string_view default_root_chain = R"({
  "firstNodeIndex": 2,
  "nodes": [
    {"type": "org.thingsboard.rule.engine.telemetry.TbMsgTimeseriesNode",
     "name": "Save Timeseries", "configurationVersion": 1,
     "configuration": {"defaultTTL": 0, "useServerTs": false,
                       "processingSettings": {"type": "ON_EVERY_MESSAGE"}}},
    {"type": "org.thingsboard.rule.engine.telemetry.TbMsgAttributesNode",
     "name": "Save Client Attributes", "configurationVersion": 3,
     "configuration": {"processingSettings": {"type": "ON_EVERY_MESSAGE"}, "scope": "CLIENT_SCOPE",
                       "notifyDevice": false, "sendAttributesUpdatedNotification": false,
                       "updateAttributesOnlyOnValueChange": true}},
    {"type": "org.thingsboard.rule.engine.filter.TbMsgTypeSwitchNode",
     "name": "Message Type Switch", "configuration": {"version": 0}},
    {"type": "org.thingsboard.rule.engine.action.TbLogNode", "name": "Log RPC from Device",
     "configuration": {"scriptLang": "TBEL",
       "jsScript": "return '\\nIncoming message:\\n' + JSON.stringify(msg) + '\\nIncoming metadata:\\n' + JSON.stringify(metadata);",
       "tbelScript": "return '\\nIncoming message:\\n' + JSON.stringify(msg) + '\\nIncoming metadata:\\n' + JSON.stringify(metadata);"}},
    {"type": "org.thingsboard.rule.engine.action.TbLogNode", "name": "Log Other",
     "configuration": {"scriptLang": "TBEL",
       "jsScript": "return '\\nIncoming message:\\n' + JSON.stringify(msg) + '\\nIncoming metadata:\\n' + JSON.stringify(metadata);",
       "tbelScript": "return '\\nIncoming message:\\n' + JSON.stringify(msg) + '\\nIncoming metadata:\\n' + JSON.stringify(metadata);"}},
    {"type": "org.thingsboard.rule.engine.rpc.TbSendRPCRequestNode", "name": "RPC Call Request",
     "configuration": {"timeoutInSeconds": 60}}
  ],
  "connections": [
    {"fromIndex": 2, "toIndex": 4, "type": "Other"},
    {"fromIndex": 2, "toIndex": 1, "type": "Post attributes"},
    {"fromIndex": 2, "toIndex": 0, "type": "Post telemetry"},
    {"fromIndex": 2, "toIndex": 3, "type": "RPC Request from Device"},
    {"fromIndex": 2, "toIndex": 5, "type": "RPC Request to Device"}
  ]
})";

Fixture::Fixture(queue::PartitionIndex partitions, std::vector<const NodeDescriptor*> more_nodes)
    : shared_queue(std::make_shared<FakeQueue>(board, partitions)),
      nodes(all_nodes().begin(), all_nodes().end()) {
    nodes.insert(nodes.end(), more_nodes.begin(), more_nodes.end());
    put_tenant();
}

Fixture::Fixture(Fixture& first)
    : shared_board(first.shared_board),
      shared_queue(first.shared_queue),
      nodes(first.nodes),
      settings(first.settings),
      tenant(first.tenant),
      device(first.device) {
    put_tenant();
}

void Fixture::put_tenant() {
    model::TenantProfile profile;
    profile.id = model::TenantProfileId::make();
    model::Tenant owner;
    owner.id = tenant;
    owner.tenant_profile_id = profile.id;
    entities.put(profile);
    entities.put(owner);
    root = put_chain(default_root_chain);
}

Services Fixture::services() {
    Services all{queue, timeseries,      entities,        telemetry, attributes, events,
                 rpc,   ingress_metrics, metrics,         clock,     log.log,    {},
                 {},    nullptr,         script_engines()};
    all.event_store = event_store;
    return all;
}

void Fixture::open() {
    Result<std::unique_ptr<RuleEngine>> opened = RuleEngine::open(settings, services(), nodes);
    TS_ASSERT(opened.has_value());
    engine = *std::move(opened);
}

void Fixture::start() {
    if (!engine) open();
    TS_ASSERT(engine->start().has_value());
}

void Fixture::restart() {
    engine.reset();
    start();
}

model::RuleChain Fixture::put_chain(std::string_view metadata, bool is_root,
                                    model::RuleChainId id) {
    Result<json::value> document = parse_json(metadata);
    TS_ASSERT(document.has_value());
    model::RuleChain chain;
    chain.id = id;
    chain.tenant_id = tenant;
    chain.name = is_root ? "Root Rule Chain" : "Other chain";
    chain.root = is_root;
    chain.metadata = *std::move(document);
    if (is_root && root.id.uuid != Uuid{}) chain.id = root.id;
    entities.put(chain);
    events.publish({core::ChangeKind::updated, tenant, chain.id});
    return chain;
}

model::QueuedMsg Fixture::message(std::string_view type, std::string_view data) const {
    model::QueuedMsg queued;
    queued.tenant = tenant;
    queued.msg.id = new_random_uuid();
    queued.msg.ts = clock.now_ms();
    queued.msg.type = type;
    queued.msg.originator = device;
    queued.msg.data = data;
    queued.msg.metadata.put("deviceName", "Thermometer");
    queued.msg.metadata.put("deviceType", "default");
    return queued;
}

void Fixture::send(const model::QueuedMsg& sent, queue::PartitionIndex partition) {
    std::string record;
    queue::encode(sent, record);
    queue.append(partition, std::move(record));
}

void Fixture::send_telemetry(std::string_view data) {
    send(message(model::msg_type::post_telemetry, data));
}

bool Fixture::all_committed() {
    return board.wait([&] {
        for (queue::PartitionIndex i = 0; i < *queue.partitions({}); ++i)
            if (queue.committed(i) != static_cast<queue::Offset>(queue.records(i).size()))
                return false;
        return true;
    });
}

std::vector<model::QueuedMsg> Fixture::messages_from(std::size_t from) {
    std::vector<model::QueuedMsg> messages;
    const std::vector<std::string> records = queue.records();
    for (std::size_t i = from; i < records.size(); ++i)
        messages.push_back(queue::decode_queued_msg(as_bytes(records[i])).value());
    return messages;
}

double metric(const MetricsRegistry& registry, std::string_view name) {
    const std::string text = "\n" + registry.expose();
    const std::string line = "\n" + std::string(name) + " ";
    const std::size_t at = text.find(line);
    return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + line.size(), nullptr);
}

}  // namespace thingstead::rule::testing
