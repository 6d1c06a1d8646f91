#include "core/identity/password_policy.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "core/entity/kind.h"
#include "model/validate.h"

namespace thingstead::core {
namespace {

constexpr std::string_view history_member = "userPasswordHistory";
constexpr EpochMs day_ms =
    std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::hours(24)).count();

bool is_upper(unsigned char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(unsigned char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
bool is_space(unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_special(unsigned char c) {
    return c > ' ' && c < 0x7F && !is_upper(c) && !is_lower(c) && !is_digit(c);
}

struct CharacterRule {
    std::optional<std::int32_t> model::UserPasswordPolicy::* least;
    bool (*counts)(unsigned char);
    std::string_view noun;
};

constexpr CharacterRule character_rules[] = {
    {&model::UserPasswordPolicy::minimum_uppercase_letters,  &is_upper,   "uppercase"},
    {&model::UserPasswordPolicy::minimum_lowercase_letters,  &is_lower,   "lowercase"},
    {&model::UserPasswordPolicy::minimum_digits,             &is_digit,   "digit"    },
    {&model::UserPasswordPolicy::minimum_special_characters, &is_special, "special"  },
};

EpochMs time_of(std::string_view key) {
    EpochMs ms = 0;
    std::from_chars(key.data(), key.data() + key.size(), ms);
    return ms;
}

const json::object* history_of(const json::value& additional_info) {
    const json::object* info = additional_info.if_object();
    const json::value* history = info ? info->if_contains(history_member) : nullptr;
    return history ? history->if_object() : nullptr;
}

}  // namespace

Result<> check_password(const model::UserPasswordPolicy& policy, std::string_view password) {
    std::string wrong;
    const auto note = [&](const std::string& line) {
        if (!wrong.empty()) wrong += '\n';
        wrong += line;
    };
    const std::int64_t length = static_cast<std::int64_t>(model::characters(password));
    const std::int64_t least = policy.minimum_length.value_or(0);
    const std::int64_t most = policy.maximum_length.value_or(0);
    if (length < least)
        note("Password must be " + std::to_string(least) + " or more characters in length.");
    if (most > 0 && length > most)
        note("Password must be no more than " + std::to_string(most) + " characters in length.");
    for (const CharacterRule& rule : character_rules) {
        const std::int64_t asked = (policy.*rule.least).value_or(0);
        const std::int64_t there = std::count_if(password.begin(), password.end(), [&](char c) {
            return rule.counts(static_cast<unsigned char>(c));
        });
        if (there < asked)
            note("Password must contain " + std::to_string(asked) + " or more " +
                 std::string(rule.noun) + " characters.");
    }
    const bool has_space = std::any_of(password.begin(), password.end(), [](char c) {
        return is_space(static_cast<unsigned char>(c));
    });
    if (has_space && !policy.allow_whitespaces.value_or(true))
        note("Password contains a whitespace character.");
    if (password.find('\0') != std::string_view::npos)
        note("Password should not contain 0x00 symbol");
    return wrong.empty() ? Result<>() : Result<>(invalid(std::move(wrong)));
}

Result<> check_policy(const model::UserPasswordPolicy& policy) {
    using P = model::UserPasswordPolicy;
    for (const auto bound :
         {&P::minimum_length, &P::maximum_length, &P::minimum_uppercase_letters,
          &P::minimum_lowercase_letters, &P::minimum_digits, &P::minimum_special_characters,
          &P::expiration_period_days, &P::reuse_frequency_days})
        if ((policy.*bound).value_or(0) < 0)
            return invalid("Password policy values should not be negative!");
    const std::int32_t most = policy.maximum_length.value_or(0);
    if (most > 0 && policy.minimum_length.value_or(0) > most)
        return invalid(
            "Password policy maximum length should be greater than or equal to minimum length!");
    return {};
}

std::vector<std::string> recent_passwords(const json::value& additional_info,
                                          const model::UserPasswordPolicy& policy, EpochMs now_ms) {
    std::vector<std::string> hashes;
    const json::object* history = history_of(additional_info);
    const EpochMs days = policy.reuse_frequency_days.value_or(0);
    if (!history || days <= 0) return hashes;
    for (const auto& entry : *history)
        if (time_of(entry.key()) > now_ms - days * day_ms && entry.value().is_string())
            hashes.emplace_back(entry.value().get_string());
    return hashes;
}

void remember_password(json::value& additional_info, const std::string& hash, EpochMs now_ms) {
    json::object* info = additional_info.if_object();
    if (!info) info = &additional_info.emplace_object();
    json::value& member = (*info)[history_member];
    json::object* history = member.if_object();
    if (!history) history = &member.emplace_object();
    (*history)[std::to_string(now_ms)] = hash;
    while (history->size() > password_history_max)
        history->erase(std::min_element(
            history->begin(), history->end(),
            [](const auto& a, const auto& b) { return time_of(a.key()) < time_of(b.key()); }));
}

bool is_password_expired(const model::UserPasswordPolicy& policy, EpochMs created_ms,
                         EpochMs now_ms) {
    const EpochMs days = policy.expiration_period_days.value_or(0);
    return days > 0 && created_ms + days * day_ms < now_ms;
}

}  // namespace thingstead::core
