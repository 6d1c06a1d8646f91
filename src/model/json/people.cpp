// JSON of log-in, settings and groups: compiled here once.
#include "model/entity_group.h"
#include "model/identity.h"
#include "model/oauth2.h"
#include "model/security.h"
#include "model/user_settings.h"

namespace thingstead {

TS_JSON_HERE(model::EntityGroup)
TS_JSON_HERE(model::EntityGroupMember)
TS_JSON_HERE(model::Role)
TS_JSON_HERE(model::GroupPermission)
TS_JSON_HERE(model::CustomerBranch)
TS_JSON_HERE(model::ShareGroupRequest)
TS_JSON_HERE(model::EntityInfo)
TS_JSON_HERE(model::UserAuthSettings)
TS_JSON_HERE(model::TwoFactorCheck)
TS_JSON_HERE(model::TokenMark)
TS_JSON_HERE(model::ApiKey)
TS_JSON_HERE(model::OAuth2BasicMapper)
TS_JSON_HERE(model::OAuth2CustomMapper)
TS_JSON_HERE(model::OAuth2Mapper)
TS_JSON_HERE(model::OAuth2Client)
TS_JSON_HERE(model::OAuth2ClientInfo)
TS_JSON_HERE(model::OAuth2ClientLoginInfo)
TS_JSON_HERE(model::OAuth2Template)
TS_JSON_HERE(model::Domain)
TS_JSON_HERE(model::DomainOAuth2Client)
TS_JSON_HERE(model::UserPasswordPolicy)
TS_JSON_HERE(model::SecuritySettings)
TS_JSON_HERE(model::JwtSettings)
TS_JSON_HERE(model::UserSettings)
TS_JSON_HERE(model::MobileSession)

}  // namespace thingstead
