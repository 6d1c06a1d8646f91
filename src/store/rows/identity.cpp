// Rows of log-in, keys and other servers that vouch.
#include "model/identity.h"

#include "model/oauth2.h"
#include "store/row_mapping.h"

namespace thingstead::store {

TS_MAP_ROWS(model::UserAuthSettings)
TS_MAP_ROWS(model::TwoFactorCheck)
TS_MAP_ROWS(model::TokenMark)
TS_MAP_ROWS(model::ApiKey)
TS_MAP_ROWS(model::OAuth2Client)
TS_MAP_ROWS(model::OAuth2Template)
TS_MAP_ROWS(model::Domain)
TS_MAP_ROWS(model::DomainOAuth2Client)

}  // namespace thingstead::store
