#include "script/remote/worker_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/json.h"

namespace thingstead::script::remote {
namespace {

constexpr std::chrono::seconds start_timeout{60};

Error cannot_start(std::string_view what, int code) {
    return {ErrorCode::unavailable, "a process for scripts cannot be started: " +
                                        std::string(what) + ": " + std::strerror(code)};
}

/// Of the process: nothing of ours, for we may have been told secrets there.
std::vector<std::string> clean_environment() {
    std::vector<std::string> out{"LC_ALL=C.UTF-8"};
    if (const char* zone = std::getenv("TZ")) out.push_back(std::string("TZ=") + zone);
    return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& each : texts) out.push_back(each.data());
    out.push_back(nullptr);
    return out;
}

/// Files 0, 1, 2 of the process, and its signals.
class SpawnPlan {
  public:
    explicit SpawnPlan(int channel) {
        posix_spawn_file_actions_init(&files_);
        posix_spawnattr_init(&attributes_);
        posix_spawn_file_actions_adddup2(&files_, channel, STDIN_FILENO);
        posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&files_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        // A group of its own: what a terminal sends to ours does not end it under our hands.
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&files_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    const posix_spawn_file_actions_t* files() const { return &files_; }
    const posix_spawnattr_t* attributes() const { return &attributes_; }

  private:
    posix_spawn_file_actions_t files_{};
    posix_spawnattr_t attributes_{};
};

std::string words_of(int status) {
    if (WIFSIGNALED(status))
        return "signal " + std::to_string(WTERMSIG(status)) + " (" + strsignal(WTERMSIG(status)) +
               ")";
    return "status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

WorkerProcess::~WorkerProcess() { kill(); }

Result<> WorkerProcess::spawn() {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return cannot_start("socketpair", errno);
    const SpawnPlan plan(pair[1]);
    std::vector<std::string> arguments = command_, environment = clean_environment();
    const int code = posix_spawn(&pid_, command_.front().c_str(), plan.files(), plan.attributes(),
                                 pointers(arguments).data(), pointers(environment).data());
    close(pair[1]);
    if (code != 0) {
        close(pair[0]);
        pid_ = -1;
        return cannot_start(command_.front(), code);
    }
    channel_ = pair[0];
    fcntl(channel_, F_SETFL, O_NONBLOCK);
    return {};
}

Result<> WorkerProcess::start() {
    kill();
    used_up_ = false;
    options_.parent = getpid();
    if (Result<> spawned = spawn(); !spawned) return spawned;
    const Patience patience{std::chrono::steady_clock::now() + start_timeout};
    const Result<std::string> first = ask(json::serialize(to_json(options_)), patience);
    if (first && *first == worker_ready) return {};
    const std::string end = kill(std::chrono::seconds(1));
    return Error{
        ErrorCode::unavailable,
        "a process for scripts cannot be started: " + (first ? *first : first.error().message),
        end};
}

Result<std::string> WorkerProcess::ask(std::string_view frame, const Patience& patience) {
    if (Result<> sent = write_frame(channel_, frame, patience); !sent) return sent.error();
    return read_frame(channel_, patience);
}

std::string WorkerProcess::kill(std::chrono::milliseconds wait) {
    if (pid_ <= 0) return {};
    close(channel_);
    channel_ = -1;
    int status = 0;
    pid_t ended = 0;
    const auto until = std::chrono::steady_clock::now() + wait;
    while ((ended = waitpid(pid_, &status, WNOHANG)) == 0 &&
           std::chrono::steady_clock::now() < until)
        usleep(1'000);
    if (ended == 0) {
        ::kill(pid_, SIGKILL);
        while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
    }
    pid_ = -1;
    used_up_ = WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
    return words_of(status);
}

}  // namespace thingstead::script::remote
