#include "core/contact_check.h"

#include <algorithm>
#include <string_view>

#include "core/entity/kind.h"

namespace thingstead::core {
namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// Parts between dots, none of them empty.
bool is_dotted(std::string_view text, std::string_view more) {
    return !text.empty() && text.front() != '.' && text.back() != '.' &&
           text.find("..") == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return is_word(c) || c == '.' || more.find(c) != std::string_view::npos;
           });
}

bool is_email(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos) return false;
    const std::string_view domain = text.substr(at + 1);
    const std::size_t dot = domain.rfind('.');
    return is_dotted(text.substr(0, at), "!#$%&'*+/=?^_`{|}~-") && is_dotted(domain, "-") &&
           dot != std::string_view::npos && domain.size() - dot > 2;
}

}  // namespace

Result<> check_email(const std::optional<std::string>& email) {
    if (!email || email->empty() || is_email(*email)) return {};
    return invalid("Invalid email address format '" + *email + "'!");
}

}  // namespace thingstead::core
