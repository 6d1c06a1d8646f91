#include "store/cache/valkey/client.h"

#include <algorithm>
#include <map>
#include <utility>

#include "net/timer.h"
#include "protocol/resp/encode.h"
#include "protocol/resp/server_error.h"
#include "store/cache/valkey/wire.h"

namespace thingstead::store::valkey {
namespace {

constexpr int tries_max = 5;
constexpr std::chrono::milliseconds try_again_pause{20};
constexpr std::string_view scan_count = "1000";

std::string unlink_command(const std::string& key) { return command_of({"UNLINK", key}); }
std::string asking_command() { return command_of({"ASKING"}); }
std::string load_script_command() { return command_of({"SCRIPT", "LOAD", put_script}); }
std::string scan_command(const std::string& cursor, const std::string& pattern) {
    return command_of({"SCAN", cursor, "MATCH", pattern, "COUNT", scan_count});
}

bool succeeded(const Answer& answer) { return answer.answered && !answer.value.is_error(); }

/// What SCAN answers: where to go on, and some keys.
struct Scanned {
    std::string cursor;
    std::vector<std::string> keys;
};
std::optional<Scanned> read_scan(const Answer& answer) {
    if (!succeeded(answer) || answer.value.items.size() != 2) return std::nullopt;
    Scanned scanned{std::string(answer.value.items[0].as_text()), {}};
    for (const resp::Value& key : answer.value.items[1].items)
        scanned.keys.emplace_back(key.as_text());
    return scanned.cursor.empty() ? std::nullopt : std::optional(std::move(scanned));
}

}  // namespace

/// Where a command that failed goes next.
Client::Next Client::after_error(const Connection& from, const std::string& key,
                                 const resp::Value& said) {
    using enum resp::ServerErrorKind;
    const resp::ServerError error = resp::read_server_error(said.text);
    const net::Address there{error.host.empty() ? from.address().host : error.host, error.port};
    switch (error.kind) {
        case moved:
            link_->metrics.moved.add();
            nodes_.moved(error.slot, there);
            on_map_wrong_();
            return {nodes_.route(key)};
        case ask:       link_->metrics.asked.add(); return {nodes_.route_to(there, key), true};
        case try_again: return {nodes_.route(key), false, true};
        case read_only:
        case master_down:
            // The master has become a replica: of a cluster the slots tell, else the address.
            link_->metrics.errors.add();
            on_map_wrong_();
            if (auto connection = nodes_.route(key); connection && !nodes_.clustered())
                connection->reset("the server has become a replica");
            return {};
        default: link_->metrics.errors.add(); return {};
    }
}

Task<Answer> Client::ask(std::string key, std::string command) {
    const auto deadline = std::chrono::steady_clock::now() + link_->settings.command_timeout;
    Next next{nodes_.route(key)};
    Answer answer;
    for (int tries = 0; tries < tries_max; ++tries) {
        const std::shared_ptr<Connection> connection = next.connection;
        if (!connection) {
            link_->metrics.unavailable.add();
            co_return answer;
        }
        std::string words = next.asking ? asking_command() + command : command;
        answer = co_await connection->call(std::move(words), next.asking ? 2 : 1);
        if (!answer.answered || !answer.value.is_error()) co_return answer;
        if (resp::read_server_error(answer.value.text).kind == resp::ServerErrorKind::no_script) {
            // The server was restarted behind a proxy, or told to forget.
            std::string load = load_script_command();
            co_await connection->call(std::move(load));
            continue;
        }
        next = after_error(*connection, key, answer.value);
        if (!next.connection || std::chrono::steady_clock::now() >= deadline) co_return answer;
        if (next.pause) co_await net::sleep_for(try_again_pause);
    }
    co_return answer;
}

Task<std::vector<bool>> Client::unlink(std::vector<std::string> keys) {
    struct Batch {
        std::string commands;
        std::vector<std::size_t> keys;
    };
    std::vector<bool> done(keys.size(), false);
    std::map<std::shared_ptr<Connection>, Batch> batches;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const std::shared_ptr<Connection> connection = nodes_.route(keys[i]);
        if (!connection) continue;
        Batch& batch = batches[connection];
        batch.commands += unlink_command(keys[i]);
        batch.keys.push_back(i);
    }
    for (auto& [connection, batch] : batches) {
        Answer answer = co_await connection->call(std::move(batch.commands), batch.keys.size());
        if (!answer.answered) continue;
        answer.earlier.push_back(std::move(answer.value));
        for (std::size_t i = 0; i < batch.keys.size(); ++i) {
            const std::size_t at = batch.keys[i];
            done[at] = !answer.earlier[i].is_error();
            if (done[at]) continue;
            std::string command = unlink_command(keys[at]);
            const Answer again = co_await ask(keys[at], std::move(command));
            done[at] = succeeded(again);
        }
    }
    co_return done;
}

Task<bool> Client::unlink_matching(std::string pattern) {
    link_->metrics.sweeps.add();
    if (nodes_.slots_missing() > 0) co_return false;
    bool all = true;
    for (const NodePtr& node : nodes_.masters()) {
        const bool whole = co_await unlink_matching_of(node, pattern);
        all = all && whole;
    }
    co_return all;
}

Task<bool> Client::unlink_matching_of(NodePtr node, std::string pattern) {
    std::string cursor = "0";
    do {
        std::string command = scan_command(cursor, pattern);
        const Answer answer = co_await node->connections.front()->call(std::move(command));
        const std::optional<Scanned> scanned = read_scan(answer);
        if (!scanned) co_return false;
        const std::vector<bool> done = co_await unlink(scanned->keys);
        if (std::find(done.begin(), done.end(), false) != done.end()) co_return false;
        cursor = scanned->cursor;
    } while (cursor != "0");
    co_return true;
}

}  // namespace thingstead::store::valkey
