#include "script/js/from_js.h"

#include <js/Array.h>
#include <js/CallAndConstruct.h>
#include <js/CharacterEncoding.h>
#include <js/Class.h>
#include <js/Conversions.h>
#include <js/Object.h>
#include <js/PropertyAndElement.h>
#include <js/String.h>
#include <js/ValueArray.h>
#include <jsapi.h>
#include <jsfriendapi.h>

#include <cmath>

namespace thingstead::script::js {

bool FromJs::convert(JS::HandleValue from, json::value& out) {
    JS::RootedId key(cx_, JS::PropertyKey::NonIntAtom(JS_GetEmptyString(cx_)));
    const Found found = value(from, key, out);
    if (found == Found::nothing) out = nullptr;
    return found != Found::failed;
}

bool FromJs::take(std::size_t characters) {
    if (characters > characters_left_) {
        too_large_ = true;
        return false;
    }
    characters_left_ -= characters;
    return true;
}

/// What stands for the value: the answer of its toJSON; a primitive for its wrapper.
bool FromJs::prepared(JS::HandleId key, JS::MutableHandleValue value) {
    if (value.isBigInt() || value.isObject()) {
        JS::RootedObject holder(cx_);
        JS::RootedValue method(cx_);
        if (!JS_ValueToObject(cx_, value, &holder) ||
            !JS_GetPropertyById(cx_, holder, to_json_, &method))
            return false;
        if (method.isObject() && JS::IsCallable(&method.toObject())) {
            JS::RootedValue name(cx_);
            if (!JS_IdToValue(cx_, key, &name)) return false;
            JS::RootedString text(cx_, JS::ToString(cx_, name));
            if (!text) return false;
            JS::RootedValueArray<1> arguments(cx_);
            arguments[0].setString(text);
            if (!JS::Call(cx_, value, method, arguments, value)) return false;
        }
    }
    if (!value.isObject()) return true;
    JS::RootedObject object(cx_, &value.toObject());
    ::js::ESClass kind = ::js::ESClass::Other;
    if (!JS::GetBuiltinClass(cx_, object, &kind)) return false;
    if (kind == ::js::ESClass::Number) {
        double number = 0;
        if (!JS::ToNumber(cx_, value, &number)) return false;
        value.setNumber(number);
    } else if (kind == ::js::ESClass::String) {
        JSString* text = JS::ToString(cx_, value);
        if (!text) return false;
        value.setString(text);
    } else if (kind == ::js::ESClass::Boolean || kind == ::js::ESClass::BigInt) {
        return JS::ToPrimitive(cx_, object, JSTYPE_NUMBER, value);
    }
    return true;
}

FromJs::Found FromJs::value(JS::HandleValue from, JS::HandleId key, json::value& out) {
    JS::RootedValue value(cx_, from);
    if (!prepared(key, &value)) return Found::failed;
    const auto done = [](bool well) { return well ? Found::value : Found::failed; };
    if (value.isString()) {
        std::string chars;
        if (!text(value.toString(), chars)) return Found::failed;
        out = std::move(chars);
        return Found::value;
    }
    if (value.isNumber()) return done(number(value.toNumber(), out));
    if (value.isBoolean()) {
        out = value.toBoolean();
        return done(take(4));
    }
    if (value.isNull()) {
        out = nullptr;
        return done(take(4));
    }
    if (value.isBigInt()) {
        JS_ReportErrorASCII(cx_, "BigInt value can't be serialized in JSON");
        return Found::failed;
    }
    if (!value.isObject() || JS::IsCallable(&value.toObject())) return Found::nothing;
    JS::RootedObject object(cx_, &value.toObject());
    bool is_array = false;
    if (!JS::IsArray(cx_, object, &is_array) || !enter(object)) return Found::failed;
    const bool well = is_array ? array(object, out) : this->object(object, out);
    open_.popBack();
    return done(well);
}

bool FromJs::number(double from, json::value& out) {
    constexpr double below = 9223372036854775808.0;  // 2^63
    if (!std::isfinite(from)) {
        out = nullptr;
    } else if (std::trunc(from) == from && from >= -below && from < below) {
        out = static_cast<std::int64_t>(from);
    } else if (std::trunc(from) == from && from >= below && from < 2 * below) {
        out = static_cast<std::uint64_t>(from);
    } else {
        out = from;
    }
    return take(1);
}

bool FromJs::text(JSString* from, std::string& out) {
    if (!take(JS_GetStringLength(from) + 2)) return false;
    JSLinearString* const linear = JS_EnsureLinearString(cx_, from);
    if (!linear) return false;
    out.resize(JS::GetDeflatedUTF8StringLength(linear));
    JS::DeflateStringToUTF8Buffer(linear, mozilla::Span<char>(out.data(), out.size()));
    return true;
}

bool FromJs::enter(JS::HandleObject object) {
    for (JSObject* each : open_)
        if (each == object) {
            JS_ReportErrorASCII(cx_, "cyclic object value");
            return false;
        }
    if (open_.length() >= json_depth_max) {
        JS_ReportErrorASCII(cx_, "result is nested deeper than %zu", json_depth_max);
        return false;
    }
    return open_.append(object);
}

bool FromJs::object(JS::HandleObject from, json::value& out) {
    JS::RootedIdVector keys(cx_);
    if (!::js::GetPropertyKeys(cx_, from, JSITER_OWNONLY, &keys) || !take(2)) return false;
    json::object& members = out.emplace_object();
    JS::RootedValue each(cx_), name(cx_);
    JS::RootedId key(cx_);
    std::string key_chars;
    for (std::size_t i = 0; i < keys.length(); ++i) {
        key = keys[i];
        if (!JS_GetPropertyById(cx_, from, key, &each)) return false;
        json::value member(out.storage());
        const Found found = value(each, key, member);
        if (found == Found::failed) return false;
        if (found == Found::nothing) continue;
        if (!JS_IdToValue(cx_, key, &name)) return false;
        JSString* const string = JS::ToString(cx_, name);
        if (!string || !text(string, key_chars) || !take(2)) return false;
        members.insert_or_assign(key_chars, std::move(member));
    }
    return true;
}

bool FromJs::array(JS::HandleObject from, json::value& out) {
    std::uint32_t length = 0;
    if (!JS::GetArrayLength(cx_, from, &length) || !take(std::size_t{length} * 2 + 1)) return false;
    json::array& elements = out.emplace_array();
    JS::RootedValue each(cx_);
    JS::RootedId key(cx_);
    for (std::uint32_t i = 0; i < length; ++i) {
        if (!JS_IndexToId(cx_, i, &key) || !JS_GetPropertyById(cx_, from, key, &each)) return false;
        if (value(each, key, elements.emplace_back(nullptr)) == Found::failed) return false;
    }
    return true;
}

}  // namespace thingstead::script::js
