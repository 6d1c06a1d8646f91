#include "rule/replay/testing/replay_world.h"

#include <thread>

#include "rule/catalogue.h"

namespace thingstead::rule::testing {

std::string chain_over(int limit) {
    return R"({"firstNodeIndex":0,"nodes":[
      {"type":"org.thingsboard.rule.engine.filter.TbJsFilterNode","name":"hot?",
       "configuration":{"scriptLang":"TBEL","jsScript":"return true;","tbelScript":
       "return msgType == 'POST_TELEMETRY_REQUEST' && msg.t > )" +
           std::to_string(limit) + R"(;"}},
      {"type":"org.thingsboard.rule.engine.telemetry.TbMsgTimeseriesNode","name":"save",
       "configurationVersion":1,"configuration":{"defaultTTL":0,"useServerTs":false,
       "processingSettings":{"type":"ON_EVERY_MESSAGE"}}},
      {"type":"org.thingsboard.rule.engine.action.TbCreateAlarmNode","name":"alarm",
       "configurationVersion":1,"configuration":{"alarmType":"Hot","severity":"MAJOR",
       "scriptLang":"TBEL","alarmDetailsBuildJs":"return {};",
       "alarmDetailsBuildTbel":"return {};"}},
      {"type":"org.thingsboard.rule.engine.rest.TbRestApiCallNode","name":"call",
       "configuration":{"restEndpointUrlPattern":"http://127.0.0.1:1/"}}],
      "connections":[{"fromIndex":0,"toIndex":1,"type":"True"},
                     {"fromIndex":0,"toIndex":2,"type":"True"},
                     {"fromIndex":2,"toIndex":3,"type":"Created"}]})";
}

model::RuleChainMetaData draft_of(const std::string& metadata) {
    const Result<json::value> document = parse_json(metadata);
    TS_ASSERT(document.has_value());
    Result<model::RuleChainMetaData> draft = from_json<model::RuleChainMetaData>(*document);
    TS_ASSERT(draft.has_value());
    return *std::move(draft);
}

ReplayWorld::ReplayWorld() : device(entities.device("Thermometer")) {
    chain = entities
                .all<model::RuleChain>({
                    {"tenantId", house().tenant.uuid},
                    {"root",     true               }
    })
                .at(0);
    put_chain(chain_over(20));
    begun_ms = house().clock.now_ms();
    components = std::make_unique<core::ComponentCatalogue>(
        components_of(house().nodes, house().clock.now_ms()));
    replays = std::make_unique<Replays>(house().settings, services(), house().nodes, *components);
}

Services ReplayWorld::services() {
    Fixture& f = house();
    return Services{f.queue,      f.timeseries, *entities.store,   f.telemetry,
                    f.attributes, f.events,     nullptr,           f.ingress_metrics,
                    f.metrics,    f.clock,      f.log.log,         {},
                    "here",       nullptr,      f.script_engines()};
}

void ReplayWorld::put_chain(const std::string& metadata) {
    const Result<json::value> document = parse_json(metadata);
    TS_ASSERT(document.has_value());
    chain.metadata = *document;
    entities.write<bool>([&](store::Transaction& transaction) -> Result<bool> {
        if (Result<> updated = transaction.update(chain); !updated) return updated.error();
        return true;
    });
}

void ReplayWorld::send(std::string_view data, std::optional<model::DeviceId> from) {
    model::QueuedMsg queued = house().message(model::msg_type::post_telemetry, data);
    queued.msg.originator = from.value_or(device.id);
    house().send(queued);
    house().clock.advance(std::chrono::seconds(1));
}

core::ReplayRequest ReplayWorld::request() {
    core::ReplayRequest request;
    request.rule_chain_id = chain.id;
    request.start_ts = begun_ms;
    request.end_ts = house().clock.now_ms() + 1;
    return request;
}

core::ReplayState ReplayWorld::run(core::ReplayRequest request) {
    const Result<Uuid> id = answer_of_task(replays->start(caller(), std::move(request)));
    if (!id) throw std::runtime_error(id.error().message + id.error().detail);
    return wait_for_end(*id);
}

core::ReplayState ReplayWorld::wait_for_end(const Uuid& id) {
    for (;;) {
        const Result<core::ReplayState> state = replays->find(caller(), id);
        TS_ASSERT(state.has_value());
        if (state->status != core::ReplayStatus::running) return *state;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

}  // namespace thingstead::rule::testing
