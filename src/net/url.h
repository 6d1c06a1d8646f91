// The percent coding of URLs and the query string.
// Source: RFC 3986 sections 2.1 and 3.4; '+' as a blank comes from HTML forms.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace thingstead::net {

/// Replaces %XX by the byte; nullopt if a '%' lacks its two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);
/// Everything but letters, digits and -._~ as %XX.
std::string percent_encode(std::string_view text);

/// The keys and values of a query in the order they came; a key may come more than once.
class Query {
  public:
    using Parameter = std::pair<std::string, std::string>;

    /// `raw` is what stands after '?'. '+' is a blank; a key without '=' has an empty value; empty
    /// parts between '&' are skipped; a bad percent sequence stays as it is, as browsers do it.
    static Query parse(std::string_view raw);

    /// First value of `key`. Valid while the query is.
    std::optional<std::string_view> find(std::string_view key) const;
    std::vector<std::string_view> all(std::string_view key) const;
    const std::vector<Parameter>& parameters() const { return parameters_; }

    void add(std::string key, std::string value);
    /// In a form that parse() reads back to the same parameters.
    std::string encode() const;

  private:
    std::vector<Parameter> parameters_;
};

/// What a target stands for must be text: stores and documents take nothing else. `path` is
/// decoded. Errors: malformed - path, or a parameter, is not well-formed UTF-8.
Result<> check_text(std::string_view path, const Query& query);

}  // namespace thingstead::net
