// The tables of shapes, one of each subject.
#pragma once
#include "model/document.h"

namespace thingstead::model {

std::span<const Shape> ai_model_shapes();
std::span<const Shape> calculated_field_shapes();
std::span<const Shape> device_shapes();
std::span<const Shape> device_profile_shapes();
std::span<const Shape> event_shapes();
std::span<const Shape> file_shapes();
std::span<const Shape> identity_shapes();
std::span<const Shape> shared_shapes();
std::span<const Shape> notification_shapes();
std::span<const Shape> oauth2_shapes();
std::span<const Shape> queue_shapes();
std::span<const Shape> relation_shapes();
std::span<const Shape> rule_chain_shapes();
std::span<const Shape> settings_shapes();
std::span<const Shape> tenant_profile_shapes();
std::span<const Shape> two_factor_shapes();

}  // namespace thingstead::model
