#include "protocol/resp/parser.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>

namespace thingstead::resp {
namespace {

/// Space for items is made as they come beyond these.
constexpr std::size_t items_reserved_max = 64;

bool is_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// An optional sign and digits.
bool is_integer(std::string_view text) {
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    return is_digits(text);
}

std::optional<std::int64_t> read_integer(std::string_view text) {
    if (!is_integer(text)) return std::nullopt;
    if (text[0] == '+') text.remove_prefix(1);  // which from_chars does not know
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> read_real(std::string_view text) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (text == "inf" || text == "+inf") return infinity;
    if (text == "-inf") return -infinity;
    if (text == "nan" || text == "-nan") return std::numeric_limits<double>::quiet_NaN();
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

/// Reads an announced length or count; nullopt: it is none. -1 is RESP2's null.
std::optional<std::int64_t> read_length(std::string_view text) {
    if (text == "-1") return -1;
    return is_digits(text) ? read_integer(text) : std::nullopt;
}

Value text_value(Type type, std::string_view text) {
    Value value;
    value.type = type;
    value.text = text;
    return value;
}

}  // namespace

Result<std::optional<Value>> Parser::next(std::string_view& input) {
    if (failed_) return *failed_;
    while (!input.empty()) {
        Result<std::optional<Value>> value = step(input);
        if (!value || *value) return value;
    }
    return std::optional<Value>();
}

/// One line or one piece of a string; a value if that ended the outermost one.
Result<std::optional<Value>> Parser::step(std::string_view& input) {
    if (reading_bulk_) return take_bulk(input);
    const std::size_t before = line_.size();
    const std::optional<std::string_view> line = take_line(input);
    if (!line) {
        // One more: the carriage return of its end may be there already.
        if (line_.size() > limits_.line_bytes_max + 1)
            return fail(ErrorCode::too_large, "a line is over line_bytes_max");
        return std::optional<Value>();
    }
    if (line->size() > limits_.line_bytes_max)
        return fail(ErrorCode::too_large, "a line is over line_bytes_max");
    Result<std::optional<Value>> value = on_line(*line);
    if (before > 0) line_.clear();  // the line was a view into it
    return value;
}

/// The line at the front, without its end; nullopt: it goes on, and what there is was kept.
std::optional<std::string_view> Parser::take_line(std::string_view& input) {
    const std::size_t end = input.find('\n');
    if (end == std::string_view::npos) {
        // The limit is looked at by the caller: no more than it and one input is ever kept.
        line_.append(input);
        input = {};
        return std::nullopt;
    }
    std::string_view line = input.substr(0, end);
    input.remove_prefix(end + 1);
    if (!line_.empty()) {
        line_.append(line);
        line = line_;
    }
    // Without its carriage return a line reads as one with an unknown mark.
    if (line.empty() || line.back() != '\r') return std::string_view();
    return line.substr(0, line.size() - 1);
}

Result<std::optional<Value>> Parser::on_line(std::string_view line) {
    if (line.empty()) return fail(ErrorCode::malformed, "a line does not end, or is empty");
    if (++items_ > limits_.items_max)
        return fail(ErrorCode::too_large, "a value has more items than items_max");
    const char mark = line[0];
    const std::string_view rest = line.substr(1);
    bytes_ += rest.size();
    if (bytes_ > limits_.value_bytes_max)
        return fail(ErrorCode::too_large, "a value is over value_bytes_max");
    if (rest.find('\r') != std::string_view::npos)
        return fail(ErrorCode::malformed, "a carriage return inside a line");
    Value value;
    switch (mark) {
        case '+': return close(text_value(Type::simple_string, rest));
        case '-': return close(text_value(Type::simple_error, rest));
        case '$': return begin_bulk(Type::bulk_string, rest);
        case '!': return begin_bulk(Type::bulk_error, rest);
        case '=': return begin_bulk(Type::verbatim, rest);
        case '*':
        case '~':
        case '%':
        case '>':
        case '|': return begin_list(mark, rest);
        case ':': {
            const std::optional<std::int64_t> number = read_integer(rest);
            if (!number) return fail(ErrorCode::malformed, "not an integer");
            value.type = Type::number;
            value.number = *number;
            return close(std::move(value));
        }
        case ',': {
            const std::optional<double> real = read_real(rest);
            if (!real) return fail(ErrorCode::malformed, "not a double");
            value.type = Type::real;
            value.real = *real;
            return close(std::move(value));
        }
        case '(':
            if (!is_integer(rest)) return fail(ErrorCode::malformed, "not a big number");
            return close(text_value(Type::big_number, rest));
        case '#':
            if (rest != "t" && rest != "f") return fail(ErrorCode::malformed, "not a boolean");
            value.type = Type::boolean;
            value.number = rest == "t" ? 1 : 0;
            return close(std::move(value));
        case '_':
            if (!rest.empty()) return fail(ErrorCode::malformed, "not a null");
            return close(std::move(value));
        default: return fail(ErrorCode::malformed, "an unknown type");
    }
}

Result<std::optional<Value>> Parser::begin_bulk(Type type, std::string_view length) {
    const std::optional<std::int64_t> bytes = read_length(length);
    if (!bytes || (*bytes < 0 && type != Type::bulk_string))
        return fail(ErrorCode::malformed, "not the length of a string");
    if (*bytes < 0) return close(Value());
    bulk_bytes_ = static_cast<std::size_t>(*bytes);
    if (bulk_bytes_ > limits_.bulk_bytes_max)
        return fail(ErrorCode::too_large, "a string is over bulk_bytes_max");
    bytes_ += bulk_bytes_;
    if (bytes_ > limits_.value_bytes_max)
        return fail(ErrorCode::too_large, "a value is over value_bytes_max");
    bulk_ = text_value(type, {});
    reading_bulk_ = true;
    return std::optional<Value>();
}

Result<std::optional<Value>> Parser::take_bulk(std::string_view& input) {
    // The two bytes of its end are collected with it.
    const std::size_t wanted = bulk_bytes_ + 2 - bulk_.text.size();
    if (bulk_.text.empty() && input.size() >= wanted) bulk_.text.reserve(wanted);
    bulk_.text.append(input.substr(0, wanted));
    input.remove_prefix(std::min(wanted, input.size()));
    if (bulk_.text.size() < bulk_bytes_ + 2) return std::optional<Value>();
    if (!bulk_.text.ends_with("\r\n"))
        return fail(ErrorCode::malformed, "a string is longer than its length");
    bulk_.text.resize(bulk_bytes_);
    reading_bulk_ = false;
    if (bulk_.type == Type::verbatim && (bulk_.text.size() < 4 || bulk_.text[3] != ':'))
        return fail(ErrorCode::malformed, "a verbatim string without its format");
    return close(std::move(bulk_));
}

Result<std::optional<Value>> Parser::begin_list(char mark, std::string_view length) {
    const std::optional<std::int64_t> count = read_length(length);
    if (!count || (*count < 0 && mark != '*'))
        return fail(ErrorCode::malformed, "not the length of a list");
    if (*count < 0) return close(Value());
    if (std::cmp_greater(*count, limits_.items_max))
        return fail(ErrorCode::too_large, "a list is longer than items_max");
    if (stack_.size() >= limits_.depth_max)
        return fail(ErrorCode::too_large, "lists are nested deeper than depth_max");
    if (mark == '>' && !stack_.empty())
        return fail(ErrorCode::malformed, "a push inside of a value");
    Open open{Value(), static_cast<std::size_t>(*count), mark == '|'};
    switch (mark) {
        case '*': open.value.type = Type::array; break;
        case '~': open.value.type = Type::set; break;
        case '>': open.value.type = Type::push; break;
        default:
            open.value.type = Type::map;
            open.left *= 2;
            break;
    }
    open.value.attributes = std::exchange(attributes_, {});
    open.value.items.reserve(std::min(open.left, items_reserved_max));
    stack_.push_back(std::move(open));
    return close_list();
}

/// Puts a finished value where it belongs: into the open list, or out.
std::optional<Value> Parser::close(Value value) {
    if (!attributes_.empty()) value.attributes = std::exchange(attributes_, {});
    if (stack_.empty()) {
        items_ = bytes_ = 0;
        return value;
    }
    stack_.back().value.items.push_back(std::move(value));
    --stack_.back().left;
    return close_list();
}

/// Ends the open lists that are full.
std::optional<Value> Parser::close_list() {
    while (stack_.back().left == 0) {
        Open full = std::move(stack_.back());
        stack_.pop_back();
        if (full.is_attribute) {
            // Attributes of attributes, and a second set of them, add up in front of the value.
            std::vector<Value> all = std::move(full.value.attributes);
            all.insert(all.end(), std::make_move_iterator(full.value.items.begin()),
                       std::make_move_iterator(full.value.items.end()));
            attributes_ = std::move(all);
            return std::nullopt;
        }
        if (stack_.empty()) {
            items_ = bytes_ = 0;
            return std::move(full.value);
        }
        stack_.back().value.items.push_back(std::move(full.value));
        --stack_.back().left;
    }
    return std::nullopt;
}

Error Parser::fail(ErrorCode code, const char* what) {
    failed_ = Error{code, std::string("answer of the server: ") + what};
    return *failed_;
}

}  // namespace thingstead::resp
