// The installation's settings as its administrators read and save them: secrets stay inside, and
// what is saved has been looked at.
#pragma once
#include <string>

#include "core/caller.h"
#include "core/mail.h"
#include "core/platform.h"
#include "model/entities.h"
#include "model/security.h"
#include "net/task.h"

namespace thingstead::core {

/// Errors: forbidden; not_found - "No Administration settings found for key: x", also of what has
/// operations of its own.
Task<Result<model::AdminSettings>> admin_settings(const Platform& platform, Caller caller,
                                                  std::string key);
/// Creates (null id) or updates. A secret that is left out stays. Errors: invalid_argument,
/// forbidden, not_found.
Task<Result<model::AdminSettings>> save_admin_settings(const Platform& platform, Caller caller,
                                                       model::AdminSettings settings);

Task<Result<model::SecuritySettings>> security_settings(const Platform& platform, Caller caller);
Task<Result<model::SecuritySettings>> save_security_settings(const Platform& platform,
                                                             Caller caller,
                                                             model::SecuritySettings settings);

/// The server that the document names; a password that is left out is the saved one. Errors:
/// invalid_argument, forbidden.
Task<Result<MailServer>> mail_server_of(const Platform& platform, Caller caller,
                                        json::value document);

/// What is set up.
struct Features {
    bool email = false;
    bool sms = false;
    bool notification = false;
    bool oauth = false;
    bool two_factor = false;
};
Task<Result<Features>> features(const Platform& platform, Caller caller);

}  // namespace thingstead::core
