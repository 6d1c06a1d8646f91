// thingstead: the command line.
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "app/replay_command.h"
#include "app/server.h"
#include "app/settings.h"
#include "base/settings.h"
#include "script/js/engine.h"
#include "script/remote/worker.h"

namespace thingstead::app {
namespace {

struct ServeOptions {
    std::string config;
    std::string data;
    std::vector<std::string> set;
    std::vector<std::string> roles;
    bool demo = false;
};

int fail(const Error& error) {
    const char* const between = error.detail.empty() ? "" : ": ";
    std::fprintf(stderr, "thingstead: %s%s%s\n", error.message.c_str(), between,
                 error.detail.c_str());
    return 1;
}

/// Returns when the process is asked to end. The signals are blocked in every thread, and waited
/// for here.
void wait_for_end() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    int received = 0;
    sigwait(&signals, &received);
}

void block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

/// Few heaps: memory freed by one thread serves the others, and idle connections stay cheap.
void limit_heaps() {
    constexpr int heaps_max = 2;
    mallopt(M_ARENA_MAX, heaps_max);
}

int serve(const ServeOptions& options) {
    limit_heaps();
    block_signals();
    SettingsSources sources;
    sources.file = options.config;
    sources.environment = process_environment();
    sources.other_variables = {"THINGSTEAD_BIN",      "THINGSTEAD_LOAD",
                               "THINGSTEAD_DATA",     "THINGSTEAD_HEALTH_PORT",
                               "THINGSTEAD_PASSWORD", "THINGSTEAD_API_KEY"};
    sources.set = options.set;
    Result<LoadedSettings<Settings>> loaded = load_settings<Settings>(sources);
    if (!loaded) return fail(loaded.error());
    Settings& settings = loaded->values;
    if (!options.data.empty()) settings.data = options.data;
    if (!options.roles.empty()) settings.service.roles = options.roles;
    const Result<Log> log = open_log(settings.log);
    if (!log) return fail(log.error());
    for (const std::string& warning : loaded->warnings)
        log->warn("settings.unknown", {
                                          {"what", warning}
        });

    Result<std::unique_ptr<Server>> server = Server::start(settings, options.demo, *log);
    if (!server) {
        log->flush();
        return fail(server.error());
    }
    const Ports ports = (*server)->ports();
    log->info("server.ready", {
                                  {"mqtt_port",    ports.mqtt   },
                                  {"mqtts_port",   ports.mqtts  },
                                  {"http_port",    ports.http   },
                                  {"metrics_port", ports.metrics},
                                  {"probe_port",   ports.probe  },
                                  {"data",         settings.data}
    });
    wait_for_end();
    log->info("server.stopping");
    (*server)->stop();
    log->info("server.stopped");
    log->flush();
    return 0;
}

/// `rules replay`.
const CLI::App* add_replay_command(CLI::App& cli, ReplayOptions& options) {
    CLI::App* const rules = cli.add_subcommand("rules", "Work with rule chains of a server.");
    rules->require_subcommand(1);
    CLI::App* const command = rules->add_subcommand(
        "replay", "Run stored messages again through a version of a rule chain, without effects.");
    command->add_option("--url", options.url, "Of the server.")->capture_default_str();
    command->add_option("--user", options.user, "An administrator of the tenant.");
    command->add_option("--password", options.password, "Of the user.")
        ->envname("THINGSTEAD_PASSWORD");
    command->add_option("--api-key", options.api_key, "In place of user and password.")
        ->envname("THINGSTEAD_API_KEY");
    command->add_option("--chain", options.chain, "Id of the rule chain.")->required();
    command->add_option("--draft", options.draft,
                        "File with the nodes to run, as POST /api/ruleChain/metadata takes them; "
                        "else as they are stored.");
    command->add_option("--against", options.against,
                        "File with the nodes to compare with; else as they are stored.");
    command->add_flag("!--no-compare", options.compare, "Run the draft alone.");
    command->add_option("--device", options.device, "Messages of this device alone.");
    command->add_option("--profile", options.profile, "Messages of devices of this profile alone.")
        ->excludes("--device");
    command->add_option("--from", options.from, "2026-11-30T10:00:00Z, milliseconds, or now-90m.")
        ->required();
    command->add_option("--to", options.to, "Likewise.")->capture_default_str();
    command->add_option("--messages-max", options.messages_max, "Run no more.")
        ->capture_default_str();
    command->add_option("--differences-max", options.differences_max, "Show no more.")
        ->capture_default_str();
    command->add_flag("--outside-fails", options.outside_fails,
                      "Calls of systems outside count as failed.");
    command->add_flag("--json", options.json, "Print the report as JSON.");
    return command;
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App cli{"Thingstead, an IoT platform server."};
    cli.require_subcommand(1);
    cli.set_version_flag("--version", std::string("thingstead ") + TS_VERSION);

    ServeOptions options;
    CLI::App* serve_command =
        cli.add_subcommand("serve", "Run the server until SIGINT or SIGTERM.");
    serve_command->add_option("--config", options.config,
                              "Settings file (YAML); see `thingstead settings`.");
    serve_command->add_option("--data", options.data,
                              "Folder of everything the server stores (default: data).");
    serve_command->add_option("--set", options.set,
                              "One setting, section.field=value; may be repeated.");
    serve_command
        ->add_option(
            "--role", options.roles,
            "What this process does, of node, mqtt, http, js-executor (default: everything).")
        ->delimiter(',');
    serve_command->add_flag("--demo", options.demo,
                            "Make a demo tenant with well-known log-ins and devices.");
    serve_command->footer(
        "Every setting is also an environment variable: THINGSTEAD_TRANSPORT_MQTT_PORT=1884.");

    bool markdown = false;
    CLI::App* settings_command =
        cli.add_subcommand("settings", "Print every setting as a commented YAML file.");
    settings_command->add_flag("--markdown", markdown, "As a reference page instead.");

    ReplayOptions replay_options;
    const CLI::App* const replay_command = add_replay_command(cli, replay_options);

    // Started by the role js-executor, for nobody else to use: not listed.
    const CLI::App* const worker_command = cli.add_subcommand("js-worker")->group("");

    CLI11_PARSE(cli, argc, argv);
    if (worker_command->parsed())
        return script::remote::run_worker([](const script::Limits& limits) {
            return std::make_unique<script::js::JsEngine>(limits);
        });
    if (replay_command->parsed()) return replay(replay_options);
    if (settings_command->parsed()) {
        const std::string text =
            markdown ? settings_reference_markdown<Settings>() : settings_sample<Settings>();
        std::fwrite(text.data(), 1, text.size(), stdout);
        return 0;
    }
    return serve(options);
}

}  // namespace thingstead::app

int main(int argc, char** argv) {
    try {
        return thingstead::app::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "thingstead: %s\n", error.what());
        return 1;
    }
}
