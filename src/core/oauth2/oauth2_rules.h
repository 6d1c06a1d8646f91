// What saving OAuth2 clients, domains and templates asks for, and which clients a log-in page
// shows.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/entity/remove.h"
#include "core/entity/save.h"
#include "core/platform.h"
#include "model/oauth2.h"
#include "net/task.h"

namespace thingstead::core {

template <>
struct EntityRules<model::OAuth2Client> {
    static Result<> prepare(Save<model::OAuth2Client>& save);
    static Result<> removing(Removal<model::OAuth2Client>& removal);
};

template <>
struct EntityRules<model::Domain> {
    static Result<> prepare(Save<model::Domain>& save);
    static Result<> removing(Removal<model::Domain>& removal);
};

/// Errors: invalid_argument - the interface's words for what a mapper lacks.
Result<> check_mapper(const model::OAuth2Mapper& mapper);
/// A host name, or one with a port; nothing else.
bool is_domain_name(std::string_view name);
/// An absolute address that can be called and redirected to.
bool is_http_uri(std::string_view uri);

/// The clients of the domain become `clients`. Errors: not_found, forbidden.
Result<> set_domain_clients(store::Transaction& transaction, const Caller& caller,
                            model::DomainId domain,
                            const std::vector<model::OAuth2ClientId>& clients);
Task<Result<model::Domain>> set_domain_clients(const Platform& platform, Caller caller,
                                               model::DomainId domain,
                                               std::vector<model::OAuth2ClientId> clients);

struct DomainInfo {
    model::Domain domain;
    std::vector<model::OAuth2ClientInfo> clients;
};
Task<Result<DomainInfo>> domain_info(const Platform& platform, Caller caller, model::DomainId id);
Task<Result<store::Page<DomainInfo>>> domain_infos(const Platform& platform, Caller caller,
                                                   store::PageLink link);

/// Saves and, if `clients` is there, sets them too; in one transaction.
Task<Result<Saved<model::Domain>>> save_domain(
    const Platform& platform, Caller caller, model::Domain domain,
    std::optional<std::vector<model::OAuth2ClientId>> clients);

/// What the log-in page at `host` shows: nothing unless there is such a domain that is enabled.
Task<Result<std::vector<model::OAuth2ClientLoginInfo>>> login_clients(const Platform& platform,
                                                                      std::string host);

/// Sorted by id.
Task<Result<std::vector<model::OAuth2Template>>> templates(const Platform& platform, Caller caller);
Task<Result<model::OAuth2Template>> save_template(const Platform& platform, Caller caller,
                                                  model::OAuth2Template asked);
Task<Result<>> remove_template(const Platform& platform, Caller caller, Uuid id);

}  // namespace thingstead::core
