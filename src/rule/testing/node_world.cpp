#include "rule/testing/node_world.h"

namespace thingstead::rule::testing {

NodeWorld::NodeWorld() {
    const model::TenantId stranger = model::TenantId::make();
    const auto put_customer = [&](model::Customer& it, model::TenantId tenant, const char* title) {
        it.id = model::CustomerId::make();
        it.tenant_id = tenant;
        it.title = title;
        it.country = "Norway";
        it.city = "Oslo";
        it.address2 = "";
        house.entities.put(it);
    };
    put_customer(customer, house.tenant, "Acme");
    customer.additional_info = json::object{
        {"description", "Buys much"}
    };
    house.entities.put(customer);
    put_customer(foreign_customer, stranger, "Acme");

    device_profile.id = model::DeviceProfileId::make();
    device_profile.tenant_id = house.tenant;
    device_profile.name = "Thermostat";
    house.entities.put(device_profile);
    const auto put_device = [&](model::Device& it, model::DeviceId id, model::TenantId tenant,
                                const char* name) {
        it.id = id;
        it.tenant_id = tenant;
        it.name = name;
        it.type = "Thermostat";
        it.device_profile_id = device_profile.id;
        house.entities.put(it);
    };
    device.customer_id = customer.id;
    device.created_time = 42;
    device.additional_info = json::object{
        {"description", "In the hall"         },
        {"place",       json::object{{"x", 1}}}
    };
    put_device(device, house.device, house.tenant, "Thermometer");
    put_device(inner, model::DeviceId::make(), house.tenant, "Inner");
    put_device(foreign, model::DeviceId::make(), stranger, "Foreign");

    asset_profile.id = model::AssetProfileId::make();
    asset_profile.tenant_id = house.tenant;
    asset_profile.name = "Heater";
    house.entities.put(asset_profile);
    asset.id = model::AssetId::make();
    asset.tenant_id = house.tenant;
    asset.name = "Boiler";
    asset.asset_profile_id = asset_profile.id;
    house.entities.put(asset);
    user.id = model::UserId::make();
    user.tenant_id = house.tenant;
    user.customer_id = customer.id;
    user.email = "ann@example.com";
    house.entities.put(user);
    view.id = model::EntityViewId::make();
    view.tenant_id = house.tenant;
    view.customer_id = customer.id;
    view.entity_id = house.device;
    view.name = "View";
    house.entities.put(view);
    relate(device.id, "Contains", asset.id);
    relate(device.id, "Contains", inner.id);
}

void NodeWorld::relate(model::EntityId from, std::string_view type, model::EntityId to) {
    model::Relation relation;
    relation.from_id = from.uuid;
    relation.from_type = from.type;
    relation.type = type;
    relation.to_id = to.uuid;
    relation.to_type = to.type;
    house.entities.put(relation);
}

void NodeWorld::set_attribute(model::EntityId entity, model::AttributeScope scope,
                              std::string_view key, const model::Value& value) {
    const Result<> done = house.entities.write_now([&](store::Transaction& transaction) {
        return transaction.save_attributes(
            {entity, scope, {{std::string(key), value}}, house.clock.now_ms()});
    });
    TS_ASSERT(done.has_value());
}

void NodeWorld::set_point(model::EntityId entity, EpochMs ts, std::string_view key,
                          const model::Value& value) {
    const std::vector<model::KeyValue> values{
        {std::string(key), value}
    };
    store::PointsWrite write;
    write.entity = entity;
    write.ts = ts;
    write.values = values;
    TS_ASSERT(house.timeseries.write(write, std::nullopt));
}

NodeAnswer NodeWorld::send_of(model::EntityId originator, std::string_view data,
                              const model::Metadata& metadata) {
    model::Msg msg = message(data, metadata);
    msg.originator = originator;
    return send(std::move(msg));
}

}  // namespace thingstead::rule::testing
