#include "core/identity/factor_configs.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "base/random.h"
#include "core/crypto.h"
#include "core/entity/kind.h"
#include "core/identity/settings.h"
#include "core/identity/totp.h"
#include "core/sms.h"
#include "model/document.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

constexpr std::size_t secret_bytes = 20;
constexpr std::size_t backup_code_bytes = 4;
constexpr std::size_t secret_bytes_min = 10;

std::string random_raw(std::size_t size) {
    std::string raw(size, '\0');
    random_bytes(std::as_writable_bytes(std::span(raw)));
    return raw;
}

std::string new_backup_code() {
    std::array<std::byte, backup_code_bytes> bytes;
    random_bytes(bytes);
    return to_hex(bytes);
}

bool is_backup_code(const json::value& value) {
    const json::string* text = value.if_string();
    return text && text->size() == 2 * backup_code_bytes &&
           std::all_of(text->begin(), text->end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Error wrong(std::string_view field, std::string_view text) {
    return invalid("Validation error: " + std::string(field) + " " + std::string(text));
}

const json::array* codes_of(const json::object& config) {
    const json::value* codes = config.if_contains("codes");
    return codes ? codes->if_array() : nullptr;
}

bool is_mail_address(std::string_view text) {
    const std::size_t at = text.find('@');
    return at != 0 && at != std::string_view::npos && at + 1 < text.size() &&
           text.find_first_of(" \r\n\t<>,;") == std::string_view::npos;
}

bool is_default(const json::object& config) { return flag_member(config, "useByDefault"); }

}  // namespace

json::object new_factor(TwoFactorProvider provider, const TwoFactorPlatform& platform,
                        const model::User& user) {
    json::object config{
        {"providerType", enum_name(provider)},
        {"useByDefault", false              }
    };
    switch (provider) {
        case TwoFactorProvider::totp:
            config["authUrl"] =
                otpauth_url(platform.totp_issuer, user.email, random_raw(secret_bytes));
            break;
        case TwoFactorProvider::sms:         config["phoneNumber"] = user.phone.value_or(""); break;
        case TwoFactorProvider::email:       config["email"] = user.email; break;
        case TwoFactorProvider::backup_code: {
            json::array codes;
            for (std::int64_t i = 0; i < platform.backup_codes; ++i)
                codes.emplace_back(new_backup_code());
            config["codesLeft"] = codes.size();
            config["codes"] = std::move(codes);
            break;
        }
    }
    return config;
}

Result<TwoFactorProvider> check_factor(const json::value& config,
                                       const TwoFactorPlatform& platform) {
    if (Result<> shaped = model::check_document("TwoFaAccountConfig", config); !shaped)
        return invalid("Validation error: " + shaped.error().message);
    const json::object& members = config.as_object();
    const auto provider = enum_value<TwoFactorProvider>(text_member(members, "providerType"));
    if (!provider) return wrong("providerType", "is not supported");
    if (!platform.has(*provider)) return invalid("2FA provider is not available");
    switch (*provider) {
        case TwoFactorProvider::totp: {
            const auto secret = otpauth_secret(text_member(members, "authUrl"));
            if (!secret || secret->size() < secret_bytes_min) return wrong("authUrl", "is invalid");
            break;
        }
        case TwoFactorProvider::sms:
            if (!is_phone_number(text_member(members, "phoneNumber")))
                return wrong("phoneNumber", "is not of E.164 format");
            break;
        case TwoFactorProvider::email:
            if (!is_mail_address(text_member(members, "email")))
                return wrong("email", "is not valid");
            break;
        case TwoFactorProvider::backup_code: {
            const json::array* codes = codes_of(members);
            if (!codes || codes->empty()) return wrong("codes", "must not be empty");
            if (static_cast<std::int64_t>(codes->size()) > platform.backup_codes ||
                !std::all_of(codes->begin(), codes->end(), is_backup_code))
                return wrong("codes", "are not those that were generated");
            break;
        }
    }
    return *provider;
}

json::object kept_factor(TwoFactorProvider provider, const json::object& config) {
    json::object kept{
        {"providerType", enum_name(provider)},
        {"useByDefault", is_default(config) }
    };
    switch (provider) {
        case TwoFactorProvider::totp: kept["authUrl"] = text_member(config, "authUrl"); break;
        case TwoFactorProvider::sms:
            kept["phoneNumber"] = text_member(config, "phoneNumber");
            break;
        case TwoFactorProvider::email:       kept["email"] = text_member(config, "email"); break;
        case TwoFactorProvider::backup_code: {
            json::array hashes;
            if (const json::array* codes = codes_of(config))
                for (const json::value& each : *codes)
                    hashes.emplace_back(sha256_hex(std::string_view(each.get_string())));
            kept["codes"] = std::move(hashes);
            break;
        }
    }
    return kept;
}

json::object shown_factor(TwoFactorProvider provider, const json::object& config) {
    json::object shown = config;
    if (provider != TwoFactorProvider::backup_code) return shown;
    const json::array* codes = codes_of(config);
    shown["codesLeft"] = codes ? codes->size() : 0;
    shown["codes"] = nullptr;
    return shown;
}

json::value shown_factors(const json::object& factors) {
    json::object configs;
    for (const auto& each : factors) {
        const auto provider = enum_value<TwoFactorProvider>(std::string_view(each.key()));
        if (provider && each.value().is_object())
            configs[each.key()] = shown_factor(*provider, each.value().get_object());
    }
    return json::object{
        {"configs", std::move(configs)}
    };
}

std::string address_of(TwoFactorProvider provider, const json::object& config) {
    if (provider == TwoFactorProvider::email) return text_member(config, "email");
    if (provider == TwoFactorProvider::sms) return text_member(config, "phoneNumber");
    return {};
}

std::string masked(TwoFactorProvider provider, const std::string& address) {
    const std::size_t end = provider == TwoFactorProvider::email
                                ? std::min(address.find('@'), address.size())
                                : address.size();
    const std::size_t lead = provider == TwoFactorProvider::email ? 2 : 3, tail = 2;
    std::string out = address;
    const std::size_t from = end > lead + tail ? lead : std::min<std::size_t>(1, end);
    const std::size_t to = end > lead + tail ? end - tail : end;
    for (std::size_t i = from; i < to; ++i) out[i] = '*';
    return out;
}

const json::object* find_factor(const json::object& factors, TwoFactorProvider provider) {
    const json::value* found = factors.if_contains(enum_name(provider));
    return found ? found->if_object() : nullptr;
}

void repair_default(json::object& factors, std::optional<TwoFactorProvider> chosen) {
    std::string_view keep = chosen ? enum_name(*chosen) : std::string_view();
    if (keep.empty())
        for (const auto& each : factors)
            if (keep.empty() && is_default(each.value().as_object())) keep = each.key();
    if (keep.empty() && !factors.empty()) keep = factors.begin()->key();
    for (auto& each : factors)
        each.value().as_object()["useByDefault"] = std::string_view(each.key()) == keep;
}

Result<> put_factors(store::Transaction& transaction, model::UserId user, json::object factors,
                     EpochMs now_ms) {
    auto stored = transaction.find<model::UserAuthSettings>({
        {"userId", user.uuid}
    });
    if (!stored) return stored.error();
    json::value document = json::object{
        {"configs", std::move(factors)}
    };
    if (*stored) {
        (*stored)->two_fa_settings = std::move(document);
        return transaction.update(**stored);
    }
    model::UserAuthSettings fresh;
    fresh.id = new_time_uuid();
    fresh.created_time = now_ms;
    fresh.user_id = user;
    fresh.two_fa_settings = std::move(document);
    return transaction.insert(fresh);
}

bool use_backup_code(json::object& config, const std::string& code) {
    json::value* codes = config.if_contains("codes");
    json::array* hashes = codes ? codes->if_array() : nullptr;
    if (!hashes) return false;
    const std::string hash = sha256_hex(code);
    const auto found = std::find_if(hashes->begin(), hashes->end(), [&](const json::value& each) {
        return each.is_string() && equal_secret(std::string_view(each.get_string()), hash);
    });
    if (found == hashes->end()) return false;
    hashes->erase(found);
    return true;
}

}  // namespace thingstead::core
