#include "script/tbel/failure.h"

#include <algorithm>

namespace thingstead::script::tbel {

void fail(std::string text) {
    throw Failure{ErrorCode::invalid_argument, std::move(text), nowhere};
}

void fail_at(std::uint32_t at, std::string text) {
    throw Failure{ErrorCode::invalid_argument, std::move(text), at};
}

void fail(const Error& error) {
    const bool limit = error.code == ErrorCode::timeout || error.code == ErrorCode::limit_reached;
    throw Failure{limit ? error.code : ErrorCode::invalid_argument, error.message, nowhere};
}

namespace {

bool is_inside_character(std::string_view text, std::size_t byte) {
    return byte < text.size() && (static_cast<unsigned char>(text[byte]) & 0xC0) == 0x80;
}

}  // namespace

std::string describe_failure(const Failure& failure, std::string_view source) {
    std::string out = "[Error: " + failure.text + "]";
    if (failure.at == nowhere) return out;
    constexpr std::size_t around = 40;
    const std::size_t at = std::min<std::size_t>(failure.at, source.size());
    const std::size_t newline = at == 0 ? source.npos : source.rfind('\n', at - 1);
    const std::size_t line_begin = newline == source.npos ? 0 : newline + 1;
    const std::size_t line_end = std::min(source.find('\n', at), source.size());
    std::size_t begin = std::max(line_begin, at > around ? at - around : 0);
    std::size_t end = std::min(line_end, at + around);
    while (is_inside_character(source, begin)) ++begin;
    while (is_inside_character(source, end)) ++end;
    const auto line = std::count(source.begin(), source.begin() + static_cast<long>(at), '\n') + 1;
    out += "\n[Near : {... ";
    out += source.substr(begin, end - begin);
    out += " ....}]\n";
    out.append(std::string_view("[Near : {... ").size() + (at - begin), ' ');
    out += "^\n[Line: " + std::to_string(line) +
           ", Column: " + std::to_string(at - line_begin + 1) + "]";
    return out;
}

}  // namespace thingstead::script::tbel
