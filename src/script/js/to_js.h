// What scripts are given, as values of theirs.
#pragma once
#include <js/RootingAPI.h>
#include <js/TypeDecls.h>
#include <js/Value.h>

#include <cstddef>

#include "script/script.h"

namespace thingstead::script::js {

/// Makes values in the current realm. They take at most `characters` of text together, written as
/// JSON.
class ToJs {
  public:
    ToJs(JSContext* cx, std::size_t characters) : cx_(cx), characters_left_(characters) {}

    /// False: too large, or an exception is pending.
    bool convert(const Input& input, JS::MutableHandleValue out);
    bool too_large() const { return too_large_; }

  private:
    bool take(std::size_t characters);
    bool value(const json::value& from, JS::MutableHandleValue out);
    bool object(const json::object& from, JS::MutableHandleValue out);
    bool array(const json::array& from, JS::MutableHandleValue out);
    bool text(std::string_view from, JS::MutableHandleValue out);
    bool metadata(const model::Metadata& from, JS::MutableHandleValue out);
    bool rolling(const RollingArgument& from, JS::MutableHandleValue out);
    bool context(const ArgumentsContext& from, JS::MutableHandleValue out);
    bool put(JS::HandleObject object, std::string_view name, JS::HandleValue value);
    bool put_number(JS::HandleObject object, std::string_view name, double number);

    JSContext* cx_;
    std::size_t characters_left_;
    bool too_large_ = false;
};

}  // namespace thingstead::script::js
