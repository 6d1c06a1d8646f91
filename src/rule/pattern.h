// Texts with placeholders that a message fills: `${key}` is metadata, `$[a.b]` is data.
// Source: the interface's template patterns. Metadata comes first, so a value of it may bring a
// placeholder for data. A placeholder that nothing fits stays as it is.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "model/msg.h"

namespace thingstead::rule {

/// What a message has for patterns: read once, used for many. Refers to the message's metadata.
class PatternSource {
  public:
    /// Errors: malformed - the data is not JSON: "Failed to process pattern!".
    static Result<PatternSource> of(const model::Msg& msg);

    const model::Metadata& metadata() const { return *metadata_; }
    const json::value& data() const { return data_; }

  private:
    PatternSource(const model::Metadata& metadata, json::value data)
        : metadata_(&metadata), data_(std::move(data)) {}

    const model::Metadata* metadata_;
    json::value data_;
};

class Pattern {
  public:
    enum class Values : std::uint8_t {
        as_they_are,
        json_escaped,  ///< Texts that come into a JSON string: bodies of REST calls.
    };

    Pattern() = default;
    explicit Pattern(std::string text, Values values = Values::as_they_are);

    /// `${*}`: all metadata as an object; `$[*]`: the whole data; `$[a.b]`: a string, number,
    /// boolean or null of an object.
    std::string fill(const PatternSource& source) const;
    /// Errors: as PatternSource::of(), also if there is no placeholder.
    Result<std::string> fill(const model::Msg& msg) const;

    const std::string& text() const { return text_; }
    bool empty() const { return text_.empty(); }

  private:
    std::string with_metadata(const model::Metadata& metadata) const;
    std::string with_data(std::string_view text, const json::value& data) const;
    void append(std::string& out, std::string_view value) const;

    std::string text_;
    Values values_ = Values::as_they_are;
    std::vector<std::size_t> metadata_at_;  ///< Where `${` stands in the text.
    bool asks_data_ = false;                ///< `$[` stands in the text.
};

std::vector<Pattern> patterns_of(const std::vector<std::string>& texts);

}  // namespace thingstead::rule
