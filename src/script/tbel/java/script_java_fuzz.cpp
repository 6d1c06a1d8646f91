// The first line is a pattern, the rest a text. Whatever both are, expressions end and what they
// give back is UTF-8 again; numbers and dates that are read are read the same from what is written
// of them.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "script/tbel/java/codec.h"
#include "script/tbel/java/date_text.h"
#include "script/tbel/java/number_text.h"
#include "script/tbel/java/regex.h"
#include "script/tbel/java/string_format.h"
#include "script/tbel/java/text.h"

namespace {

using namespace thingstead;
using namespace thingstead::script::java;

void require(bool holds) {
    if (!holds) std::abort();
}

void check_expressions(std::string_view pattern, std::string_view text) {
    const Result<std::string> replaced = regex_replace_all(text, pattern, "<$0>", 0, 1 << 20);
    if (replaced) require(to_utf8(to_utf16(*replaced)) == *replaced);
    const Result<std::vector<std::string>> parts = regex_split(text, pattern, -1);
    require(!parts || !parts->empty());
    const Result<bool> quoted = regex_matches(text, regex_quote(text));
    require(!quoted || *quoted);
}

void check_numbers(std::string_view text) {
    if (const Result<double> value = parse_double(text); value && *value == *value)
        require(*parse_double(number_text(*value)) == *value);
    if (const Result<std::int64_t> value = parse_long(text))
        require(*parse_long(radix_text(*value)) == *value);
    if (const Result<std::string> bytes = hex_to_bytes(text))
        require(*hex_to_bytes(bytes_to_hex(*bytes)) == *bytes);
    if (const Result<std::string> bytes = base64_decode(text))
        require(*base64_decode(base64_encode(*bytes)) == *bytes);
}

void check_dates(std::string_view pattern, std::string_view text) {
    const DateDefaults defaults{utc_zone(), "en-US"};
    if (const Result<Instant> instant = new_date(text, utc_zone());
        instant && instant->seconds < 253'402'300'800 && instant->seconds > -62'135'596'800)
        require(*new_date(iso_text(*instant), utc_zone()) == *instant);
    if (const Result<Instant> instant = parse_date(text, pattern, defaults))
        require(format_date(*instant, *utc_zone(), pattern, "en-US").has_value());
    date_parse(text, pattern, defaults);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line = std::min(input.find('\n'), input.size());
    const std::string_view pattern = input.substr(0, line);
    const std::string_view text = line < input.size() ? input.substr(line + 1) : "";
    check_expressions(pattern, text);
    check_numbers(text);
    check_dates(pattern, text);
    const std::vector<FormatArgument> arguments{42, 1.5, std::string(text)};
    if (const Result<std::string> out = format_string(pattern, arguments))
        require(out->size() <= 4 * format_characters_max);
    return 0;
}
