// What is asked of executors of JavaScript and what they answer: protobuf messages in their JSON
// form (proto3, "JSON Mapping"), as the reference platform has them. No I/O. The same frames pass
// between an executor and its processes.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/uuid.h"

namespace thingstead::script::remote {

enum class ErrorKind : std::uint8_t {
    compilation_error,
    runtime_error,
    timeout_error,
    not_found_error
};
constexpr auto enum_names(ErrorKind) {
    using namespace std::literals;
    return std::array{
        std::pair{ErrorKind::compilation_error, "COMPILATION_ERROR"sv},
        std::pair{ErrorKind::runtime_error,     "RUNTIME_ERROR"sv    },
        std::pair{ErrorKind::timeout_error,     "TIMEOUT_ERROR"sv    },
        std::pair{ErrorKind::not_found_error,   "NOT_FOUND_ERROR"sv  }
    };
}

struct CompileRequest {
    std::string function_name;
    std::string script_hash;
    std::string script_body;  ///< Evaluates to a function.
    friend bool operator==(const CompileRequest&, const CompileRequest&) = default;
};
struct InvokeRequest {
    std::string function_name;
    std::string script_hash;
    std::optional<std::string> script_body{};  ///< None: known by its hash.
    std::int32_t timeout_ms = 0;               ///< 0: none given.
    std::vector<std::string> args{};           ///< Texts.
    friend bool operator==(const InvokeRequest&, const InvokeRequest&) = default;
};
struct ReleaseRequest {
    std::string function_name;
    std::string script_hash;
    friend bool operator==(const ReleaseRequest&, const ReleaseRequest&) = default;
};
using Request = std::variant<CompileRequest, InvokeRequest, ReleaseRequest>;

const std::string& hash_of(const Request& request);

struct Failure {
    ErrorKind kind = ErrorKind::runtime_error;
    std::string details;
    friend bool operator==(const Failure&, const Failure&) = default;
};
struct CompileResponse {
    std::string script_hash;
    std::optional<Failure> failure{};
    friend bool operator==(const CompileResponse&, const CompileResponse&) = default;
};
struct InvokeResponse {
    std::optional<std::string> result{};  ///< None: nothing, or null.
    std::optional<Failure> failure{};
    friend bool operator==(const InvokeResponse&, const InvokeResponse&) = default;
};
struct ReleaseResponse {
    std::string script_hash;
    bool success = true;
    friend bool operator==(const ReleaseResponse&, const ReleaseResponse&) = default;
};
struct Response {
    Uuid request{};
    std::variant<CompileResponse, InvokeResponse, ReleaseResponse> answer{};
    friend bool operator==(const Response&, const Response&) = default;
};

/// The answer to `request` that it failed.
Response failed(const Request& request, Failure why);
/// Null: it did not fail.
const Failure* failure_of(const Response& response);

std::string encode(const Request& request);
std::string encode(const Response& response);
/// Members that are missing have the default of their type, unknown ones are passed over, numbers
/// may be texts and enumerators numbers. Errors: malformed - the message says where and why.
Result<Request> decode_request(std::string_view text);
Result<Response> decode_response(std::string_view text);

}  // namespace thingstead::script::remote
