// What the fields of an entity may hold, as far as its describe() says: lengths, markup, what must
// be there. The messages are the interface's.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/describe.h"
#include "base/error.h"
#include "base/json.h"

namespace thingstead::model {

/// Code points of a text in UTF-8: what limits of length count.
std::size_t characters(std::string_view utf8);
bool is_blank(std::string_view text);
/// Markup that a page would run or a template that it would fill in: a tag, a comment, `{{…}}`.
bool has_markup(std::string_view text);

/// Gathers what is wrong with the texts of an entity.
class TextChecks {
  public:
    void check(std::string_view label, std::string_view text, const FieldFacts& facts);
    /// A document may not be larger than the length that is given for it, as text.
    void check(std::string_view label, const json::value& document, const FieldFacts& facts);
    /// Errors: invalid_argument - "Validation error: " and the items, sorted, each once.
    Result<> result() const;

  private:
    std::vector<std::string> items_;
};

/// Errors: invalid_argument - "Validation error: name length must be equal or less than 255, …"; a
/// field that must be there is not: its own message.
template <Described T>
Result<> validate(const T& entity) {
    TextChecks checks;
    std::optional<Error> missing;
    for_each_field<T>([&](const auto& field) {
        const FieldFacts& facts = field.facts;
        if (facts.server_owned || facts.stored_only) return;
        const std::string_view label = facts.label.empty() ? field.name : facts.label;
        const auto& member = entity.*field.member;
        using Type = std::decay_t<decltype(member)>;
        bool blank = false;
        if constexpr (std::is_same_v<Type, std::string>) {
            checks.check(label, member, facts);
            blank = is_blank(member);
        } else if constexpr (std::is_same_v<Type, std::optional<std::string>>) {
            if (member) checks.check(label, *member, facts);
            blank = !member || is_blank(*member);
        } else if constexpr (std::is_same_v<Type, json::value>) {
            checks.check(label, member, facts);
            blank = member.is_null();
        } else if constexpr (requires { member.has_value(); }) {
            blank = !member.has_value();
        } else if constexpr (requires { member.uuid; }) {
            blank = member.uuid == Uuid{};
        }
        if (blank && !facts.required.empty() && !missing)
            missing = Error{ErrorCode::invalid_argument, std::string(facts.required)};
    });
    if (Result<> texts = checks.result(); !texts) return texts;
    if (missing) return *missing;
    return {};
}

}  // namespace thingstead::model
