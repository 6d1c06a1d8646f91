// The world of one script on one thread: its own global object with the ECMAScript library, its own
// memory zone, and its compiled function. Nothing in it is of the host, and nothing reaches the
// world of another script.
#pragma once
#include <js/RootingAPI.h>
#include <js/TypeDecls.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/error.h"
#include "script/js/script_source.h"

namespace thingstead::script::js {

class Realm {
  public:
    /// Errors: malformed - the body does not compile; limit_reached - memory.
    static Result<std::unique_ptr<Realm>> make(JSContext* cx, const Source& source);

    JSObject* global() const { return global_; }
    JSObject* function() const { return function_; }
    bool in_use() const { return !life_.expired(); }
    /// Of all that lives in it; what was made since the last collection of young objects counts
    /// later. Called inside it. Zero: not known.
    std::size_t bytes(JSContext* cx) const;
    std::size_t bytes_at_start() const { return bytes_at_start_; }

    std::uint64_t used_at = 0;  ///< A number that grows with each call.

  private:
    Realm(JSContext* cx, std::weak_ptr<const void> life);
    Result<> open(JSContext* cx, const Source& source);
    bool fill(JSContext* cx, const Source& source);

    std::weak_ptr<const void> life_;
    JS::PersistentRooted<JSObject*> global_, function_;
    JS::PersistentRooted<JSObject*> memory_;  ///< Of the zone; its members are getters.
    std::size_t bytes_at_start_ = 0;
};

}  // namespace thingstead::script::js
