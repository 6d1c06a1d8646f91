// The process for scripts in tests: its first argument, a JSON text, may tell it to misbehave in
// ways that no script can.
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "script/js/engine.h"
#include "script/remote/worker.h"

namespace {

using namespace thingstead::script::remote;

[[noreturn]] void spin() {
    for (volatile bool forever = true;;)
        if (!forever) std::abort();
}

/// All that there is, used; a machine that has more than the limit ends nobody else for it.
void take_memory() {
    constexpr std::size_t step = std::size_t{16} << 20;
    while (void* const bytes = std::malloc(step)) std::memset(bytes, 1, step);
    std::abort();
}

void misbehave(const Request& request) {
    const auto* const invoke = std::get_if<InvokeRequest>(&request);
    if (!invoke || invoke->args.empty()) return;
    const std::string& how = invoke->args.front();
    if (how == "\"test: crash\"") std::abort();
    if (how == "\"test: spin\"") spin();
    if (how == "\"test: memory\"") take_memory();
    if (how == "\"test: leave\"") std::_Exit(7);
}

}  // namespace

int main() {
    const auto engine = [](const thingstead::script::Limits& limits) {
        return std::make_unique<thingstead::script::js::JsEngine>(limits);
    };
    return run_worker(engine, &misbehave);
}
