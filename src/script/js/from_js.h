// What scripts answer, as JSON: what JSON.stringify would write, member by member, without the text
// between.
#pragma once
#include <js/GCVector.h>
#include <js/Id.h>
#include <js/RootingAPI.h>
#include <js/TypeDecls.h>
#include <js/Value.h>

#include <cstddef>
#include <optional>
#include <string>

#include "base/json.h"
#include "script/script.h"

namespace thingstead::script::js {

/// Reads values of the current realm; runs what scripts put in the way: toJSON, getters, proxies.
class FromJs {
  public:
    /// `to_json` is the name "toJSON".
    FromJs(JSContext* cx, JS::HandleId to_json, std::size_t characters)
        : cx_(cx), to_json_(to_json), characters_left_(characters), open_(cx) {}

    /// Undefined, functions and symbols are null. False: refused, or an exception is pending, or
    /// the script was ended.
    bool convert(JS::HandleValue from, json::value& out);
    bool too_large() const { return too_large_; }

  private:
    enum class Found : std::uint8_t { value, nothing, failed };
    /// `key` is the place of the value in its holder.
    Found value(JS::HandleValue from, JS::HandleId key, json::value& out);
    bool prepared(JS::HandleId key, JS::MutableHandleValue value);
    bool take(std::size_t characters);
    bool text(JSString* from, std::string& out);
    bool enter(JS::HandleObject object);
    bool object(JS::HandleObject from, json::value& out);
    bool array(JS::HandleObject from, json::value& out);
    bool number(double from, json::value& out);

    JSContext* cx_;
    JS::HandleId to_json_;
    std::size_t characters_left_;
    JS::RootedObjectVector open_;  ///< What the current value is in.
    bool too_large_ = false;
};

}  // namespace thingstead::script::js
