// The document of a device profile: what is left out is filled in, alarm rules and provisioning are
// checked.
#pragma once
#include "base/error.h"
#include "model/entities.h"

namespace thingstead::core {

/// Makes `profileData` whole: configuration, transport and provisioning as the profile's own
/// members say. With a chain of certificates the provisioning key is the hash of the first one.
/// Errors: invalid_argument - a transport configuration of another type than the profile's; an
/// alarm rule without a type, or two of one type; a certificate that is none, or a well-known
/// root's.
Result<> complete_profile_data(model::DeviceProfile& profile);

}  // namespace thingstead::core
