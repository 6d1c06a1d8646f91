// The data of a message as JSON, read and written by nodes; and where a node puts what it fetched.
// Source: the interface's rule engine, the conventions of its rule nodes.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/describe.h"
#include "base/error.h"
#include "base/json.h"
#include "model/kv.h"
#include "model/msg.h"

namespace thingstead::rule {

/// The data of a message. Errors: malformed - not JSON.
Result<json::value> body(const model::Msg& msg);
/// The same if it is an object. Errors: malformed; invalid_argument - "Message body is not an
/// object!".
Result<json::object> body_object(const model::Msg& msg);
void set_body(model::Msg& msg, const json::value& body);

enum class MemberNames : std::uint8_t { quoted, bare };
/// JSON text in which a double has its fraction, as everywhere in the interface: 42.0, 1.0E10. With
/// bare names it is no JSON, but what some nodes put into metadata: {ts:1,value:2}.
std::string json_text(const json::value& value, MemberNames names = MemberNames::quoted);
/// The text of a string, `null`, `true`, a number, or the JSON text of anything else: how JSON
/// becomes metadata.
std::string text_of(const json::value& value);
/// A stored value as JSON; text that is no JSON any more as a string.
json::value json_of(const model::Value& value);

/// Which part of a message is meant.
enum class MsgPart : std::uint8_t { data, metadata };
constexpr auto enum_names(MsgPart) {
    using namespace std::literals;
    return std::array{
        std::pair{MsgPart::data,     "DATA"sv    },
        std::pair{MsgPart::metadata, "METADATA"sv}
    };
}

/// For a node's make(): what a part that a configuration leaves out (null) is answered with.
Error part_missing(std::string_view field);

/// A flag of an old configuration: a boolean or its text; nullopt: neither.
std::optional<bool> flag_of(const json::value* value);
/// The flag `old`, which was true for `when_true`, became `field`. A flag that is missing or null
/// counts as false unless it is `required`. Errors: malformed.
Result<> upgrade_flag_to_part(json::object& configuration, std::string_view old, MsgPart when_true,
                              std::string_view field, bool required);

/// The same for nodes that change keys, whose versions 0 and 1 both had the old flag. From 0:
/// `fromMetadata` became `field`. From 1: if `field` is absent, it is DATA or METADATA as `old`
/// says, in words or as a flag. Errors: malformed - there is nothing to take it from.
Result<> upgrade_part(std::int32_t from, json::object& configuration, std::string_view field,
                      std::string_view old);

/// Collects keys and values for one part of a message: `fetchTo` of the enrichment nodes.
class FetchTarget {
  public:
    /// Errors: as body_object(), if the part is `data`.
    static Result<FetchTarget> open(MsgPart part, const model::Msg& msg);

    MsgPart part() const { return part_; }
    /// Into the data as it is, into the metadata as text_of().
    void put(std::string_view key, const json::value& value);
    /// Into the data by json_of(), into the metadata as its text.
    void put(std::string_view key, const model::Value& value);
    /// Changes the message; once.
    void apply(model::Msg& msg);

  private:
    explicit FetchTarget(MsgPart part) : part_(part) {}

    MsgPart part_;
    json::object data_;
    model::Metadata metadata_;
};

}  // namespace thingstead::rule
