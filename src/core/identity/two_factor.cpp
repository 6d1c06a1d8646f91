#include "core/identity/two_factor.h"

#include <utility>

#include "core/audit.h"
#include "core/entity/read.h"
#include "core/identity/code_check.h"
#include "core/identity/credentials.h"
#include "core/identity/factor_configs.h"
#include "core/identity/mail_texts.h"
#include "core/identity/settings.h"

namespace thingstead::core {
namespace {

Error not_available() { return invalid("2FA provider is not available"); }
Error not_configured() { return invalid("2FA is not configured"); }
Error incorrect() { return invalid("Verification code is incorrect"); }
Error too_many() { return {ErrorCode::rate_limited, "Too many requests"}; }
Error account_locked() {
    return {ErrorCode::unauthenticated, "User account is locked due to security policy"};
}

/// What a work of this service looks at.
struct Setup {
    TwoFactorPlatform platform;
    json::object factors;
    model::User user;
};

Result<Setup> load_setup(store::Reader& reader, model::UserId id) {
    auto platform = two_factor_platform(reader);
    if (!platform) return platform.error();
    auto user = reader.find<model::User>({
        {"id", id.uuid}
    });
    if (!user) return user.error();
    if (!*user) return not_found("User", id.uuid);
    Setup setup;
    setup.user = **std::move(user);
    if (!*platform) return setup;
    setup.platform = **std::move(platform);
    auto factors = account_factors(reader, setup.platform, id);
    if (!factors) return factors.error();
    setup.factors = *std::move(factors);
    return setup;
}

/// Of a transaction that must not be undone although the answer is an error.
struct Judged {
    CodeVerdict verdict = CodeVerdict::right;
    json::object factors{};
    model::User user{};
};

/// An account that was locked by too many wrong codes.
Result<> lock_account(store::Transaction& transaction, const model::User& user, EpochMs now_ms,
                      EntityChange& change) {
    Result<model::UserCredentials> credentials = load_credentials(transaction, user.id);
    if (!credentials) return credentials.error();
    credentials->enabled = false;
    if (Result<> done = transaction.update(*credentials); !done) return done;
    return void_tokens(transaction, user.id, now_ms, change);
}

Result<Judged> judge_log_in(store::Transaction& transaction, model::UserId id,
                            TwoFactorProvider provider, const std::string& code, EpochMs now_ms,
                            EntityChange& change) {
    Result<Setup> setup = load_setup(transaction, id);
    if (!setup) return setup.error();
    if (!find_factor(setup->factors, provider)) return not_configured();
    json::object& config = setup->factors[enum_name(provider)].as_object();
    CodeQuestion question{provider, config, code};
    const Result<CodeVerdict> verdict =
        judge_code(transaction, setup->platform, id, question, now_ms);
    if (!verdict) return verdict.error();
    if (*verdict == CodeVerdict::too_many_failures) {
        change = EntityChange{ChangeKind::credentials_updated, setup->user.tenant_id, id};
        if (Result<> done = lock_account(transaction, setup->user, now_ms, change); !done)
            return done.error();
    }
    if (*verdict == CodeVerdict::right && provider == TwoFactorProvider::backup_code)
        if (Result<> done = put_factors(transaction, id, setup->factors, now_ms); !done)
            return done.error();
    return Judged{*verdict, {}, std::move(setup->user)};
}

/// Saves a config whose code was right, or that needs none.
Result<Judged> judge_set_up(store::Transaction& transaction, model::UserId id,
                            const json::value& document, const std::string& code, EpochMs now_ms) {
    Result<Setup> setup = load_setup(transaction, id);
    if (!setup) return setup.error();
    const Result<TwoFactorProvider> provider = check_factor(document, setup->platform);
    if (!provider) return provider.error();
    if (find_factor(setup->factors, *provider))
        return invalid("2FA provider is already configured");
    json::object config = document.as_object();
    Judged judged;
    if (*provider == TwoFactorProvider::backup_code) {
        if (setup->factors.empty())
            return invalid(
                "To use 2FA backup codes you first need to configure at least one provider");
    } else {
        CodeQuestion question{*provider, config, code, false};
        const Result<CodeVerdict> verdict =
            judge_code(transaction, setup->platform, id, question, now_ms);
        if (!verdict) return verdict.error();
        judged.verdict = *verdict;
        if (*verdict != CodeVerdict::right) return judged;
    }
    setup->factors[enum_name(*provider)] = kept_factor(*provider, config);
    const bool chosen = flag_member(config, "useByDefault");
    repair_default(setup->factors, chosen ? std::optional(*provider) : std::nullopt);
    if (Result<> done = put_factors(transaction, id, setup->factors, now_ms); !done)
        return done.error();
    judged.factors = std::move(setup->factors);
    return judged;
}

Result<> answer_of(CodeVerdict verdict) {
    switch (verdict) {
        case CodeVerdict::right:             return {};
        case CodeVerdict::wrong:             return incorrect();
        case CodeVerdict::too_many_attempts: return too_many();
        case CodeVerdict::too_many_failures: return incorrect();
    }
    return incorrect();
}

std::string filled(std::string text, const std::string& code) {
    constexpr std::string_view place = "${code}";
    for (std::size_t at = text.find(place); at != std::string::npos; at = text.find(place, at))
        text.replace(at, place.size(), code);
    return text;
}

FactorInfo info_of(TwoFactorProvider provider, const json::object& config,
                   const TwoFactorPlatform& platform) {
    FactorInfo info;
    info.type = provider;
    info.is_default = flag_member(config, "useByDefault");
    const std::string address = address_of(provider, config);
    if (address.empty()) return info;
    info.contact = masked(provider, address);
    info.send_period_s = platform.send_period.count();
    return info;
}

}  // namespace

TwoFactor::TwoFactor(const Platform& platform, Auth& auth, Mailer& mailer, TextMessages& texts,
                     Audit* audit)
    : platform_(platform), auth_(auth), mailer_(mailer), texts_(texts), audit_(audit) {}

Task<Result<std::optional<json::value>>> TwoFactor::platform_settings(Caller caller) {
    if (Result<> allowed = check(caller, Operation::read, Resource::admin_settings); !allowed)
        co_return allowed.error();
    const std::function<Result<std::optional<model::AdminSettings>>(store::Reader&)> work =
        [](store::Reader& reader) { return find_setting(reader, setting_key::two_factor); };
    const auto stored = co_await read<std::optional<model::AdminSettings>>(platform_, work);
    if (!stored) co_return stored.error();
    std::optional<json::value> document;
    if (*stored) document.emplace((*stored)->json_value);
    co_return document;
}

Task<Result<json::value>> TwoFactor::save_platform_settings(Caller caller, json::value document) {
    if (Result<> allowed = check(caller, Operation::write, Resource::admin_settings); !allowed)
        co_return allowed.error();
    const Result<TwoFactorPlatform> good = TwoFactorPlatform::of(document);
    if (!good) co_return good.error();
    if (good->has(TwoFactorProvider::email)) {
        const Result<bool> mail = co_await mailer_.is_set_up();
        if (!mail) co_return mail.error();
        if (!*mail) co_return invalid("Mail service is not set up");
    }
    if (good->has(TwoFactorProvider::sms)) {
        const Result<bool> sms = co_await texts_.is_set_up();
        if (!sms) co_return sms.error();
        if (!*sms) co_return invalid("SMS service is not configured");
    }
    const std::function<Result<>(store::Transaction&)> work = [&](store::Transaction& transaction) {
        return put_setting(transaction, setting_key::two_factor, document,
                           platform_.clock.now_ms());
    };
    if (Result<> done = co_await platform_.store.write(work); !done) co_return done.error();
    co_return document;
}

Task<Result<std::vector<TwoFactorProvider>>> TwoFactor::offered() {
    const std::function<Result<std::vector<TwoFactorProvider>>(store::Reader&)> work =
        [](store::Reader& reader) -> Result<std::vector<TwoFactorProvider>> {
        const auto platform = two_factor_platform(reader);
        if (!platform) return platform.error();
        return *platform ? (*platform)->providers : std::vector<TwoFactorProvider>();
    };
    co_return co_await read<std::vector<TwoFactorProvider>>(platform_, work);
}

Task<Result<json::value>> TwoFactor::account_settings(Caller caller) {
    const std::function<Result<Setup>(store::Reader&)> work = [&](store::Reader& reader) {
        return load_setup(reader, caller.user);
    };
    const Result<Setup> setup = co_await read<Setup>(platform_, work);
    if (!setup) co_return setup.error();
    co_return shown_factors(setup->factors);
}

Task<Result<json::value>> TwoFactor::generate(Caller caller, TwoFactorProvider provider) {
    const std::function<Result<Setup>(store::Reader&)> work = [&](store::Reader& reader) {
        return load_setup(reader, caller.user);
    };
    const Result<Setup> setup = co_await read<Setup>(platform_, work);
    if (!setup) co_return setup.error();
    if (!setup->platform.has(provider)) co_return not_available();
    co_return json::value(new_factor(provider, setup->platform, setup->user));
}

/// Without an address: that of the user's config.
Task<Result<>> TwoFactor::send_to(Caller caller, TwoFactorProvider provider,
                                  std::optional<std::string> address) {
    const std::string code = new_code();
    std::string to;
    std::string template_text;
    std::chrono::seconds life{0};
    const std::function<Result<>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<> {
        const Result<Setup> setup = load_setup(transaction, caller.user);
        if (!setup) return setup.error();
        if (!setup->platform.has(provider)) return not_available();
        const json::object* config = find_factor(setup->factors, provider);
        if (!address && !config) return not_configured();
        to = address ? *address : address_of(provider, *config);
        template_text = setup->platform.sms_template;
        life = setup->platform.code_life(provider);
        // Nothing is sent for the others: their codes are with the user.
        if (to.empty()) return {};
        return note_sent_code(transaction, setup->platform, caller.user, provider, to, code,
                              platform_.clock.now_ms());
    };
    if (Result<> noted = co_await platform_.store.write(work); !noted) co_return noted;
    if (to.empty()) co_return Result<>();
    if (provider == TwoFactorProvider::email)
        co_return co_await mailer_.send(code_mail(to, code, life));
    co_return co_await texts_.send(to, filled(template_text, code));
}

Task<Result<>> TwoFactor::submit(Caller caller, json::value config) {
    const std::function<Result<Setup>(store::Reader&)> work = [&](store::Reader& reader) {
        return load_setup(reader, caller.user);
    };
    const Result<Setup> setup = co_await read<Setup>(platform_, work);
    if (!setup) co_return setup.error();
    const Result<TwoFactorProvider> provider = check_factor(config, setup->platform);
    if (!provider) co_return provider.error();
    std::string to = address_of(*provider, config.as_object());
    co_return co_await send_to(std::move(caller), *provider, std::move(to));
}

Task<Result<json::value>> TwoFactor::verify_and_save(Caller caller, json::value config,
                                                     std::string code) {
    const std::function<Result<Judged>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return judge_set_up(transaction, caller.user, config, code, platform_.clock.now_ms());
        };
    const Result<Judged> judged = co_await write<Judged>(platform_, work);
    if (!judged) co_return judged.error();
    if (Result<> good = answer_of(judged->verdict); !good) co_return good.error();
    co_return shown_factors(judged->factors);
}

Task<Result<json::value>> TwoFactor::set_default(Caller caller, TwoFactorProvider provider,
                                                 bool on) {
    const std::function<Result<json::value>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<json::value> {
        Result<Setup> setup = load_setup(transaction, caller.user);
        if (!setup) return setup.error();
        if (!find_factor(setup->factors, provider)) return not_configured();
        setup->factors[enum_name(provider)].as_object()["useByDefault"] = on;
        repair_default(setup->factors, on ? std::optional(provider) : std::nullopt);
        Result<> done =
            put_factors(transaction, caller.user, setup->factors, platform_.clock.now_ms());
        if (!done) return done.error();
        return shown_factors(setup->factors);
    };
    co_return co_await write<json::value>(platform_, work);
}

Task<Result<json::value>> TwoFactor::remove(Caller caller, TwoFactorProvider provider) {
    const std::function<Result<json::value>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<json::value> {
        Result<Setup> setup = load_setup(transaction, caller.user);
        if (!setup) return setup.error();
        if (!find_factor(setup->factors, provider)) return not_configured();
        setup->factors.erase(enum_name(provider));
        // Backup codes are for when another factor is lost: alone they would be one password more.
        if (setup->factors.size() == 1)
            setup->factors.erase(enum_name(TwoFactorProvider::backup_code));
        repair_default(setup->factors);
        Result<> done =
            put_factors(transaction, caller.user, setup->factors, platform_.clock.now_ms());
        if (!done) return done.error();
        return shown_factors(setup->factors);
    };
    co_return co_await write<json::value>(platform_, work);
}

Task<Result<TokenPair>> TwoFactor::finish_set_up(Caller caller, Client client) {
    const std::function<Result<Setup>(store::Reader&)> work = [&](store::Reader& reader) {
        return load_setup(reader, caller.user);
    };
    const Result<Setup> setup = co_await read<Setup>(platform_, work);
    if (!setup) co_return setup.error();
    if (setup->factors.empty()) co_return not_configured();
    co_return co_await auth_.enter(caller.user, std::move(client));
}

Task<Result<std::vector<FactorInfo>>> TwoFactor::factors(Caller caller) {
    const std::function<Result<Setup>(store::Reader&)> work = [&](store::Reader& reader) {
        return load_setup(reader, caller.user);
    };
    const Result<Setup> setup = co_await read<Setup>(platform_, work);
    if (!setup) co_return setup.error();
    std::vector<FactorInfo> infos;
    for (const TwoFactorProvider provider : setup->platform.providers)
        if (const json::object* config = find_factor(setup->factors, provider))
            infos.push_back(info_of(provider, *config, setup->platform));
    co_return infos;
}

Task<Result<>> TwoFactor::send_code(Caller caller, TwoFactorProvider provider) {
    co_return co_await send_to(std::move(caller), provider, std::nullopt);
}

Task<Result<TokenPair>> TwoFactor::check_code(Caller caller, TwoFactorProvider provider,
                                              std::string code, Client client) {
    EntityChange change{ChangeKind::credentials_updated, caller.tenant, caller.user};
    const std::function<Result<Judged>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return judge_log_in(transaction, caller.user, provider, code, platform_.clock.now_ms(),
                                change);
        };
    const Result<Judged> judged = co_await write<Judged>(platform_, work);
    if (!judged) co_return judged.error();
    if (judged->verdict == CodeVerdict::too_many_failures) {
        platform_.events.publish(change);
        AuditNote note;
        note.action = model::ActionType::lockout;
        note.entity = judged->user.id;
        note.entity_name = judged->user.email;
        note.data = client_data(client);
        caller.authority = judged->user.authority;
        if (audit_) co_await audit_->log(caller, std::move(note));
        co_return account_locked();
    }
    if (Result<> good = answer_of(judged->verdict); !good) co_return good.error();
    co_return co_await auth_.enter(caller.user, std::move(client));
}

}  // namespace thingstead::core
