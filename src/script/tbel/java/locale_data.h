// What locales call the parts of a date, and their styles.
#pragma once
#include <array>
#include <string_view>

namespace thingstead::script::java {

using TwelveNames = std::array<std::string_view, 12>;
using SevenNames = std::array<std::string_view, 7>;
using TwoNames = std::array<std::string_view, 2>;
using FourPatterns = std::array<std::string_view, 4>;  ///< Full, long, medium, short.

/// Names stand as they are used within a date; "alone" is how they stand by themselves.
struct LocaleData {
    std::string_view language;  ///< Empty: the root.
    TwelveNames months;
    TwelveNames months_short;
    TwelveNames months_narrow;
    TwelveNames months_alone;
    TwelveNames months_short_alone;
    SevenNames days;  ///< Monday first.
    SevenNames days_short;
    SevenNames days_narrow;
    SevenNames days_alone;
    SevenNames days_short_alone;
    TwoNames am_pm;
    TwoNames eras_short;
    TwoNames eras;
    TwoNames eras_narrow;
    FourPatterns dates;
    FourPatterns times;
    FourPatterns joints;  ///< Between date and time, by the shorter of their styles.
};

/// By the language of a BCP 47 tag; the root where there is no table.
const LocaleData& find_locale(std::string_view tag);

}  // namespace thingstead::script::java
