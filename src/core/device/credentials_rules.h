// What credentials of devices may be, and the id that the server computes of them.
// Source: device-api section 1 of the interface; LwM2M: section 3 of its own.
#pragma once
#include <string>

#include "base/error.h"
#include "model/entities.h"

namespace thingstead::core {

/// Checks credentials, puts their value in its stored form and computes their id (except of access
/// tokens). Errors: invalid_argument - in the interface's words.
Result<> complete_credentials(model::DeviceCredentials& credentials);

/// The same for type LWM2M_CREDENTIALS: the value is a document with the parts `client` and
/// `bootstrap`; the id is the endpoint, the PSK identity or the hash of the certificate.
Result<> complete_lwm2m_credentials(model::DeviceCredentials& credentials);

}  // namespace thingstead::core
