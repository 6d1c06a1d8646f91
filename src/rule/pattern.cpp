#include "rule/pattern.h"

#include "model/kv.h"
#include "rule/message_body.h"

namespace thingstead::rule {
namespace {

constexpr std::string_view metadata_mark = "${";
constexpr std::string_view data_mark = "$[";

std::string all_metadata(const model::Metadata& metadata) {
    std::string out = "{";
    for (const auto& [key, value] : metadata) {
        if (out.size() > 1) out += ',';
        model::append_json_string(out, key);
        out += ':';
        model::append_json_string(out, value);
    }
    return out += '}';
}

/// The scalar at a path of names; null: there is none, or it is no scalar.
const json::value* scalar_at(const json::value& data, std::string_view path) {
    const json::value* at = &data;
    for (bool last = false; !last;) {
        const std::size_t point = path.find('.');
        last = point == std::string_view::npos;
        const json::object* members = at->if_object();
        at = members ? members->if_contains(path.substr(0, point)) : nullptr;
        if (!at) return nullptr;
        if (!last) path.remove_prefix(point + 1);
    }
    return at->is_structured() ? nullptr : at;
}

}  // namespace

Result<PatternSource> PatternSource::of(const model::Msg& msg) {
    Result<json::value> data = body(msg);
    if (!data)
        return Error{ErrorCode::malformed, "Failed to process pattern!", data.error().message};
    return PatternSource(msg.metadata, *std::move(data));
}

Pattern::Pattern(std::string text, Values values)
    : text_(std::move(text)),
      values_(values),
      asks_data_(text_.find(data_mark) != std::string::npos) {
    for (std::size_t at = 0; (at = text_.find(metadata_mark, at)) != std::string::npos; ++at)
        metadata_at_.push_back(at);
}

Result<std::string> Pattern::fill(const model::Msg& msg) const {
    const Result<PatternSource> source = PatternSource::of(msg);
    if (!source) return source.error();
    return fill(*source);
}

std::string Pattern::fill(const PatternSource& source) const {
    if (metadata_at_.empty()) return asks_data_ ? with_data(text_, source.data()) : text_;
    return with_data(with_metadata(source.metadata()), source.data());
}

std::string Pattern::with_metadata(const model::Metadata& metadata) const {
    const std::string_view text = text_;
    std::string out;
    std::size_t copied = 0;
    for (const std::size_t at : metadata_at_) {
        if (at < copied) continue;
        const std::size_t key_at = at + metadata_mark.size();
        // A key may have any characters, '}' too.
        for (std::size_t end = text.find('}', key_at); end != std::string_view::npos;
             end = text.find('}', end + 1)) {
            const std::string_view key = text.substr(key_at, end - key_at);
            const std::string* value = metadata.find(key);
            if (!value && key != "*") continue;
            out += text.substr(copied, at - copied);
            if (key == "*")
                out += all_metadata(metadata);
            else
                append(out, *value);
            copied = end + 1;
            break;
        }
    }
    return out += text.substr(copied);
}

std::string Pattern::with_data(std::string_view text, const json::value& data) const {
    std::string out;
    std::size_t copied = 0;
    for (std::size_t at = 0; (at = text.find(data_mark, at)) != std::string_view::npos;) {
        const std::size_t path_at = at + data_mark.size();
        const std::size_t end = text.find(']', path_at);
        if (end == std::string_view::npos) break;
        const std::string_view path = text.substr(path_at, end - path_at);
        const json::value* scalar = path == "*" ? nullptr : scalar_at(data, path);
        at = end + 1;
        if (!scalar && path != "*") continue;
        out += text.substr(copied, path_at - data_mark.size() - copied);
        if (path == "*")
            out += json_text(data);
        else
            append(out, text_of(*scalar));
        copied = at;
    }
    return out += text.substr(copied);
}

void Pattern::append(std::string& out, std::string_view value) const {
    if (values_ == Values::as_they_are) {
        out += value;
        return;
    }
    std::string quoted;
    model::append_json_string(quoted, value);
    out += std::string_view(quoted).substr(1, quoted.size() - 2);
}

std::vector<Pattern> patterns_of(const std::vector<std::string>& texts) {
    std::vector<Pattern> out;
    out.reserve(texts.size());
    for (const std::string& each : texts) out.emplace_back(each);
    return out;
}

}  // namespace thingstead::rule
