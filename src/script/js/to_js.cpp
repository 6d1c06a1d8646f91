#include "script/js/to_js.h"

#include <js/Array.h>
#include <js/Id.h>
#include <js/PropertyAndElement.h>
#include <js/PropertyDescriptor.h>
#include <js/String.h>
#include <js/friend/ErrorMessages.h>
#include <js/friend/StackLimits.h>
#include <jsapi.h>

namespace thingstead::script::js {
namespace {

/// Whether there is stack left; else an error is pending. Asked by the frame: a sanitizer may keep
/// variables elsewhere.
bool is_shallow(JSContext* cx) {
    const ::js::AutoCheckRecursionLimit recursion(cx);
    if (recursion.checkWithStackPointerDontReport(cx, __builtin_frame_address(0))) return true;
    ::js::ReportOverRecursed(cx);
    return false;
}

constexpr std::size_t number_characters = 1;  ///< Counted: the least that a number takes.

double number_of(const json::value& value) {
    if (value.is_int64()) return static_cast<double>(value.get_int64());
    if (value.is_uint64()) return static_cast<double>(value.get_uint64());
    return value.get_double();
}

}  // namespace

bool ToJs::take(std::size_t characters) {
    if (characters > characters_left_) {
        too_large_ = true;
        return false;
    }
    characters_left_ -= characters;
    return true;
}

bool ToJs::convert(const Input& input, JS::MutableHandleValue out) {
    if (const auto* document = std::get_if<const json::value*>(&input))
        return value(**document, out);
    if (const auto* texts = std::get_if<const model::Metadata*>(&input))
        return metadata(**texts, out);
    if (const auto* series = std::get_if<const RollingArgument*>(&input))
        return rolling(**series, out);
    if (const auto* arguments = std::get_if<const ArgumentsContext*>(&input))
        return context(**arguments, out);
    return text(std::get<std::string_view>(input), out);
}

bool ToJs::value(const json::value& from, JS::MutableHandleValue out) {
    switch (from.kind()) {
        case json::kind::string: return text(from.get_string(), out);
        case json::kind::object: return object(from.get_object(), out);
        case json::kind::array:  return array(from.get_array(), out);
        case json::kind::null:   out.setNull(); return take(4);
        case json::kind::bool_:  out.setBoolean(from.get_bool()); return take(4);
        default:                 out.setNumber(number_of(from)); return take(number_characters);
    }
}

bool ToJs::text(std::string_view from, JS::MutableHandleValue out) {
    if (!take(from.size() + 2)) return false;
    JSString* string = JS_NewStringCopyUTF8N(cx_, JS::UTF8Chars(from.data(), from.size()));
    if (!string) return false;
    out.setString(string);
    return true;
}

bool ToJs::put(JS::HandleObject object, std::string_view name, JS::HandleValue value) {
    if (!take(name.size() + 4)) return false;
    JS::RootedString string(cx_,
                            JS_NewStringCopyUTF8N(cx_, JS::UTF8Chars(name.data(), name.size())));
    JS::RootedId id(cx_);
    return string && JS_StringToId(cx_, string, &id) &&
           JS_DefinePropertyById(cx_, object, id, value, JSPROP_ENUMERATE);
}

bool ToJs::put_number(JS::HandleObject object, std::string_view name, double number) {
    JS::RootedValue value(cx_, JS::NumberValue(number));
    return put(object, name, value);
}

bool ToJs::object(const json::object& from, JS::MutableHandleValue out) {
    if (!is_shallow(cx_)) return false;
    JS::RootedObject made(cx_, JS_NewPlainObject(cx_));
    if (!made) return false;
    JS::RootedValue each(cx_);
    for (const auto& member : from)
        if (!value(member.value(), &each) || !put(made, member.key(), each)) return false;
    out.setObject(*made);
    return take(2);
}

bool ToJs::array(const json::array& from, JS::MutableHandleValue out) {
    if (!is_shallow(cx_)) return false;
    JS::RootedValueVector all(cx_);
    if (!take(from.size() + 2) || !all.resize(from.size())) return false;
    for (std::size_t i = 0; i < from.size(); ++i)
        if (!value(from[i], all[i])) return false;
    JSObject* made = JS::NewArrayObject(cx_, all);
    if (!made) return false;
    out.setObject(*made);
    return true;
}

bool ToJs::metadata(const model::Metadata& from, JS::MutableHandleValue out) {
    JS::RootedObject made(cx_, JS_NewPlainObject(cx_));
    if (!made) return false;
    JS::RootedValue each(cx_);
    for (const auto& [key, texts] : from)
        if (!text(texts, &each) || !put(made, key, each)) return false;
    out.setObject(*made);
    return take(2);
}

bool ToJs::rolling(const RollingArgument& from, JS::MutableHandleValue out) {
    JS::RootedObject made(cx_, JS_NewPlainObject(cx_)), window(cx_, JS_NewPlainObject(cx_));
    if (!made || !window) return false;
    JS::RootedValue each(cx_, JS::ObjectValue(*window));
    if (!put_number(window, "startTs", static_cast<double>(from.start_ts)) ||
        !put_number(window, "endTs", static_cast<double>(from.end_ts)) ||
        !put(made, "timeWindow", each))
        return false;
    JS::RootedValueVector all(cx_);
    if (!all.reserve(from.values.size())) return false;
    for (const auto& [ts, number] : from.values) {
        JS::RootedObject point(cx_, JS_NewPlainObject(cx_));
        if (!point || !put_number(point, "ts", static_cast<double>(ts)) ||
            !put_number(point, "value", number))
            return false;
        all.infallibleAppend(JS::ObjectValue(*point));
    }
    JSObject* values = JS::NewArrayObject(cx_, all);
    if (!values) return false;
    each.setObject(*values);
    if (!put(made, "values", each)) return false;
    out.setObject(*made);
    return true;
}

bool ToJs::context(const ArgumentsContext& from, JS::MutableHandleValue out) {
    JS::RootedObject made(cx_, JS_NewPlainObject(cx_)), args(cx_, JS_NewPlainObject(cx_));
    if (!made || !args) return false;
    JS::RootedValue each(cx_);
    for (const auto& [name, argument] : from.args) {
        if (const auto* series = std::get_if<const RollingArgument*>(&argument)) {
            if (!rolling(**series, &each)) return false;
        } else {
            const auto& single = std::get<SingleArgument>(argument);
            JS::RootedObject pair(cx_, JS_NewPlainObject(cx_));
            if (!pair || !put_number(pair, "ts", static_cast<double>(single.ts)) ||
                !value(*single.value, &each) || !put(pair, "value", each))
                return false;
            each.setObject(*pair);
        }
        if (!put(args, name, each)) return false;
    }
    each.setObject(*args);
    if (!put_number(made, "latestTs", static_cast<double>(from.latest_ts)) ||
        !put(made, "args", each))
        return false;
    out.setObject(*made);
    return true;
}

}  // namespace thingstead::script::js
