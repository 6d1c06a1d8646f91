#include "script/remote/function_text.h"

#include <openssl/sha.h>

#include <array>
#include <boost/json/parse.hpp>
#include <charconv>

#include "base/bytes.h"

namespace thingstead::script::remote {
namespace {

constexpr std::string_view place_start = "\n[Line: ";

std::string sha256_of(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return to_hex(std::as_bytes(std::span(digest)));
}

json::object json_of(const RollingArgument& series) {
    json::array values;
    for (const auto& [ts, value] : series.values)
        values.push_back({
            {"ts",    ts   },
            {"value", value}
        });
    return {
        {"timeWindow", {{"startTs", series.start_ts}, {"endTs", series.end_ts}}},
        {"values",     std::move(values)                                       }
    };
}

json::object json_of(const ArgumentsContext& context) {
    json::object args;
    for (const auto& [name, argument] : context.args) {
        if (const auto* series = std::get_if<const RollingArgument*>(&argument)) {
            args[name] = json_of(**series);
        } else {
            const auto& single = std::get<SingleArgument>(argument);
            args[name] = {
                {"ts",    single.ts    },
                {"value", *single.value}
            };
        }
    }
    return {
        {"latestTs", context.latest_ts},
        {"args",     std::move(args)  }
    };
}

std::string text_of_input(const Input& input) {
    if (const auto* document = std::get_if<const json::value*>(&input))
        return json::serialize(**document);
    if (const auto* text = std::get_if<std::string_view>(&input))
        return json::serialize(json::value(*text));
    if (const auto* metadata = std::get_if<const model::Metadata*>(&input)) {
        json::object members;
        for (const auto& [key, value] : **metadata) members[key] = value;
        return json::serialize(members);
    }
    if (const auto* series = std::get_if<const RollingArgument*>(&input))
        return json::serialize(json_of(**series));
    return json::serialize(json_of(*std::get<const ArgumentsContext*>(input)));
}

}  // namespace

FunctionText function_text(std::string_view body, std::span<const std::string> argument_names) {
    std::string names, texts, parsed;
    for (std::size_t i = 0; i < argument_names.size(); ++i) {
        const char* const comma = i == 0 ? "" : ", ";
        const std::string text = "text" + std::to_string(i);
        names += comma + argument_names[i];
        texts += comma + text;
        parsed += comma + ("JSON.parse(" + text + ")");
    }
    FunctionText function;
    // Strict, so that the body cannot take hold of who calls it; the body is not.
    function.code = "((ruleNodeFunc) => function(" + texts +
                    ") { 'use strict'; return JSON.stringify(ruleNodeFunc(" + parsed +
                    ")); })(function(" + names + ") {\n" + std::string(body) + "\n})";
    function.hash = sha256_of(function.code);
    function.name = "invokeInternal_" + function.hash.substr(0, 16);
    return function;
}

std::vector<std::string> argument_texts(std::span<const Input> inputs) {
    std::vector<std::string> texts;
    texts.reserve(inputs.size());
    for (const Input& each : inputs) texts.push_back(text_of_input(each));
    return texts;
}

std::string with_place_in_body(std::string details) {
    const std::size_t at = details.rfind(place_start);
    if (at == std::string::npos) return details;
    const char* const begin = details.data() + at + place_start.size();
    unsigned line = 0;
    const auto [end, code] = std::from_chars(begin, details.data() + details.size(), line);
    if (code != std::errc()) return details;
    // Of the head, or of what makes texts of the answer: nothing that its writer knows.
    if (line <= 1) return details.substr(0, at);
    const auto from = static_cast<std::size_t>(begin - details.data());
    return details.replace(from, static_cast<std::size_t>(end - begin), std::to_string(line - 1));
}

Error error_of(const Failure& failure) {
    std::string text = with_place_in_body(failure.details);
    switch (failure.kind) {
        case ErrorKind::compilation_error: return {ErrorCode::malformed, std::move(text)};
        case ErrorKind::timeout_error:
            return {ErrorCode::timeout, text.empty() ? "Script timeout!" : std::move(text)};
        case ErrorKind::not_found_error: return {ErrorCode::unavailable, std::move(text)};
        case ErrorKind::runtime_error:   break;
    }
    // The wire knows no other codes, but the words of these are ours.
    ErrorCode code = ErrorCode::invalid_argument;
    if (text.starts_with("Script memory overflow!")) code = ErrorCode::limit_reached;
    if (text.starts_with("Script invocation result exceeds") ||
        text.starts_with("Script input arguments exceed"))
        code = ErrorCode::too_large;
    if (text.starts_with("Script failed: its process ended")) code = ErrorCode::limit_reached;
    return {code, std::move(text)};
}

Result<json::value> result_of(const std::optional<std::string>& text, json::storage_ptr storage) {
    if (!text) return json::value(nullptr, std::move(storage));
    boost::system::error_code wrong;
    json::parse_options options;
    options.max_depth = json_depth_max;
    json::value value = json::parse(*text, wrong, std::move(storage), options);
    if (wrong)
        return Error{ErrorCode::invalid_argument, "Script answered no JSON: " + wrong.message()};
    return value;
}

}  // namespace thingstead::script::remote
