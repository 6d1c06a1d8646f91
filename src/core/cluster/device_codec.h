// What is known of devices, in bytes: parts of the messages between processes, and of what they
// share in a cache.
#pragma once
#include <string_view>

#include "core/cluster/codec_fields.h"
#include "core/device_services.h"

namespace thingstead::core::cluster::codec {

/// The fields of a message of their own; identity and profile are not null.
void write(Writer& out, const TransportProfile& profile);
void write(Writer& out, const DeviceIdentity& device);
void write(Writer& out, const CredentialsEntry& entry);

/// False: malformed.
bool read_profile(std::string_view bytes, TransportProfile& into);
/// From a field that holds the message. Null: malformed.
DeviceIdentityPtr read_device(const Field& whole);
CredentialsEntryPtr read_credentials(const Field& whole);

}  // namespace thingstead::core::cluster::codec
