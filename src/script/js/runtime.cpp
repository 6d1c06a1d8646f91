#include "script/js/runtime.h"

#include <js/CallAndConstruct.h>
#include <js/Context.h>
#include <js/ContextOptions.h>
#include <js/GCAPI.h>
#include <js/Id.h>
#include <js/Initialization.h>
#include <js/Interrupt.h>
#include <js/Stack.h>
#include <js/String.h>
#include <js/ValueArray.h>
#include <jsapi.h>
#include <pthread.h>

#include <algorithm>

#include "script/js/from_js.h"
#include "script/js/to_js.h"

namespace thingstead::script::js {
namespace {

/// Of one thread. A world takes about a quarter of a megabyte; the one used longest ago goes first.
constexpr std::size_t realms_max = 256;
/// Objects of all worlds of a thread; that of a single one is limited by its calls.
constexpr std::uint32_t heap_bytes_max = 512u << 20;
/// Memory is looked at each time that young objects have filled this.
constexpr std::uint32_t young_bytes_max = 1u << 20;
/// Less than this the library itself may need for a call.
constexpr std::size_t memory_bytes_least = std::size_t{1} << 20;
constexpr std::size_t stack_bytes_max = std::size_t{1} << 20;

std::size_t stack_bytes_of_this_thread() {
    pthread_attr_t attributes;
    std::size_t bytes = 0;
    void* address = nullptr;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return stack_bytes_max;
    pthread_attr_getstack(&attributes, &address, &bytes);
    pthread_attr_destroy(&attributes);
    return bytes;
}

void set_parameters(JSContext* cx) {
    JS_SetNativeStackQuota(cx, std::min(stack_bytes_max, stack_bytes_of_this_thread() / 2));
    JS::ContextOptionsRef(cx).setWasm(false).setAsmJS(false).setSourcePragmas(false);
    JS_SetGCParameter(cx, JSGC_MAX_BYTES, heap_bytes_max);
    JS_SetGCParameter(cx, JSGC_MAX_NURSERY_BYTES, young_bytes_max);
    JS_SetGCParameter(cx, JSGC_PER_ZONE_GC_ENABLED, 1);
}

}  // namespace

JSObject* NoJobs::getIncumbentGlobal(JSContext* cx) { return JS::CurrentGlobalOrNull(cx); }

::js::UniquePtr<JS::JobQueue::SavedJobQueue> NoJobs::saveJobQueue(JSContext*) {
    return ::js::MakeUnique<SavedJobQueue>();
}

/// A call from its first moment to its last.
class Runtime::Running {
  public:
    Running(Runtime& runtime, const Realm& realm, const Limits& limits,
            const std::atomic<bool>* stop)
        : runtime_(runtime) {
        const std::size_t memory = std::max(limits.memory_bytes_max, memory_bytes_least);
        const std::size_t bytes_max = realm.bytes_at_start() + memory;
        runtime.call_ = {.limits = &limits,
                         .stop = stop,
                         .deadline = std::chrono::steady_clock::now() + limits.time_max,
                         .realm = &realm,
                         .memory = memory,
                         .bytes_max = bytes_max,
                         .collect_above = bytes_max};
        allocation_budget() = {
            .bytes_max = memory,
            .bytes_until_look = memory / 4,
            .on_look = [](void* context) { static_cast<Runtime*>(context)->ask_to_measure(); },
            .context = &runtime};
        runtime.library_.watchdog().call_begins(
            *runtime.watched_,
            stop ? std::chrono::steady_clock::time_point{} : runtime.call_.deadline);
    }
    ~Running() {
        runtime_.library_.watchdog().call_ends(*runtime_.watched_);
        allocation_budget() = {};
        runtime_.call_.limits = nullptr;
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

  private:
    Runtime& runtime_;
};

Result<Runtime*> Runtime::of_this_thread() {
    thread_local std::unique_ptr<Runtime> runtime;
    if (runtime) return runtime.get();
    const Result<Library*> library = Library::instance();
    if (!library) return library.error();
    std::unique_ptr<Runtime> fresh(new Runtime(**library));
    if (Result<> opened = fresh->open(); !opened) return opened.error();
    runtime = std::move(fresh);
    return runtime.get();
}

Result<> Runtime::open() {
    const Error no_memory{ErrorCode::unavailable, "no memory to run JavaScript"};
    cx_ = JS_NewContext(heap_bytes_max);
    if (!cx_) return no_memory;
    library_.runtime_begins();
    JS_SetContextPrivate(cx_, this);
    set_parameters(cx_);
    JS::SetJobQueue(cx_, &jobs_);
    if (!JS::InitSelfHostedCode(cx_)) return no_memory;
    JSString* const to_json = JS_AtomizeAndPinString(cx_, "toJSON");
    if (!to_json) return no_memory;
    to_json_ =
        std::make_unique<JS::PersistentRootedId>(cx_, JS::PropertyKey::fromPinnedString(to_json));
    JS_SetGCCallback(
        cx_,
        [](JSContext* cx, JSGCStatus status, JS::GCReason, void*) {
            of(cx).collection(status == JSGC_BEGIN);
        },
        nullptr);
    JS::SetGCNurseryCollectionCallback(
        cx_, [](JSContext* cx, JS::GCNurseryProgress progress, JS::GCReason) {
            of(cx).collection(progress == JS::GCNurseryProgress::GC_NURSERY_COLLECTION_START);
        });
    if (!JS_AddInterruptCallback(cx_, [](JSContext* cx) { return of(cx).on_interrupt(); }))
        return no_memory;
    watched_ = std::make_unique<WatchedCalls>(cx_);
    library_.watchdog().add(*watched_);
    return {};
}

Runtime::~Runtime() {
    if (!cx_) return;
    if (watched_) library_.watchdog().remove(*watched_);
    realms_.clear();
    to_json_.reset();
    JS_DestroyContext(cx_);
    library_.runtime_ends();
}

Runtime& Runtime::of(JSContext* cx) { return *static_cast<Runtime*>(JS_GetContextPrivate(cx)); }

void Runtime::make_room() {
    bool collect = false;
    const auto drop = [&](auto at) {
        JS::PrepareZoneForGC(cx_, JS::GetObjectZone(at->second->global()));
        collect = true;
        return realms_.erase(at);
    };
    for (auto at = realms_.begin(); at != realms_.end();)
        at = at->second->in_use() ? std::next(at) : drop(at);
    while (realms_.size() >= realms_max)
        drop(std::min_element(realms_.begin(), realms_.end(), [](const auto& a, const auto& b) {
            return a.second->used_at < b.second->used_at;
        }));
    if (collect) JS::NonIncrementalGC(cx_, JS::GCOptions::Normal, JS::GCReason::API);
}

Result<Realm*> Runtime::realm_of(const Source& source) {
    const auto at = realms_.find(&source);
    // Another script may have been at this address before.
    if (at != realms_.end() && at->second->in_use()) return at->second.get();
    make_room();
    Result<std::unique_ptr<Realm>> fresh = Realm::make(cx_, source);
    if (!fresh) return fresh.error();
    return realms_.emplace(&source, *std::move(fresh)).first->second.get();
}

Result<> Runtime::compile(const Source& source) {
    if (const Result<Realm*> realm = realm_of(source); !realm) return realm.error();
    return {};
}

Result<json::value> Runtime::run(const Source& source, std::span<const Input> inputs,
                                 const Limits& limits, const std::atomic<bool>* stop,
                                 json::storage_ptr storage) {
    const Result<Realm*> found = realm_of(source);
    if (!found) return found.error();
    Realm& realm = **found;
    realm.used_at = ++calls_;
    Result<json::value> result = json::value(storage);
    {
        const JSAutoRealm inside(cx_, realm.global());
        const Running running(*this, realm, limits, stop);
        result = answer(source, realm, inputs, limits, std::move(storage));
    }
    if (call_.end != End::none || call_.made_much) forget_if_fat(source, realm);
    return result;
}

Result<json::value> Runtime::answer(const Source& source, const Realm& realm,
                                    std::span<const Input> inputs, const Limits& limits,
                                    json::storage_ptr storage) {
    if (inputs.size() != source.argument_names().size())
        return Error{
            ErrorCode::invalid_argument,
            "The script takes " + std::to_string(source.argument_names().size()) + " arguments"};
    JS::RootedValueVector arguments(cx_);
    JS::RootedValue function(cx_, JS::ObjectValue(*realm.function())), value(cx_);
    json::value out(std::move(storage));
    ToJs to_js(cx_, limits.arguments_characters_max);
    FromJs from_js(cx_, *to_json_, limits.result_characters_max);
    bool well = arguments.resize(inputs.size());
    for (std::size_t i = 0; well && i < inputs.size(); ++i)
        well = to_js.convert(inputs[i], arguments[i]);
    well = well && JS::Call(cx_, JS::UndefinedHandleValue, function, arguments, &value) &&
           from_js.convert(value, out);
    if (call_.end == End::none && allocation_budget().refused) call_.end = End::overflow;
    if (call_.end != End::none) {
        JS_ClearPendingException(cx_);
        return ended();
    }
    if (well) return out;
    if (to_js.too_large())
        return Error{ErrorCode::too_large,
                     "Script input arguments exceed maximum allowed total args size of " +
                         std::to_string(limits.arguments_characters_max) + " symbols"};
    if (from_js.too_large())
        return Error{ErrorCode::too_large,
                     "Script invocation result exceeds maximum allowed size of " +
                         std::to_string(limits.result_characters_max) + " symbols"};
    return take_exception(cx_, ErrorCode::invalid_argument);
}

Error Runtime::ended() const {
    switch (call_.end) {
        case End::overflow:
            return {ErrorCode::limit_reached, with_place("Script memory overflow!", call_.place)};
        case End::stopped:
            return {ErrorCode::timeout, with_place("Script execution is stopped!", call_.place)};
        default: return {ErrorCode::timeout, with_place("Script timeout!", call_.place)};
    }
}

}  // namespace thingstead::script::js
