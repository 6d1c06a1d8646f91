#include "script/js/failure.h"

#include <js/CharacterEncoding.h>
#include <js/ErrorReport.h>
#include <js/Exception.h>
#include <js/SavedFrameAPI.h>
#include <jsapi.h>

#include <charconv>
#include <cstdint>

namespace thingstead::script::js {
namespace {

constexpr std::size_t text_bytes_max = 1000;

/// `name` is body_name, or "script line 7 > eval" for text that line 7 of the script made.
Place place_of(const char* name, unsigned line, unsigned column) {
    if (!name) return {};
    std::string_view rest(name);
    if (!rest.starts_with(body_name)) return {};
    rest.remove_prefix(std::string_view(body_name).size());
    if (constexpr std::string_view made = " line "; rest.starts_with(made)) {
        rest.remove_prefix(made.size());
        std::from_chars(rest.data(), rest.data() + rest.size(), line);
        column = 0;
    } else if (!rest.empty()) {
        return {};
    }
    if (line <= lines_before_body) return {};
    return {line - lines_before_body, column};
}

/// Where the script stood when it threw: a text that it could not compile has lines of its own.
Place place_of_stack(JSContext* cx, JS::HandleObject stack) {
    using JS::SavedFrameResult;
    JS::RootedString source(cx);
    std::uint32_t line = 0, column = 0;
    if (!stack || JS::GetSavedFrameSource(cx, nullptr, stack, &source) != SavedFrameResult::Ok ||
        JS::GetSavedFrameLine(cx, nullptr, stack, &line) != SavedFrameResult::Ok ||
        JS::GetSavedFrameColumn(cx, nullptr, stack, &column) != SavedFrameResult::Ok)
        return {};
    const JS::UniqueChars name = JS_EncodeStringToUTF8(cx, source);
    return place_of(name.get(), line, column);
}

void shorten(std::string& text) {
    if (text.size() <= text_bytes_max) return;
    std::size_t end = text_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
    text += "…";
}

}  // namespace

Place current_place(JSContext* cx) {
    JS::AutoFilename name;
    unsigned line = 0, column = 0;
    if (!JS::DescribeScriptedCaller(cx, &name, &line, &column)) return {};
    return place_of(name.get(), line, column + 1);
}

Error take_exception(JSContext* cx, ErrorCode otherwise) {
    if (JS_IsThrowingOutOfMemory(cx)) {
        JS_ClearPendingException(cx);
        return {ErrorCode::limit_reached, "Script memory overflow!"};
    }
    JS::ExceptionStack thrown(cx);
    JS::ErrorReportBuilder report(cx);
    if (!JS_IsExceptionPending(cx) || !JS::StealPendingExceptionStack(cx, &thrown) ||
        !report.init(cx, thrown, JS::ErrorReportBuilder::NoSideEffects)) {
        JS_ClearPendingException(cx);
        return {otherwise, "The script failed and told nothing"};
    }
    const JSErrorReport& found = *report.report();
    const char* const told = report.toStringResult().c_str();
    std::string text = told ? told : found.message().c_str();
    shorten(text);
    // The library counts columns from one, but those of a text that it could not read from zero.
    const unsigned first_column = otherwise == ErrorCode::malformed ? 1 : 0;
    const bool of_another_text =
        otherwise != ErrorCode::malformed && found.exnType == JSEXN_SYNTAXERR;
    const Place place = of_another_text
                            ? place_of_stack(cx, thrown.stack())
                            : place_of(found.filename, found.lineno, found.column + first_column);
    JS_ClearPendingException(cx);
    return {otherwise, with_place(text, place)};
}

std::string with_place(std::string_view text, Place place) {
    std::string out(text);
    if (place.line == 0) return out;
    out += "\n[Line: " + std::to_string(place.line);
    if (place.column) out += ", Column: " + std::to_string(place.column);
    return out + "]";
}

}  // namespace thingstead::script::js
