#include "script/remote/protocol.h"

#include <charconv>
#include <limits>

#include "base/describe.h"
#include "base/json.h"

namespace thingstead::script::remote {
namespace {

/// Reads members of one message; the first thing that is wrong stays.
class Members {
  public:
    Members(std::string_view where, const json::value& value)
        : where_(where), members_(value.if_object()) {
        if (!members_) fail("", "expected an object");
    }

    const json::value* find(std::string_view name) const {
        const json::value* const found = members_ ? members_->if_contains(name) : nullptr;
        return found && !found->is_null() ? found : nullptr;
    }
    std::string text(std::string_view name) { return optional_text(name).value_or(std::string()); }
    std::optional<std::string> optional_text(std::string_view name) {
        const json::value* const found = find(name);
        if (!found) return std::nullopt;
        if (const json::string* text = found->if_string()) return std::string(*text);
        fail(name, "expected a string");
        return std::nullopt;
    }
    bool flag(std::string_view name) {
        const json::value* const found = find(name);
        if (!found) return false;
        if (const bool* flag = found->if_bool()) return *flag;
        fail(name, "expected true or false");
        return false;
    }
    std::int64_t integer(std::string_view name, std::int64_t least, std::int64_t most) {
        const json::value* const found = find(name);
        if (!found) return 0;
        std::int64_t number = 0;
        boost::system::error_code wrong;
        if (const json::string* text = found->if_string()) {
            const auto [end, code] =
                std::from_chars(text->data(), text->data() + text->size(), number);
            if (code != std::errc() || end != text->data() + text->size())
                wrong = make_error_code(boost::system::errc::invalid_argument);
        } else {
            number = found->to_number<std::int64_t>(wrong);
        }
        if (!wrong && number >= least && number <= most) return number;
        fail(name, "expected an integer in range");
        return 0;
    }
    ErrorKind kind(std::string_view name) {
        const json::value* const found = find(name);
        if (!found) return ErrorKind::compilation_error;  // the first, as protobuf leaves it out
        if (const json::string* text = found->if_string())
            if (const auto known = enum_value<ErrorKind>(std::string_view(*text))) return *known;
        if (found->is_string()) {
            fail(name, "expected an error code");
            return ErrorKind::runtime_error;
        }
        return static_cast<ErrorKind>(integer(name, 0, 3));
    }
    std::vector<std::string> texts(std::string_view name) {
        std::vector<std::string> out;
        const json::value* const found = find(name);
        if (!found) return out;
        const json::array* const all = found->if_array();
        if (!all) fail(name, "expected an array");
        for (std::size_t i = 0; all && i < all->size(); ++i) {
            const json::string* const text = (*all)[i].if_string();
            if (text)
                out.emplace_back(*text);
            else
                fail(std::string(name) + "[" + std::to_string(i) + "]", "expected a string");
        }
        return out;
    }
    void fail(std::string_view name, std::string_view why) {
        if (error_) return;
        std::string at = where_;
        if (!name.empty()) (at += at.empty() ? "" : ".") += name;
        error_ = Error{ErrorCode::malformed, (at.empty() ? "" : at + ": ") + std::string(why)};
    }
    const std::optional<Error>& error() const { return error_; }

  private:
    std::string where_;
    const json::object* members_;
    std::optional<Error> error_;
};

void put_failure(json::object& into, const std::optional<Failure>& failure) {
    into["success"] = !failure;
    if (!failure) return;
    into["errorCode"] = enum_name(failure->kind);
    into["errorDetails"] = failure->details;
}

std::optional<Failure> take_failure(Members& from) {
    if (from.flag("success")) return std::nullopt;
    Failure failure;
    failure.kind = from.kind("errorCode");
    failure.details = from.text("errorDetails");
    return failure;
}

Error none_of(const char* names) {
    return {ErrorCode::malformed, std::string("expected one of ") + names};
}

json::object members_of(const CompileRequest& it) {
    return {
        {"functionName", it.function_name},
        {"scriptHash",   it.script_hash  },
        {"scriptBody",   it.script_body  }
    };
}
json::object members_of(const InvokeRequest& it) {
    json::object out{
        {"functionName", it.function_name},
        {"scriptHash", it.script_hash},
        {"timeout", it.timeout_ms},
        {"args", json::array(it.args.begin(), it.args.end())}
    };
    if (it.script_body) out["scriptBody"] = *it.script_body;
    return out;
}
json::object members_of(const ReleaseRequest& it) {
    return {
        {"functionName", it.function_name},
        {"scriptHash",   it.script_hash  }
    };
}

const char* name_of(const Request& request) {
    constexpr std::array names{"compileRequest", "invokeRequest", "releaseRequest"};
    return names[request.index()];
}

template <class T>
Result<T> or_error(const Members& members, T value) {
    if (members.error()) return *members.error();
    return value;
}

Result<Request> compile_request(const json::value& from) {
    Members members("compileRequest", from);
    CompileRequest it;
    it.function_name = members.text("functionName");
    it.script_hash = members.text("scriptHash");
    it.script_body = members.text("scriptBody");
    return or_error<Request>(members, std::move(it));
}

Result<Request> invoke_request(const json::value& from) {
    Members members("invokeRequest", from);
    InvokeRequest it;
    it.function_name = members.text("functionName");
    it.script_hash = members.text("scriptHash");
    it.script_body = members.optional_text("scriptBody");
    // Protobuf writes an empty text for none.
    if (it.script_body && it.script_body->empty()) it.script_body.reset();
    it.timeout_ms = static_cast<std::int32_t>(
        members.integer("timeout", 0, std::numeric_limits<std::int32_t>::max()));
    it.args = members.texts("args");
    return or_error<Request>(members, std::move(it));
}

Result<Request> release_request(const json::value& from) {
    Members members("releaseRequest", from);
    ReleaseRequest it;
    it.function_name = members.text("functionName");
    it.script_hash = members.text("scriptHash");
    return or_error<Request>(members, std::move(it));
}

}  // namespace

const std::string& hash_of(const Request& request) {
    return std::visit([](const auto& it) -> const std::string& { return it.script_hash; }, request);
}

Response failed(const Request& request, Failure why) {
    Response response;
    if (const auto* compile = std::get_if<CompileRequest>(&request))
        response.answer = CompileResponse{compile->script_hash, std::move(why)};
    else if (std::holds_alternative<InvokeRequest>(request))
        response.answer = InvokeResponse{{}, std::move(why)};
    else
        response.answer = ReleaseResponse{hash_of(request), false};
    return response;
}

const Failure* failure_of(const Response& response) {
    const std::optional<Failure>* failure = nullptr;
    if (const auto* compiled = std::get_if<CompileResponse>(&response.answer))
        failure = &compiled->failure;
    if (const auto* invoked = std::get_if<InvokeResponse>(&response.answer))
        failure = &invoked->failure;
    return failure && *failure ? &**failure : nullptr;
}

std::string encode(const Request& request) {
    const json::object message{
        {name_of(request), std::visit([](const auto& it) { return members_of(it); }, request)}
    };
    return json::serialize(message);
}

std::string encode(const Response& response) {
    json::object message{
        {"requestIdMSB", std::to_string(static_cast<std::int64_t>(response.request.msb))},
        {"requestIdLSB", std::to_string(static_cast<std::int64_t>(response.request.lsb))}
    };
    json::object answer;
    if (const auto* compiled = std::get_if<CompileResponse>(&response.answer)) {
        put_failure(answer, compiled->failure);
        answer["scriptHash"] = compiled->script_hash;
        message["compileResponse"] = std::move(answer);
    } else if (const auto* invoked = std::get_if<InvokeResponse>(&response.answer)) {
        put_failure(answer, invoked->failure);
        if (invoked->result) answer["result"] = *invoked->result;
        message["invokeResponse"] = std::move(answer);
    } else {
        const auto& released = std::get<ReleaseResponse>(response.answer);
        message["releaseResponse"] = {
            {"success",    released.success    },
            {"scriptHash", released.script_hash}
        };
    }
    return json::serialize(message);
}

Result<Request> decode_request(std::string_view text) {
    const Result<json::value> document = parse_json(text);
    if (!document) return document.error();
    Members message("", *document);
    if (message.error()) return *message.error();
    if (const json::value* found = message.find("invokeRequest")) return invoke_request(*found);
    if (const json::value* found = message.find("compileRequest")) return compile_request(*found);
    if (const json::value* found = message.find("releaseRequest")) return release_request(*found);
    return none_of("compileRequest, invokeRequest, releaseRequest");
}

Result<Response> decode_response(std::string_view text) {
    const Result<json::value> document = parse_json(text);
    if (!document) return document.error();
    Members message("", *document);
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    Response response;
    response.request.msb = static_cast<std::uint64_t>(message.integer("requestIdMSB", least, most));
    response.request.lsb = static_cast<std::uint64_t>(message.integer("requestIdLSB", least, most));
    if (message.error()) return *message.error();
    if (const json::value* found = message.find("invokeResponse")) {
        Members members("invokeResponse", *found);
        InvokeResponse it;
        it.failure = take_failure(members);
        it.result = members.optional_text("result");
        response.answer = std::move(it);
        return or_error(members, std::move(response));
    }
    if (const json::value* found = message.find("compileResponse")) {
        Members members("compileResponse", *found);
        CompileResponse it;
        it.failure = take_failure(members);
        it.script_hash = members.text("scriptHash");
        response.answer = std::move(it);
        return or_error(members, std::move(response));
    }
    if (const json::value* found = message.find("releaseResponse")) {
        Members members("releaseResponse", *found);
        response.answer = ReleaseResponse{members.text("scriptHash"), members.flag("success")};
        return or_error(members, std::move(response));
    }
    return none_of("compileResponse, invokeResponse, releaseResponse");
}

}  // namespace thingstead::script::remote
