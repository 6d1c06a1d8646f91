// How built-ins read their arguments and hand back results of the library.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "script/tbel/builtin/method.h"
#include "script/tbel/collections.h"
#include "script/tbel/convert.h"
#include "script/tbel/equality.h"

namespace thingstead::script::tbel {

/// The value, or the failure of a library function.
template <class T>
T take(Result<T> result) {
    if (!result) fail(result.error());
    return *std::move(result);
}

inline std::int32_t int_at(Call& call, std::uint32_t i) {
    const Value& value = call.at(i);
    return value.is(Kind::integer) ? value.integer
                                   : convert_to(call.run, value, Kind::integer).integer;
}
inline std::int32_t int_at(Call& call, std::uint32_t i, std::int32_t otherwise) {
    return call.has(i) ? int_at(call, i) : otherwise;
}
inline std::int64_t long_at(Call& call, std::uint32_t i) {
    return convert_to(call.run, call.at(i), Kind::long_).long_;
}
inline double double_at(Call& call, std::uint32_t i) {
    return convert_to(call.run, call.at(i), Kind::double_).double_;
}
inline bool boolean_at(Call& call, std::uint32_t i, bool otherwise) {
    return call.has(i) ? convert_to_boolean(call.at(i)) : otherwise;
}
/// Any value's text; null fails.
inline std::string_view text_at(Call& call, std::uint32_t i) {
    if (call.at(i).is_null()) fail("NullPointerException: argument is null");
    return view_of(call.run, call.at(i));
}
/// The same, where null is allowed.
inline std::optional<std::string_view> optional_text_at(Call& call, std::uint32_t i) {
    if (!call.has(i) || call.at(i).is_null()) return std::nullopt;
    return view_of(call.run, call.at(i));
}
inline Value int_value(std::int64_t value) { return make_int(static_cast<std::int32_t>(value)); }
inline Value null_value() { return Value{}; }

/// A list, set or array as elements; throws for others.
inline Value elements_at(Call& call, std::uint32_t i) {
    return elements_of(call.run, call.at(i), "cannot convert to a collection");
}

/// From `at`, negative counted from the end, clamped to [0, size].
inline std::uint32_t clamped_index(std::int32_t at, std::uint32_t size) {
    const std::int64_t from = at < 0 ? std::int64_t{at} + size : at;
    return static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(from, 0, static_cast<std::int64_t>(size)));
}

/// The order of sort(): numeric if all texts are numbers, else by text. Positions of the elements.
std::vector<std::uint32_t> sorted_order(Run& run, const std::vector<Value>& values, bool ascending);

}  // namespace thingstead::script::tbel
