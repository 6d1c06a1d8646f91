// Keys that nodes name by regular expressions: a key counts when an expression matches all of it.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "model/msg.h"
#include "rule/message_body.h"

namespace thingstead::rule {

class KeyPatterns {
  public:
    /// Errors: invalid_argument - an expression is wrong; the message names it.
    static Result<KeyPatterns> make(const std::vector<std::string>& expressions);

    /// Throws if an expression takes too many steps for the key: that fails the message.
    bool match(std::string_view key) const;

  private:
    struct Compiled;
    std::shared_ptr<const Compiled> compiled_;
};

/// The keys of one part of a message, to be read and changed. Data that is no object has no keys,
/// and takes none.
class MessageKeys {
  public:
    /// Errors: malformed - the data is meant, and is not JSON.
    static Result<MessageKeys> open(MsgPart part, const model::Msg& msg);

    std::vector<std::pair<std::string, json::value>> matching(const KeyPatterns& patterns) const;
    /// The value of a key, which is gone then. Nullopt: there is no such key.
    std::optional<json::value> take(std::string_view key);
    /// Into the metadata as text_of().
    void put(std::string_view key, json::value value);
    /// Changes the message, if anything changed.
    void apply(model::Msg& msg);

  private:
    std::optional<json::object> data_;
    std::optional<model::Metadata> metadata_;
    bool changed_ = false;
};

}  // namespace thingstead::rule
