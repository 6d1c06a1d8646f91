// A small world for nodes that look at entities: the bench's device with its profile, customer and
// relations, and another tenant that must not be seen.
#pragma once
#include "model/asset.h"
#include "model/entities.h"
#include "model/entity_view.h"
#include "model/relation.h"
#include "rule/testing/node_bench.h"

namespace thingstead::rule::testing {

struct NodeWorld : NodeBench {
    NodeWorld();

    /// FROM one TO the other, of group COMMON.
    void relate(model::EntityId from, std::string_view type, model::EntityId to);
    void set_attribute(model::EntityId entity, model::AttributeScope scope, std::string_view key,
                       const model::Value& value);
    void set_point(model::EntityId entity, EpochMs ts, std::string_view key,
                   const model::Value& value);
    /// Of `originator` instead of the device.
    NodeAnswer send_of(model::EntityId originator, std::string_view data,
                       const model::Metadata& metadata = {});

    model::Customer customer;
    model::DeviceProfile device_profile;
    model::Device device;  ///< "Thermometer" of the customer; contains the asset and `inner`.
    model::Device inner;   ///< "Inner", of no customer.
    model::AssetProfile asset_profile;
    model::Asset asset;  ///< "Boiler", of no customer.
    model::User user;    ///< ann@example.com, of the customer.
    model::EntityView view;
    model::Device foreign;  ///< Of another tenant.
    model::Customer foreign_customer;
    model::DeviceId gone = model::DeviceId::make();  ///< Is not there.
};

}  // namespace thingstead::rule::testing
