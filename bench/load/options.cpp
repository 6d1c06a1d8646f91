#include "load/options.h"

#include <CLI/CLI.hpp>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <fstream>

namespace thingstead::bench {
namespace {

// The generator is a weapon in the wrong direction: it aims at this machine only.
std::string require_loopback(std::string& host) {
    if (host == "localhost") host = "127.0.0.1";
    boost::system::error_code failed;
    const auto address = boost::asio::ip::make_address(host, failed);
    if (failed || !address.is_loopback()) return "ts-load sends to loopback addresses only";
    return {};
}

std::string read_tokens(const std::string& path, std::vector<std::string>& tokens) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (!line.empty()) tokens.push_back(line);
    if (file.bad() || tokens.empty()) return "no token could be read from " + path;
    return {};
}

std::string check_together(const Options& options) {
    if (!options.tokens.empty() && options.tokens.size() < options.connections)
        return "the tokens file has fewer lines than there are connections";
    if (options.qos == 0 && !options.acked_file.empty())
        return "--acked-file needs --qos 1 or 2: at QoS 0 nothing is acknowledged";
    if (options.threads > options.connections) return "more threads than connections";
    if (options.topic_of(options.connections).size() > 1024) return "the topic is too long";
    return {};
}

void declare_connections(CLI::App& app, Options& options, std::string& tokens_file) {
    app.add_option("--host", options.host, "Loopback address of the server");
    app.add_option(
           "--port", options.ports,
           "One, or more with commas: connections are spread, and change when they are lost")
        ->delimiter(',')
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->check(CLI::Range(1, 65535));
    app.add_option("--connections", options.connections)->check(CLI::Range(1, 60'000));
    app.add_option("--threads", options.threads)->check(CLI::Range(1, 64));
    app.add_option("--connect-burst", options.connect_burst, "Connections set up at once, a thread")
        ->check(CLI::Range(1, 10'000));
    app.add_option("--connect-seconds", options.connect_s_max, "Longest wait until all are up")
        ->check(CLI::Range(1, 3600));
    app.add_option("--token-prefix", options.token_prefix, "User name of connection i is PREFIXi");
    app.add_option("--tokens-file", tokens_file, "User names, one a line")
        ->check(CLI::ExistingFile);
    app.add_flag("--anonymous", options.anonymous, "Connect without a user name");
    app.add_option("--client-id-prefix", options.client_id_prefix, "Client id is PREFIXi");
    app.add_option("--topic", options.topic, "{} stands for the number of the connection");
    app.add_option("--keep-alive", options.keep_alive_s, "Seconds")->check(CLI::Range(1, 65535));
    app.add_flag("--reconnect", options.reconnect, "Connect again, with backoff, for ever");
}

void declare_load(CLI::App& app, Options& options) {
    app.add_option("--qos", options.qos)->check(CLI::Range(0, 2));
    app.add_option("--rate", options.rate_per_s,
                   "Open loop: messages/s of all connections together; 0 = closed loop")
        ->check(CLI::Range(0.0, 1e7));
    app.add_option("--window", options.window, "Most unacknowledged messages of a connection")
        ->check(CLI::Range(1, 65'535));
    app.add_option("--duration", options.seconds, "Seconds, after the warm-up")
        ->check(CLI::Range(0.01, 86'400.0 * 30));
    app.add_option("--warmup", options.warmup_s, "Seconds sent but not measured")
        ->check(CLI::Range(0.0, 3600.0));
    app.add_option("--drain", options.drain_s, "Longest wait for acknowledgements at the end")
        ->check(CLI::Range(0.0, 3600.0));
    app.add_option("--payload", "The message; smart-meter: voltage, current, energy")
        ->type_name("NAME")
        ->check(CLI::IsMember({"smart-meter"}));
    app.add_flag("--client-ts", options.client_ts, "Each message carries its own time stamp");
    app.add_option("--ts-base", options.ts_base_ms, "First time stamp, ms; default now")
        ->check(CLI::Range(std::int64_t{1'000'000'000'000}, std::int64_t{9'000'000'000'000}));
    app.add_flag("--idle", options.idle, "Only connect and hold the connections");
    app.add_option("--acked-file", options.acked_file,
                   "Append a record for each acknowledged message");
    app.add_flag("--json", options.json_only, "Print nothing but the last line");
}

}  // namespace

std::string Options::username(std::uint32_t connection) const {
    return tokens.empty() ? token_prefix + std::to_string(connection) : tokens[connection];
}

std::string Options::topic_of(std::uint32_t connection) const {
    const std::size_t at = topic.find("{}");
    if (at == std::string::npos) return topic;
    return topic.substr(0, at) + std::to_string(connection) + topic.substr(at + 2);
}

std::optional<Options> parse_options(int argc, char** argv, int& exit_status) {
    Options options;
    std::string tokens_file;
    CLI::App app{"MQTT load generator of Thingstead. The last line it prints is one JSON object."};
    // A script may override what it has said before.
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    declare_connections(app, options, tokens_file);
    declare_load(app, options);
    std::string problem;
    try {
        app.parse(argc, argv);
        problem = require_loopback(options.host);
        if (problem.empty() && !tokens_file.empty())
            problem = read_tokens(tokens_file, options.tokens);
        if (problem.empty()) problem = check_together(options);
        if (!problem.empty()) throw CLI::ValidationError(problem);
    } catch (const CLI::ParseError& error) {
        exit_status = app.exit(error) == 0 ? 0 : 2;
        return std::nullopt;
    }
    if (options.ts_base_ms == 0) {
        options.ts_base_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count();
    }
    return options;
}

}  // namespace thingstead::bench
