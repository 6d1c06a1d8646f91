#include "rule/key_patterns.h"

#include <algorithm>
#include <boost/regex.hpp>

namespace thingstead::rule {

struct KeyPatterns::Compiled {
    std::vector<boost::regex> expressions;
};

Result<KeyPatterns> KeyPatterns::make(const std::vector<std::string>& expressions) {
    auto compiled = std::make_shared<Compiled>();
    for (const std::string& each : expressions) {
        try {
            compiled->expressions.emplace_back(each, boost::regex::perl);
        } catch (const boost::regex_error& why) {
            return Error{ErrorCode::invalid_argument, "The key pattern '" + each + "' is wrong",
                         why.what()};
        }
    }
    KeyPatterns patterns;
    patterns.compiled_ = std::move(compiled);
    return patterns;
}

bool KeyPatterns::match(std::string_view key) const {
    const auto matches = [&](const boost::regex& each) {
        return boost::regex_match(key.begin(), key.end(), each);
    };
    return std::any_of(compiled_->expressions.begin(), compiled_->expressions.end(), matches);
}

Result<MessageKeys> MessageKeys::open(MsgPart part, const model::Msg& msg) {
    MessageKeys keys;
    if (part == MsgPart::metadata) {
        keys.metadata_ = msg.metadata;
        return keys;
    }
    Result<json::value> data = body(msg);
    if (!data) return data.error();
    if (data->is_object()) keys.data_ = std::move(data->get_object());
    return keys;
}

std::vector<std::pair<std::string, json::value>> MessageKeys::matching(
    const KeyPatterns& patterns) const {
    std::vector<std::pair<std::string, json::value>> found;
    if (data_)
        for (const json::key_value_pair& each : *data_)
            if (patterns.match(each.key())) found.emplace_back(each.key(), each.value());
    if (metadata_)
        for (const auto& [key, value] : *metadata_)
            if (patterns.match(key)) found.emplace_back(key, json::value(value));
    return found;
}

std::optional<json::value> MessageKeys::take(std::string_view key) {
    std::optional<json::value> taken;
    if (data_) {
        const auto at = data_->find(key);
        if (at == data_->end()) return taken;
        taken = std::move(at->value());
        data_->stable_erase(at);
    } else if (metadata_) {
        const std::string* value = metadata_->find(key);
        if (!value) return taken;
        taken = json::value(*value);
        metadata_->erase(key);
    }
    changed_ = changed_ || taken;
    return taken;
}

void MessageKeys::put(std::string_view key, json::value value) {
    if (data_) (*data_)[key] = std::move(value);
    if (metadata_) metadata_->put(key, text_of(value));
    changed_ = true;
}

void MessageKeys::apply(model::Msg& msg) {
    if (!changed_) return;
    if (data_) set_body(msg, *data_);
    if (metadata_) msg.metadata = *std::move(metadata_);
}

}  // namespace thingstead::rule
