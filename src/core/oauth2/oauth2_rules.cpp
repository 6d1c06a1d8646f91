#include "core/oauth2/oauth2_rules.h"

#include <algorithm>
#include <charconv>
#include <functional>

#include "model/validate.h"

namespace thingstead::core {
namespace {

using model::Domain;
using model::DomainOAuth2Client;
using model::MapperType;
using model::OAuth2Client;

bool is_blank_text(const std::optional<std::string>& text) {
    return !text || model::is_blank(*text);
}

Result<> check_basic(const model::OAuth2Mapper& mapper) {
    if (!mapper.basic) return invalid("Basic config should be specified!");
    const model::OAuth2BasicMapper& basic = *mapper.basic;
    if (Result<> valid = model::validate(basic); !valid) return valid;
    const bool has_key = !is_blank_text(basic.email_attribute_key);
    if (*mapper.type == MapperType::github) {
        if (has_key)
            return invalid("Email attribute key cannot be configured for GITHUB mapper type!");
    } else if (!has_key) {
        return invalid("Email attribute key should be specified!");
    }
    if (!basic.tenant_name_strategy) return invalid("Tenant name strategy should be specified!");
    if (*basic.tenant_name_strategy == model::TenantNameStrategy::custom &&
        is_blank_text(basic.tenant_name_pattern))
        return invalid("Tenant name pattern should be specified!");
    return {};
}

Result<> check_custom(const model::OAuth2Mapper& mapper) {
    if (!mapper.custom) return invalid("Custom config should be specified!");
    if (Result<> valid = model::validate(*mapper.custom); !valid) return valid;
    if (is_blank_text(mapper.custom->url)) return invalid("Custom mapper URL should be specified!");
    if (!is_http_uri(*mapper.custom->url)) return invalid("Custom mapper URL is invalid!");
    return {};
}

Result<> check_uris(const OAuth2Client& client) {
    const std::pair<const char*, std::string> uris[] = {
        {"Authorization uri", client.authorization_uri         },
        {"Token uri",         client.access_token_uri          },
        {"User info uri",     client.user_info_uri.value_or("")},
        {"Jwk set uri",       client.jwk_set_uri.value_or("")  }
    };
    for (const auto& [noun, uri] : uris)
        if (!uri.empty() && !is_http_uri(uri)) return invalid(std::string(noun) + " is invalid!");
    return {};
}

Result<> check_authentication(const OAuth2Client& client) {
    const std::string& method = client.client_authentication_method;
    if (method != "BASIC" && method != "POST" && method != "NONE")
        return invalid("Client authentication method is not supported: " + method);
    if (method != "NONE" && model::is_blank(client.client_secret))
        return invalid("Client secret should be specified!");
    return {};
}

/// Clients of domains, by domain.
Result<std::vector<OAuth2Client>> clients_of(store::Reader& reader, model::DomainId domain) {
    const store::Filter links{
        {"domainId", domain.uuid}
    };
    return reader.all<OAuth2Client>(
        {store::chosen_from<DomainOAuth2Client>("id", "oauth2ClientId", links)});
}

Result<DomainInfo> info_of(store::Reader& reader, Domain domain) {
    const auto clients = clients_of(reader, domain.id);
    if (!clients) return clients.error();
    DomainInfo info{std::move(domain), {}};
    for (const OAuth2Client& each : *clients) info.clients.push_back(model::info_of(each));
    return info;
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-';
           });
}

bool is_port(std::string_view digits) {
    int port = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return failed == std::errc() && end == digits.data() + digits.size() && port >= 1 &&
           port <= 65'535;
}

Result<> check_template_rights(const Caller& caller, Operation operation) {
    return check(caller, operation, Resource::oauth2_configuration_template);
}

}  // namespace

Result<> check_mapper(const model::OAuth2Mapper& mapper) {
    if (!mapper.type) return invalid("Mapper config type should be specified!");
    return *mapper.type == MapperType::custom ? check_custom(mapper) : check_basic(mapper);
}

bool is_domain_name(std::string_view name) {
    constexpr std::size_t host_characters_max = 253;
    const std::size_t colon = name.find(':');
    if (colon != std::string_view::npos && !is_port(name.substr(colon + 1))) return false;
    std::string_view host = name.substr(0, colon);
    if (host.size() > host_characters_max) return false;
    if (host != "localhost" && host.find('.') == std::string_view::npos) return false;
    while (true) {
        const std::size_t dot = host.find('.');
        if (!is_label(host.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        host.remove_prefix(dot + 1);
    }
}

bool is_http_uri(std::string_view uri) {
    for (const std::string_view scheme : {"http://", "https://"})
        if (uri.starts_with(scheme))
            return uri.size() > scheme.size() && uri[scheme.size()] != '/' &&
                   std::all_of(uri.begin(), uri.end(), [](char c) { return c > ' ' && c < 0x7F; });
    return false;
}

Result<> EntityRules<OAuth2Client>::prepare(Save<OAuth2Client>& save) {
    const OAuth2Client& client = save.entity;
    if (Result<> valid = check_uris(client); !valid) return valid;
    if (client.scope.empty()) return invalid("Scope should be specified!");
    std::size_t scope_characters = client.scope.size() - 1;
    for (const std::string& each : client.scope) scope_characters += each.size();
    constexpr std::size_t scope_characters_max = 255;
    if (scope_characters > scope_characters_max)
        return invalid("Validation error: scope length must be equal or less than 255");
    if (Result<> valid = check_authentication(client); !valid) return valid;
    return check_mapper(*client.mapper);
}

Result<> EntityRules<OAuth2Client>::removing(Removal<OAuth2Client>& removal) {
    const auto gone = removal.transaction.remove<DomainOAuth2Client>({
        {"oauth2ClientId", removal.entity.id.uuid}
    });
    if (!gone) return gone.error();
    return {};
}

Result<> EntityRules<Domain>::prepare(Save<Domain>& save) {
    // Host names are compared without regard to case.
    for (char& c : save.entity.name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!is_domain_name(save.entity.name))
        return invalid("Domain name " + save.entity.name + " is invalid");
    return {};
}

Result<> EntityRules<Domain>::removing(Removal<Domain>& removal) {
    const auto gone = removal.transaction.remove<DomainOAuth2Client>({
        {"domainId", removal.entity.id.uuid}
    });
    if (!gone) return gone.error();
    return {};
}

Result<> set_domain_clients(store::Transaction& transaction, const Caller& caller,
                            model::DomainId domain,
                            const std::vector<model::OAuth2ClientId>& clients) {
    const auto gone = transaction.remove<DomainOAuth2Client>({
        {"domainId", domain.uuid}
    });
    if (!gone) return gone.error();
    for (const model::OAuth2ClientId each : clients) {
        const auto client = load<OAuth2Client>(transaction, caller, Operation::read, each);
        if (!client) return client.error();
        const DomainOAuth2Client link{domain, each};
        if (Result<> put = transaction.put(link); !put) return put;
    }
    return {};
}

Task<Result<Domain>> set_domain_clients(const Platform& platform, Caller caller, model::DomainId id,
                                        std::vector<model::OAuth2ClientId> clients) {
    const std::function<Result<Domain>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Domain> {
        Result<Domain> domain = load<Domain>(transaction, caller, Operation::write, id);
        if (!domain) return domain;
        if (Result<> done = set_domain_clients(transaction, caller, id, clients); !done)
            return done.error();
        return domain;
    };
    co_return co_await write<Domain>(platform, work);
}

Task<Result<DomainInfo>> domain_info(const Platform& platform, Caller caller, model::DomainId id) {
    const std::function<Result<DomainInfo>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<DomainInfo> {
        Result<Domain> domain = load<Domain>(reader, caller, Operation::read, id);
        if (!domain) return domain.error();
        return info_of(reader, *std::move(domain));
    };
    co_return co_await read<DomainInfo>(platform, work);
}

Task<Result<store::Page<DomainInfo>>> domain_infos(const Platform& platform, Caller caller,
                                                   store::PageLink link) {
    if (Result<> allowed = check(caller, Operation::read, Resource::domain); !allowed)
        co_return allowed.error();
    const std::function<Result<store::Page<DomainInfo>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<store::Page<DomainInfo>> {
        const store::Filter filter{
            {"tenantId", caller.tenant.uuid}
        };
        auto domains = reader.page<Domain>(filter, link);
        if (!domains) return domains.error();
        store::Page<DomainInfo> page{
            {}, domains->total_elements, domains->total_pages, domains->has_next};
        for (Domain& each : domains->data) {
            Result<DomainInfo> info = info_of(reader, std::move(each));
            if (!info) return info.error();
            page.data.push_back(*std::move(info));
        }
        return page;
    };
    co_return co_await read<store::Page<DomainInfo>>(platform, work);
}

Task<Result<Saved<Domain>>> save_domain(const Platform& platform, Caller caller, Domain domain,
                                        std::optional<std::vector<model::OAuth2ClientId>> clients) {
    EntityChange change{ChangeKind::updated, caller.tenant, domain.id};
    const std::function<Result<Saved<Domain>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Saved<Domain>> {
        Result<Saved<Domain>> saved =
            save_in(transaction, caller, platform.clock.now_ms(), domain, change);
        if (!saved || !clients) return saved;
        if (Result<> done = set_domain_clients(transaction, caller, saved->entity.id, *clients);
            !done)
            return done.error();
        return saved;
    };
    Result<Saved<Domain>> saved = co_await write<Saved<Domain>>(platform, work);
    if (saved) platform.events.publish(change);
    co_return saved;
}

Task<Result<std::vector<model::OAuth2ClientLoginInfo>>> login_clients(const Platform& platform,
                                                                      std::string host) {
    using Buttons = std::vector<model::OAuth2ClientLoginInfo>;
    const std::function<Result<Buttons>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<Buttons> {
        const auto domain = reader.find<Domain>({
            {"name",          host},
            {"oauth2Enabled", true}
        });
        if (!domain) return domain.error();
        Buttons buttons;
        if (!*domain) return buttons;
        const auto clients = clients_of(reader, (*domain)->id);
        if (!clients) return clients.error();
        for (const OAuth2Client& each : *clients) {
            const bool on_web = each.platforms.empty() ||
                                std::find(each.platforms.begin(), each.platforms.end(),
                                          model::PlatformType::web) != each.platforms.end();
            if (on_web)
                buttons.push_back({each.login_button_label, each.login_button_icon,
                                   "/oauth2/authorization/" + each.id.to_string()});
        }
        return buttons;
    };
    co_return co_await read<Buttons>(platform, work);
}

Task<Result<std::vector<model::OAuth2Template>>> templates(const Platform& platform,
                                                           Caller caller) {
    if (Result<> allowed = check_template_rights(caller, Operation::read); !allowed)
        co_return allowed.error();
    using Templates = std::vector<model::OAuth2Template>;
    const std::function<Result<Templates>(store::Reader&)> work = [](store::Reader& reader) {
        return reader.all<model::OAuth2Template>({});
    };
    co_return co_await read<Templates>(platform, work);
}

Task<Result<model::OAuth2Template>> save_template(const Platform& platform, Caller caller,
                                                  model::OAuth2Template asked) {
    const bool fresh = asked.id.id == Uuid{};
    const Operation operation = fresh ? Operation::create : Operation::write;
    if (Result<> allowed = check_template_rights(caller, operation); !allowed)
        co_return allowed.error();
    if (Result<> valid = model::validate(asked); !valid) co_return valid.error();
    if (Result<> valid = check_mapper(*asked.mapper); !valid) co_return valid.error();
    const std::function<Result<model::OAuth2Template>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<model::OAuth2Template> {
        model::OAuth2Template stored = asked;
        if (fresh) {
            stored.id.id = new_time_uuid();
            stored.created_time = platform.clock.now_ms();
            if (Result<> done = transaction.insert(stored); !done) return done.error();
            return stored;
        }
        const auto before = transaction.find<model::OAuth2Template>({
            {"id", asked.id.id}
        });
        if (!before) return before.error();
        if (!*before) return item_not_found();
        stored.created_time = (*before)->created_time;
        if (Result<> done = transaction.update(stored); !done) return done.error();
        return stored;
    };
    co_return co_await write<model::OAuth2Template>(platform, work);
}

Task<Result<>> remove_template(const Platform& platform, Caller caller, Uuid id) {
    if (Result<> allowed = check_template_rights(caller, Operation::remove); !allowed)
        co_return allowed.error();
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        const auto gone = transaction.remove<model::OAuth2Template>({
            {"id", id}
        });
        if (!gone) return gone.error();
        return *gone > 0 ? Result<>() : Result<>(item_not_found());
    };
    co_return co_await platform.store.write(work);
}

}  // namespace thingstead::core
