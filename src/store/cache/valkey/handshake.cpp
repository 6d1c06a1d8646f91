#include "store/cache/valkey/handshake.h"

#include <string>
#include <vector>

#include "base/bytes.h"
#include "protocol/resp/encode.h"
#include "protocol/resp/server_error.h"
#include "store/cache/valkey/wire.h"

namespace thingstead::store::valkey {
namespace {

constexpr const char* versions = "Redis 7.0 or later, or Valkey, is needed";

Error wrong(std::string message, const resp::Value& answer) {
    return Error{ErrorCode::invalid_argument, std::move(message), answer.text};
}

/// What is the same for every command.
Error read_error(const resp::Value& answer) {
    using enum resp::ServerErrorKind;
    switch (resp::read_server_error(answer.text).kind) {
        case wrong_pass:
            return wrong("store.cache.user and password: the server refuses them", answer);
        case no_auth:       return wrong("store.cache.password: the server wants one", answer);
        case no_permission: return wrong("store.cache.user: may not do what a cache needs", answer);
        case no_protocol:
            return wrong(std::string("store.cache.addresses: no RESP3 there; ") + versions, answer);
        default: return Error{ErrorCode::unavailable, "the server is not ready", answer.text};
    }
}

bool is_unknown_command(const resp::Value& answer) {
    return answer.text.find("unknown") != std::string::npos;
}

std::string_view text_of(const resp::Value& map, std::string_view key) {
    const resp::Value* value = map.find(key);
    return value ? value->as_text() : std::string_view();
}

std::string hello_and_more(const Settings& settings) {
    std::string out;
    if (settings.password.empty())
        resp::append_command_of(out, "HELLO", "3");
    else
        resp::append_command_of(out, "HELLO", "3", "AUTH",
                                settings.user.empty() ? "default" : settings.user,
                                settings.password);
    resp::append_command_of(out, "SELECT", std::to_string(settings.database));
    // What this connection changes itself is not told: a put replaces a lease alone, which is never
    // kept here, and an erase has dropped the key before.
    resp::append_command_of(out, "CLIENT", "TRACKING", "ON", "NOLOOP");
    resp::append_command_of(out, "CLIENT", "SETNAME", "thingstead");
    resp::append_command_of(out, "SCRIPT", "LOAD", put_script);
    return out;
}

Result<> check_all(const std::vector<resp::Value>& answers, const Settings& settings) {
    if (Result<> hello = check_hello(answers[0], settings); !hello) return hello;
    if (Result<> select = check_select(answers[1]); !select) return select;
    for (std::size_t i = 2; i < answers.size(); ++i)
        if (Result<> other = check_other(answers[i]); !other) return other;
    return {};
}

/// Until there are enough answers, or the first of them is an error: that one tells why.
Result<> take_answers(resp::Parser& parser, std::string_view input,
                      std::vector<resp::Value>& answers) {
    while (!input.empty()) {
        Result<std::optional<resp::Value>> value = parser.next(input);
        if (!value)
            return Error{ErrorCode::invalid_argument,
                         "store.cache.addresses: what answers there is no cache server",
                         value.error().message};
        if (*value && (*value)->type != resp::Type::push) answers.push_back(**std::move(value));
    }
    return {};
}

}  // namespace

Result<> check_hello(const resp::Value& answer, const Settings& settings) {
    if (answer.is_error()) {
        if (is_unknown_command(answer))
            return wrong(std::string("store.cache.addresses: no RESP3 there; ") + versions, answer);
        return read_error(answer);
    }
    const std::string_view mode = text_of(answer, "mode");
    const auto said = [&](std::string message) {
        return Error{ErrorCode::invalid_argument, std::move(message), "mode: " + std::string(mode)};
    };
    if (mode == "sentinel")
        return said("store.cache.addresses: that is a sentinel, not the server");
    if (settings.cluster && mode != "cluster")
        return said("store.cache.cluster: is true, but the server is none");
    if (!settings.cluster && mode == "cluster")
        return said("store.cache.cluster: is false, but the server is one");
    // After a failover an address may be that of the old master for a while.
    if (!settings.cluster && text_of(answer, "role") != "master")
        return Error{ErrorCode::unavailable, "the server is a replica"};
    return {};
}

Result<> check_select(const resp::Value& answer) {
    if (!answer.is_error()) return {};
    if (resp::read_server_error(answer.text).kind == resp::ServerErrorKind::other)
        return wrong("store.cache.database: the server has no such database", answer);
    return read_error(answer);
}

Result<> check_other(const resp::Value& answer) {
    if (!answer.is_error()) return {};
    if (is_unknown_command(answer))
        return wrong(std::string("store.cache.addresses: the server lacks a command; ") + versions,
                     answer);
    return read_error(answer);
}

Task<Result<>> shake_hands(net::Stream& stream, resp::Parser& parser, const Settings& settings) {
    constexpr std::size_t answers_wanted = 5;
    const std::string words = hello_and_more(settings);
    const Result<> sent = co_await stream.write(as_bytes(words));
    if (!sent) co_return sent.error();
    std::vector<std::byte> buffer(4096);
    std::vector<resp::Value> answers;
    while (answers.size() < answers_wanted) {
        const Result<std::size_t> got = co_await stream.read_some(buffer);
        if (!got) co_return got.error();
        if (*got == 0)
            co_return Error{ErrorCode::unavailable, "the server closed the connection at once",
                            settings.tls ? "" : "perhaps it wants TLS"};
        const Result<> taken = take_answers(parser, as_text(ByteSpan(buffer).first(*got)), answers);
        if (!taken) co_return taken.error();
        if (!answers.empty() && answers[0].is_error()) break;
    }
    co_return check_all(answers, settings);
}

}  // namespace thingstead::store::valkey
