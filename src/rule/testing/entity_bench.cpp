#include "rule/testing/entity_bench.h"

#include "core/customer/customer_rules.h"
#include "core/device/device_rules.h"
#include "core/installation.h"

namespace thingstead::rule::testing {
namespace {

std::unique_ptr<store::EntityStore> open(const std::filesystem::path& folder,
                                         MetricsRegistry& metrics) {
    store::sqlite::Settings settings;
    settings.file = folder / "entities.db";
    auto opened = store::sqlite::open_sqlite_store(settings, Log(), metrics);
    TS_ASSERT(opened.has_value());
    return *std::move(opened);
}

}  // namespace

EntityBench::EntityBench()
    : store(open(folder.path(), store_metrics)), bench(std::make_unique<NodeBench>(*store)) {
    model::TenantProfile profile;
    profile.id = model::TenantProfileId::make();
    profile.name = "Default";
    profile.is_default = true;
    const auto make = [&](store::Transaction& transaction) -> Result<> {
        if (Result<> made = transaction.insert(profile); !made) return made;
        const EpochMs now = bench->house.clock.now_ms();
        const auto own = core::create_tenant(transaction, "Own", now);
        if (!own) return own.error();
        const auto other = core::create_tenant(transaction, "Other", now);
        if (!other) return other.error();
        bench->house.tenant = own->id;
        other_tenant = other->id;
        return {};
    };
    const Result<> made = store->write_now(make);
    if (!made) throw std::runtime_error(made.error().message + made.error().detail);
}

EntityBench::~EntityBench() {
    store->stop();
    bench.reset();
}

model::Device EntityBench::device(const std::string& name) {
    model::Device device;
    device.name = name;
    return save(std::move(device));
}

model::Customer EntityBench::customer(const std::string& title) {
    model::Customer customer;
    customer.title = title;
    return save(std::move(customer));
}

void EntityBench::relate(model::EntityId from, model::EntityId to, const std::string& type) {
    model::EntityRelation relation;
    relation.from = from;
    relation.to = to;
    relation.type = type;
    write<model::EntityRelation>(
        [&](store::Transaction& transaction) { return core::put_relation(transaction, relation); });
}

std::vector<model::EntityId> EntityBench::related(model::EntityId from, const std::string& type) {
    const auto found =
        write<std::vector<model::EntityRelation>>([&](store::Transaction& transaction) {
            return core::relations_of(transaction, from, model::SearchDirection::from,
                                      model::RelationTypeGroup::common, type);
        });
    std::vector<model::EntityId> ends;
    for (const model::EntityRelation& each : found) ends.push_back(each.to);
    return ends;
}

model::Msg EntityBench::about(model::EntityId originator, std::string_view data,
                              const model::Metadata& metadata) const {
    model::Msg msg = bench->message(data, metadata);
    msg.originator = originator;
    return msg;
}

}  // namespace thingstead::rule::testing
