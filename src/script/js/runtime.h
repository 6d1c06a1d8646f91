// JavaScript on one thread: the library's context, the worlds of the scripts that ran here lately,
// and the limits of the call that runs.
#pragma once
#include <js/Id.h>
#include <js/Promise.h>
#include <js/RootingAPI.h>
#include <js/TypeDecls.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>

#include "script/js/allocation_guard.h"
#include "script/js/failure.h"
#include "script/js/library.h"
#include "script/js/realm.h"
#include "script/js/script_source.h"
#include "script/script.h"

namespace thingstead::script::js {

/// Promises are made and never go on: nobody waits for what they would do.
class NoJobs final : public JS::JobQueue {
  public:
    JSObject* getIncumbentGlobal(JSContext* cx) override;
    bool enqueuePromiseJob(JSContext*, JS::HandleObject, JS::HandleObject, JS::HandleObject,
                           JS::HandleObject) override {
        return true;
    }
    void runJobs(JSContext*) override {}
    bool empty() const override { return true; }

  protected:
    ::js::UniquePtr<SavedJobQueue> saveJobQueue(JSContext*) override;
};

class Runtime {
  public:
    /// Of the calling thread; made at its first call, ends with the thread.
    /// Errors: unsupported, unavailable - JavaScript cannot run on it.
    static Result<Runtime*> of_this_thread();
    ~Runtime();
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;

    /// Errors: malformed - it does not compile.
    Result<> compile(const Source& source);
    /// Errors: as Context::run().
    Result<json::value> run(const Source& source, std::span<const Input> inputs,
                            const Limits& limits, const std::atomic<bool>* stop,
                            json::storage_ptr storage);

  private:
    /// Why a call was ended from outside; the script cannot catch it.
    enum class End : std::uint8_t { none, timeout, stopped, overflow };
    struct Call {
        const Limits* limits = nullptr;  ///< Null: no call runs.
        const std::atomic<bool>* stop = nullptr;
        std::chrono::steady_clock::time_point deadline{};
        const Realm* realm = nullptr;
        std::size_t memory = 0;         ///< What it may take, in bytes.
        std::size_t bytes_max = 0;      ///< Of its realm.
        std::size_t collect_above = 0;  ///< What is garbage and what is not is found out then.
        bool measure = false;           ///< Much was made since memory was looked at.
        bool made_much = false;
        End end = End::none;
        Place place{};  ///< Of the end.
    };
    class Running;

    explicit Runtime(Library& library) : library_(library) {}
    Result<> open();
    Result<Realm*> realm_of(const Source& source);
    void make_room();
    Result<json::value> answer(const Source& source, const Realm& realm,
                               std::span<const Input> inputs, const Limits& limits,
                               json::storage_ptr storage);
    Error ended() const;
    /// After a call that made much, or was ended: its world may have to go.
    void forget_if_fat(const Source& source, const Realm& realm);
    std::size_t collected_bytes(const Realm& realm, std::size_t enough);

    bool on_interrupt();
    bool memory_is_left();
    void ask_to_measure();
    void collection(bool begins);
    static Runtime& of(JSContext* cx);

    Library& library_;
    NoJobs jobs_;
    JSContext* cx_ = nullptr;
    std::unique_ptr<WatchedCalls> watched_;
    std::unique_ptr<JS::PersistentRootedId> to_json_;
    std::unordered_map<const Source*, std::unique_ptr<Realm>> realms_;
    std::uint64_t calls_ = 0;
    Call call_;
    int collections_ = 0;  ///< That run, one inside another.
    AllocationBudget budget_before_collection_;
};

}  // namespace thingstead::script::js
