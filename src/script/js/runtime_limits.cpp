// How a runtime ends calls that take too much.
#include <js/GCAPI.h>
#include <js/Interrupt.h>
#include <jsapi.h>
#include <jsfriendapi.h>

#include "script/js/runtime.h"

namespace thingstead::script::js {
namespace {

/// What a world may keep between calls beside what it began with, compiled code included.
constexpr std::size_t kept_bytes_max = std::size_t{2} << 20;

}  // namespace

bool Runtime::on_interrupt() {
    if (!call_.limits) return true;
    if (call_.end == End::none) {
        if (allocation_budget().refused || !memory_is_left())
            call_.end = End::overflow;
        else if (call_.stop && call_.stop->load(std::memory_order_relaxed))
            call_.end = End::stopped;
        else if (std::chrono::steady_clock::now() >= call_.deadline)
            call_.end = End::timeout;
        if (call_.end != End::none) call_.place = current_place(cx_);
    }
    // False without an exception: neither catch nor finally runs.
    return call_.end == End::none;
}

bool Runtime::memory_is_left() {
    if (!call_.measure) return true;
    call_.measure = false;
    allocation_budget().bytes_until_look = call_.memory / 4;
    const JSAutoRealm inside(cx_, call_.realm->global());
    const std::size_t bytes = call_.realm->bytes(cx_);
    if (bytes <= call_.collect_above) return true;
    const std::size_t left = collected_bytes(*call_.realm, call_.bytes_max);
    if (left > call_.bytes_max) return false;
    call_.collect_above = std::max(call_.bytes_max, left + call_.memory / 2);
    return true;
}

/// What is freed is counted when another thread has freed it: the second collection waits for that.
std::size_t Runtime::collected_bytes(const Realm& realm, std::size_t enough) {
    std::size_t bytes = 0;
    for (int round = 0; round < 2; ++round) {
        JS::PrepareZoneForGC(cx_, JS::GetObjectZone(realm.global()));
        JS::NonIncrementalGC(cx_, JS::GCOptions::Normal, JS::GCReason::API);
        bytes = realm.bytes(cx_);
        if (bytes <= enough) break;
    }
    return bytes;
}

void Runtime::forget_if_fat(const Source& source, const Realm& realm) {
    if (call_.end == End::none) {
        const JSAutoRealm inside(cx_, realm.global());
        const std::size_t enough = realm.bytes_at_start() + kept_bytes_max;
        if (realm.bytes(cx_) <= enough || collected_bytes(realm, enough) <= enough) return;
    }
    // An ended call may have left things half done.
    JS::PrepareZoneForGC(cx_, JS::GetObjectZone(realm.global()));
    realms_.erase(&source);
    JS::NonIncrementalGC(cx_, JS::GCOptions::Normal, JS::GCReason::API);
}

void Runtime::ask_to_measure() {
    call_.measure = call_.made_much = true;
    JS_RequestInterruptCallback(cx_);
}

void Runtime::collection(bool begins) {
    // The library cannot do without memory while it collects.
    if (begins) {
        if (collections_++ == 0) {
            budget_before_collection_ = allocation_budget();
            allocation_budget() = {};
        }
        return;
    }
    if (--collections_ > 0) return;
    allocation_budget() = budget_before_collection_;
    if (call_.limits) ask_to_measure();
}

}  // namespace thingstead::script::js
