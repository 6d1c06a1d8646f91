#include "app/replay_command.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <exception>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/json.h"
#include "core/rule_replay.h"
#include "net/http_client.h"

namespace thingstead::app {
namespace {

using namespace std::chrono_literals;

constexpr auto ask_interval = 500ms;
constexpr int interrupted_code = 130;

volatile std::sig_atomic_t interrupted = 0;

void interrupt(int) { interrupted = 1; }

Error bad_option(std::string text) { return {ErrorCode::invalid_argument, std::move(text)}; }

int replay_failed(const Error& error) {
    std::fprintf(stderr, "thingstead: %s\n", error.message.c_str());
    return 1;
}

std::string shown_time(EpochMs ms) {
    const std::time_t seconds = ms / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

Result<json::value> document_in(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return bad_option("cannot read " + file);
    std::ostringstream text;
    text << in.rdbuf();
    Result<json::value> document = parse_json(text.str());
    if (!document) return bad_option(file + " is not JSON: " + document.error().message);
    return document;
}

/// The interface of a server, as a user who logged in.
class Remote {
  public:
    static Result<Remote> open(const ReplayOptions& options) {
        net::HttpClientSettings settings;
        settings.allowed_networks = {"0.0.0.0/0", "::/0"};  // Whoever calls says where to.
        settings.timeout = 60s;
        settings.answer_bytes_max = 1u << 30;
        auto client = net::HttpClient::open(settings);
        if (!client) return client.error();
        Remote remote(options.url, *std::move(client));
        if (Result<> entered = remote.log_in(options); !entered) return entered.error();
        return remote;
    }

    /// The answer's document; null if it has none. Errors: what the server says.
    Result<json::value> ask(net::Method method, const std::string& path, std::string body = {}) {
        net::HttpCall call;
        call.method = method;
        call.url = url_ + path;
        if (!body.empty()) call.headers.emplace_back("Content-Type", "application/json");
        if (!authorization_.empty()) call.headers.emplace_back("X-Authorization", authorization_);
        call.body = std::move(body);
        const Result<net::HttpAnswer> answer = send(std::move(call));
        if (!answer) return answer.error();
        Result<json::value> document =
            answer->body.empty() ? json::value() : parse_json(answer->body);
        if (answer->status >= 200 && answer->status < 300) return document;
        const json::object* const said = document ? document->if_object() : nullptr;
        const json::value* const text = said ? said->if_contains("message") : nullptr;
        return Error{ErrorCode::unavailable,
                     text && text->is_string()
                         ? std::string(text->get_string())
                         : url_ + path + " answers " + std::to_string(answer->status)};
    }

  private:
    Remote(std::string url, std::unique_ptr<net::HttpClient> client)
        : url_(std::move(url)), client_(std::move(client)) {
        while (url_.ends_with('/')) url_.pop_back();
    }

    Result<> log_in(const ReplayOptions& options) {
        if (!options.api_key.empty()) {
            authorization_ = "ApiKey " + options.api_key;
            return {};
        }
        json::object who;
        who["username"] = options.user;
        who["password"] = options.password;
        const Result<json::value> answer =
            ask(net::Method::post, "/api/auth/login", json::serialize(who));
        if (!answer) return answer.error();
        const json::object* const said = answer->if_object();
        const json::value* const token = said ? said->if_contains("token") : nullptr;
        if (!token || !token->is_string()) return bad_option(url_ + " gives no token");
        authorization_ = "Bearer " + std::string(token->get_string());
        return {};
    }

    Result<net::HttpAnswer> send(net::HttpCall call) {
        boost::asio::io_context context(1);
        std::optional<Result<net::HttpAnswer>> answer;
        boost::asio::co_spawn(context, client_->send(std::move(call)),
                              [&](std::exception_ptr thrown, Result<net::HttpAnswer> got) {
                                  if (!thrown) answer = std::move(got);
                              });
        context.run();
        if (!answer) return Error{ErrorCode::unavailable, "the call was not answered"};
        return *std::move(answer);
    }

    std::string url_;
    std::unique_ptr<net::HttpClient> client_;
    std::string authorization_;
};

Result<json::object> request_of(const ReplayOptions& options) {
    const EpochMs now = SystemClock().now_ms();
    const Result<std::int64_t> from = time_of(options.from, now);
    if (!from) return bad_option("--from: " + from.error().message);
    const Result<std::int64_t> to = time_of(options.to, now);
    if (!to) return bad_option("--to: " + to.error().message);
    json::object request;
    json::object chain;
    chain["entityType"] = "RULE_CHAIN";
    chain["id"] = options.chain;
    request["ruleChainId"] = std::move(chain);
    request["startTs"] = *from;
    request["endTs"] = *to;
    request["messagesMax"] = options.messages_max;
    request["differencesMax"] = options.differences_max;
    request["outsideFails"] = options.outside_fails;
    if (!options.device.empty()) request["deviceId"] = options.device;
    if (!options.profile.empty()) request["deviceProfileId"] = options.profile;
    for (const auto& [file, member] :
         {std::pair(&options.draft, "metadata"), std::pair(&options.against, "compareMetadata")}) {
        if (file->empty()) continue;
        Result<json::value> document = document_in(*file);
        if (!document) return document.error();
        request[member] = *std::move(document);
    }
    request["compare"] = !options.against.empty() || (options.compare && !options.draft.empty());
    return request;
}

void print_counts(const char* title, const std::vector<core::ReplayCount>& run,
                  const std::vector<core::ReplayCount>* against) {
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> rows;
    for (const core::ReplayCount& each : run) rows[each.name].first = each.count;
    if (against)
        for (const core::ReplayCount& each : *against) rows[each.name].second = each.count;
    if (rows.empty()) return;
    std::printf("%s\n", title);
    for (const auto& [name, counts] : rows) {
        std::printf("  %10lld", static_cast<long long>(counts.first));
        if (against)
            std::printf(" %10lld%s", static_cast<long long>(counts.second),
                        counts.first == counts.second ? "  " : " *");
        std::printf("  %s\n", name.c_str());
    }
}

void print_report(const core::ReplayReport& report) {
    const core::ReplaySums& run = report.run;
    const core::ReplaySums* const against = report.against ? &*report.against : nullptr;
    if (against) std::printf("Columns: the version that was run, the one it is compared with.\n");
    const auto sums_of = [](const core::ReplaySums& sums) {
        return std::vector<core::ReplayCount>{
            {"messages run",       sums.messages     },
            {"failures",           sums.failures     },
            {"points written",     sums.points       },
            {"attributes changed", sums.attributes   },
            {"calls outside",      sums.outside_calls},
            {"messages made",      sums.enqueued     }
        };
    };
    const std::vector<core::ReplayCount> other =
        against ? sums_of(*against) : std::vector<core::ReplayCount>();
    print_counts("Sums", sums_of(run), against ? &other : nullptr);
    print_counts("Ways", run.ways, against ? &against->ways : nullptr);
    print_counts("Alarms", run.alarms, against ? &against->alarms : nullptr);
    print_counts("Entities", run.entities, against ? &against->entities : nullptr);
    print_counts("Calls outside", run.outside, against ? &against->outside : nullptr);
    std::printf("Digest %s%s%s\n", run.digest.c_str(), against ? " " : "",
                against ? against->digest.c_str() : "");
    if (report.passed_over > 0)
        std::printf("Passed over, for the chains made them: %lld\n",
                    static_cast<long long>(report.passed_over));
    if (report.unreadable > 0)
        std::printf("Records that are no messages: %lld\n",
                    static_cast<long long>(report.unreadable));
    if (!report.all) std::printf("There are more messages than were run.\n");
    if (!against) return;
    std::printf("Messages that differ: %lld, in more than their way: %lld\n",
                static_cast<long long>(report.different),
                static_cast<long long>(report.different_effects));
    for (const core::ReplayDifference& each : report.differences) {
        std::printf("%s %s %s %s\n", shown_time(each.ts).c_str(),
                    each.message_id.empty() ? "as time passed" : each.type.c_str(),
                    each.originator.c_str(), each.data.c_str());
        for (const std::string& text : each.run) std::printf("  + %s\n", text.c_str());
        for (const std::string& text : each.against) std::printf("  - %s\n", text.c_str());
    }
}

void show_progress(const core::ReplayState& state) {
    std::fprintf(stderr, "\r%lld records read, %lld messages run, at %s ",
                 static_cast<long long>(state.records_read),
                 static_cast<long long>(state.messages_run),
                 state.position_ts == 0 ? "the beginning" : shown_time(state.position_ts).c_str());
}

Result<int> replay_there(const ReplayOptions& options) {
    Result<json::object> request = request_of(options);
    if (!request) return request.error();
    Result<Remote> remote = Remote::open(options);
    if (!remote) return remote.error();
    const Result<json::value> begun =
        remote->ask(net::Method::post, "/api/ruleEngine/replay", json::serialize(*request));
    if (!begun) return begun.error();
    const std::string path =
        "/api/ruleEngine/replay/" + std::string(begun->as_object().at("id").as_string());
    for (bool told = false;;) {
        const Result<json::value> document = remote->ask(net::Method::get, path);
        if (!document) return document.error();
        const Result<core::ReplayState> state =
            from_json<core::ReplayState>(*document, Binding::stored);
        if (!state) return state.error();
        show_progress(*state);
        if (state->status == core::ReplayStatus::running) {
            if (interrupted != 0 && !std::exchange(told, true)) {
                if (const auto ended = remote->ask(net::Method::del, path); !ended)
                    return ended.error();
                continue;
            }
            std::this_thread::sleep_for(ask_interval);
            continue;
        }
        std::fputc('\n', stderr);
        if (state->status == core::ReplayStatus::cancelled) return interrupted_code;
        if (!state->report) return Error{ErrorCode::unavailable, state->error};
        if (options.json)
            std::printf("%s\n", json::serialize(document->as_object().at("report")).c_str());
        else
            print_report(*state->report);
        return 0;
    }
}

}  // namespace

Result<std::int64_t> time_of(const std::string& text, std::int64_t now_ms) {
    const auto number_in = [](std::string_view digits) -> std::optional<std::int64_t> {
        std::int64_t number = 0;
        const auto [end, failed] =
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (failed != std::errc() || end != digits.data() + digits.size() || number < 0)
            return std::nullopt;
        return number;
    };
    if (text == "now") return now_ms;
    if (const auto number = number_in(text)) return *number;
    if (text.starts_with("now-") && text.size() > 5) {
        const auto number = number_in(std::string_view(text).substr(4, text.size() - 5));
        const std::size_t unit = std::string_view("smhd").find(text.back());
        constexpr std::int64_t units_ms[] = {1'000, 60'000, 3'600'000, 86'400'000};
        constexpr std::int64_t number_max = 1'000'000;
        if (number && *number <= number_max && unit != std::string_view::npos)
            return now_ms - *number * units_ms[unit];
    }
    std::tm parts{};
    const char* const end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (end && *end == '\0') return static_cast<std::int64_t>(timegm(&parts)) * 1000;
    return bad_option("\"" + text +
                      "\" is no time like 2026-11-30T10:00:00Z, milliseconds, now or now-90m");
}

int replay(const ReplayOptions& options) {
    std::signal(SIGINT, &interrupt);
    std::signal(SIGTERM, &interrupt);
    const Result<int> code = replay_there(options);
    return code ? *code : replay_failed(code.error());
}

}  // namespace thingstead::app
