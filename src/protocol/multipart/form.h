// Forms with files as browsers and other clients send them: media type multipart/form-data.
// Source: RFC 7578, RFC 2046 section 5.1; names of files in other letters also as RFC 5987 has it.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thingstead::multipart {

struct Part {
    std::string name;
    std::optional<std::string> file_name{};  ///< None: a plain field.
    std::string content_type{};              ///< As sent; empty: not said.
    std::string_view body{};                 ///< Into the form's bytes.
};

struct FormLimits {
    std::size_t parts_max = 32;
    std::size_t head_bytes_max = 8'192;  ///< Of the headers of one part.
};

/// The boundary that a Content-Type header names.
/// Errors: unsupported - it is no multipart/form-data; malformed - without a usable boundary.
Result<std::string> boundary_of(std::string_view content_type);

/// The parts of a whole form, in the order they came; they refer to `form`. What stands before the
/// first boundary and after the last is skipped.
/// Errors: malformed - it is no such form, or it is cut off; too_large - over a limit.
Result<std::vector<Part>> parse_form(std::string_view form, std::string_view boundary,
                                     const FormLimits& limits = {});

/// The first part of that name; null: there is none.
const Part* find_part(const std::vector<Part>& parts, std::string_view name);

/// The bytes that parse_form() reads back to the same parts. The boundary must not occur in them.
std::string encode_form(const std::vector<Part>& parts, std::string_view boundary);

}  // namespace thingstead::multipart
