// JavaScript that executors run, as an engine: rule nodes see no difference but that it may be
// waited for. Scripts are checked here, without being run, and run there.
#pragma once
#include <memory>
#include <string>

#include "script/remote/executor.h"
#include "script/remote_settings.h"
#include "script/script.h"

namespace thingstead::script::remote {

/// Thread-safe.
class RemoteEngine final : public Engine {
  public:
    /// Opens the topics and begins to hear answers. `checker` says whether a script compiles; it
    /// outlives the engine. `service_id` names this process in the topic of its answers.
    /// Errors: the queue's.
    static Result<std::unique_ptr<RemoteEngine>> open(const Settings& settings,
                                                      const Limits& limits, Engine& checker,
                                                      const std::string& service_id,
                                                      Surroundings around);
    /// stop().
    ~RemoteEngine() override;

    /// An AsyncScript. Errors: as the checker's.
    Result<ScriptRef> compile(std::string_view body,
                              std::span<const std::string> argument_names) override;
    /// Its run() blocks until the answer came.
    std::unique_ptr<Context> make_context() override;
    /// Calls that wait for an answer.
    std::size_t pending() const;
    /// Hears no more answers: who waits is told at the end of its time. Idempotent. Before the
    /// queue.
    void stop();

  private:
    struct Impl;
    explicit RemoteEngine(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;
};

}  // namespace thingstead::script::remote
