#include "script/js/realm.h"

#include <js/CompilationAndEvaluation.h>
#include <js/CompileOptions.h>
#include <js/Conversions.h>
#include <js/GCAPI.h>
#include <js/GlobalObject.h>
#include <js/PropertyAndElement.h>
#include <js/Realm.h>
#include <js/RealmOptions.h>
#include <js/SourceText.h>
#include <jsapi.h>

#include "script/js/failure.h"

namespace thingstead::script::js {
namespace {

constexpr JSClass global_class{
    "global", JSCLASS_GLOBAL_FLAGS, &JS::DefaultGlobalClassOps, nullptr, nullptr, nullptr};

JS::RealmOptions realm_options() {
    JS::RealmOptions options;
    options.creationOptions()
        .setNewCompartmentAndZone()
        .setSharedMemoryAndAtomicsEnabled(false)
        .setStreamsEnabled(false)
        .setWeakRefsEnabled(JS::WeakRefSpecifier::Disabled)
        .setToSourceEnabled(false);
    return options;
}

JSFunction* compiled(JSContext* cx, const Source& source) {
    JS::CompileOptions options(cx);
    options.setFileAndLine(body_name, 1);
    JS::SourceText<mozilla::Utf8Unit> text;
    if (!text.init(cx, source.body().data(), source.body().size(), JS::SourceOwnership::Borrowed))
        return nullptr;
    std::vector<const char*> names;
    for (const std::string& each : source.argument_names()) names.push_back(each.c_str());
    JS::RootedObjectVector no_scopes(cx);
    return JS::CompileFunction(cx, no_scopes, options, nullptr, static_cast<unsigned>(names.size()),
                               names.data(), text);
}

}  // namespace

Realm::Realm(JSContext* cx, std::weak_ptr<const void> life)
    : life_(std::move(life)), global_(cx), function_(cx), memory_(cx) {}

Result<std::unique_ptr<Realm>> Realm::make(JSContext* cx, const Source& source) {
    std::unique_ptr<Realm> realm(new Realm(cx, source.life()));
    if (Result<> opened = realm->open(cx, source); !opened) return opened.error();
    return realm;
}

Result<> Realm::open(JSContext* cx, const Source& source) {
    global_ =
        JS_NewGlobalObject(cx, &global_class, nullptr, JS::FireOnNewGlobalHook, realm_options());
    if (!global_) {
        JS_ClearPendingException(cx);
        return Error{ErrorCode::limit_reached, "Script memory overflow!"};
    }
    const JSAutoRealm inside(cx, global_);
    if (!fill(cx, source)) return take_exception(cx, ErrorCode::malformed);
    return {};
}

bool Realm::fill(JSContext* cx, const Source& source) {
    JSFunction* function = compiled(cx, source);
    if (!function) return false;
    function_ = JS_GetFunctionObject(function);
    JS::RootedObject info(cx, ::js::gc::NewMemoryInfoObject(cx));
    JS::RootedValue zone(cx);
    if (!info || !JS_GetProperty(cx, info, "zone", &zone) || !zone.isObject()) return false;
    memory_ = &zone.toObject();
    bytes_at_start_ = bytes(cx);
    return true;
}

std::size_t Realm::bytes(JSContext* cx) const {
    double sum = 0;
    for (const char* name : {"gcBytes", "mallocBytes"}) {
        JS::RootedValue value(cx);
        if (!JS_GetProperty(cx, memory_, name, &value) || !value.isNumber()) {
            JS_ClearPendingException(cx);
            return 0;
        }
        sum += value.toNumber();
    }
    return static_cast<std::size_t>(sum);
}

}  // namespace thingstead::script::js
