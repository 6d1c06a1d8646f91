// Random numbers and dates through whole scripts, against sums done here with other means: 128
// bits, the standard library's texts of numbers and its calendar.
#include <gtest/gtest.h>

#include <bit>
#include <boost/json/value.hpp>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "script/tbel/engine.h"
#include "script/tbel/tbel_testing.h"

namespace thingstead::script::tbel {
namespace {

__extension__ using Wide = __int128;

/// A script of the inputs `p` and `q` that is run many times.
class Machine {
  public:
    explicit Machine(std::string body)
        : body_(std::move(body)), engine_(patient()), context_(engine_.make_context()) {
        const std::vector<std::string> names{"p", "q"};
        script_ = engine_.compile(body_, names).value();
    }

    /// The answer, or null where the script fails.
    json::value run(const json::value& p, const json::value& q = {}) {
        const std::vector<Input> inputs{&p, &q};
        const Result<json::value> result = context_->run(*script_, inputs);
        return result ? *result : json::value();
    }

    const std::string& body() const { return body_; }

  private:
    std::string body_;
    TbelEngine engine_;
    std::unique_ptr<Context> context_;
    ScriptRef script_;
};

/// Small and large ones, and the ends.
template <class T>
T some_whole(std::mt19937_64& random) {
    constexpr T least = std::numeric_limits<T>::min(), most = std::numeric_limits<T>::max();
    const T edges[] = {0, 1, -1, least, most, least + 1, most - 1, 2, -2, 10};
    const std::uint64_t bits = random();
    if (bits % 4 == 0) return edges[(bits >> 8) % std::size(edges)];
    return static_cast<T>(random()) >> ((bits >> 8) % (sizeof(T) * 8));
}

double some_double(std::mt19937_64& random) {
    for (;;) {
        const double value = random() % 3
                                 ? std::ldexp(static_cast<double>(random() % 2'000'000) - 1e6,
                                              static_cast<int>(random() % 40) - 20)
                                 : std::bit_cast<double>(random());
        if (std::isfinite(value)) return value;
    }
}

/// Java's text of digits "d.ddd" and an exponent of ten, as std::to_chars writes them.
std::string java_text(const char* begin, const char* end) {
    std::string mantissa(begin, end);
    const std::size_t e = mantissa.find('e');
    const int place = std::atoi(mantissa.c_str() + e + 1);
    mantissa.resize(e);
    std::string sign;
    if (mantissa[0] == '-') {
        sign = "-";
        mantissa.erase(0, 1);
    }
    if (mantissa.size() == 1) mantissa += ".0";
    if (place < -3 || place >= 7) return sign + mantissa + "E" + std::to_string(place);
    mantissa.erase(1, 1);
    if (place < 0)
        mantissa.insert(0, static_cast<std::size_t>(-place), '0');
    else if (mantissa.size() < static_cast<std::size_t>(place) + 2)
        mantissa.resize(static_cast<std::size_t>(place) + 2, '0');
    mantissa.insert(place < 0 ? 1 : static_cast<std::size_t>(place) + 1, 1, '.');
    const std::size_t last = mantissa.find_last_not_of('0');
    mantissa.resize(mantissa[last] == '.' ? last + 2 : last + 1);
    return sign + mantissa;
}

std::string java_text(double value) {
    if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
    char text[64];
    const char* end =
        std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    // Java chooses among two digits where one would do.
    if (text[value < 0 ? 2 : 1] == 'e') {
        char two[64];
        const int size = std::snprintf(two, sizeof two, "%.1e", value);
        if (std::strtod(two, nullptr) == value) return java_text(two, two + size);
    }
    return java_text(text, end);
}

TEST(Differential, DoublesAsTextAndBack) {
    std::mt19937_64 random(11);
    Machine written("\"\" + p"), read("parseDouble(p)"), held("p");
    for (int i = 0; i < 20'000; ++i) {
        const double value = some_double(random);
        const std::string wanted = java_text(value);
        ASSERT_EQ(written.run(value), json::value(wanted));
        const json::value back = read.run(json::value(wanted));
        ASSERT_TRUE(back.is_double()) << wanted;
        ASSERT_EQ(std::bit_cast<std::uint64_t>(back.get_double()),
                  std::bit_cast<std::uint64_t>(value))
            << wanted;
        ASSERT_EQ(held.run(value), json::value(value));
    }
}

TEST(Differential, WholeNumbersAsTextAndBack) {
    std::mt19937_64 random(12);
    Machine written("\"\" + p"), read("parseLong(p, 10)"), radix("Long.toString((long) p, q)"),
        from_radix("Long.parseLong(p, q)"), small("Integer.parseInt(p, 10)");
    for (int i = 0; i < 10'000; ++i) {
        const auto value = some_whole<std::int64_t>(random);
        const std::string decimal = std::to_string(value);
        ASSERT_EQ(written.run(value), json::value(decimal));
        ASSERT_EQ(read.run(json::value(decimal)), json::value(value));
        const int base = 2 + static_cast<int>(random() % 35);
        char text[80];
        const std::string digits(text, std::to_chars(text, text + sizeof text, value, base).ptr);
        ASSERT_EQ(radix.run(value, base), json::value(digits));
        ASSERT_EQ(from_radix.run(json::value(digits), base), json::value(value)) << digits;
        const bool fits = value == static_cast<std::int32_t>(value);
        ASSERT_EQ(small.run(json::value(decimal)), fits ? json::value(value) : json::value());
        // One digit more is too much for most.
        std::int64_t longer = 0;
        const std::string more = decimal + "7";
        const auto [end, failed] = std::from_chars(more.data(), more.data() + more.size(), longer);
        ASSERT_EQ(read.run(json::value(more)),
                  failed == std::errc() ? json::value(longer) : json::value())
            << more;
    }
}

/// Scripts of the same operator: of Integers, of Longs, and of two Integers for the compiler.
struct Operators {
    explicit Operators(const std::string& name)
        : ints("p " + name + " q"),
          longs("def f(a, b) { return a " + name + " b; } f((long) p, (long) q)"),
          fast("var a = parseInt(p, 10); var b = parseInt(q, 10); a " + name + " b") {}
    Machine ints, longs, fast;
};

json::value of_double(double value) { return value; }

/// Of Integers: exact, of Longs: the lowest 64 bits.
std::optional<Wide> exact_result(char op, std::int64_t a, std::int64_t b) {
    switch (op) {
        case '+': return Wide{a} + b;
        case '-': return Wide{a} - b;
        case '*': return Wide{a} * b;
        default:  return b == 0 ? std::nullopt : std::optional(Wide{a} % b);
    }
}

json::value low_bits(std::optional<Wide> value, int bits) {
    if (!value) return {};
    if (bits == 32) return static_cast<std::int32_t>(*value);
    return static_cast<std::int64_t>(*value);
}

TEST(Differential, WholeNumberArithmetic) {
    std::mt19937_64 random(13);
    for (const char op : {'+', '-', '*', '%'}) {
        Operators scripts(std::string(1, op));
        for (int i = 0; i < 4'000; ++i) {
            const auto a = some_whole<std::int32_t>(random), b = some_whole<std::int32_t>(random);
            ASSERT_EQ(scripts.ints.run(a, b), low_bits(exact_result(op, a, b), 64)) << a << op << b;
            ASSERT_EQ(scripts.fast.run(a, b), low_bits(exact_result(op, a, b), op == '%' ? 64 : 32))
                << a << op << b;
            const auto c = some_whole<std::int64_t>(random), d = some_whole<std::int64_t>(random);
            ASSERT_EQ(scripts.longs.run(c, d), low_bits(exact_result(op, c, d), 64))
                << c << op << d;
        }
    }
}

TEST(Differential, Division) {
    std::mt19937_64 random(14);
    Operators scripts("/");
    const auto divided = [](double a, double b) -> json::value {
        const double value = a / b;
        if (std::isnan(value)) return "NaN";
        if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
        return of_double(value);
    };
    for (int i = 0; i < 5'000; ++i) {
        const auto a = some_whole<std::int32_t>(random), b = some_whole<std::int32_t>(random);
        ASSERT_EQ(scripts.ints.run(a, b), divided(a, b)) << a << '/' << b;
        const json::value whole = b == 0 ? json::value() : low_bits(Wide{a} / b, 32);
        ASSERT_EQ(scripts.fast.run(a, b), whole) << a << '/' << b;
        const auto c = some_whole<std::int64_t>(random), d = some_whole<std::int64_t>(random);
        ASSERT_EQ(scripts.longs.run(c, d), divided(static_cast<double>(c), static_cast<double>(d)))
            << c << '/' << d;
    }
}

/// The lowest `bits` bits of a sum without limits: shifts multiply and divide.
std::int64_t moved(const std::string& op, std::int64_t value, std::int64_t by, int bits) {
    const int count = static_cast<int>(((by % bits) + bits) % bits);
    const Wide unit = Wide{1} << count;
    Wide result = 0;
    if (op == "<<") {
        result = value * unit;
    } else {
        Wide from = value;
        if (op == ">>>" && from < 0) from += Wide{1} << bits;
        result = from / unit;
        if (result * unit > from) --result;
    }
    return bits == 32 ? static_cast<std::int32_t>(result) : static_cast<std::int64_t>(result);
}

TEST(Differential, Shifts) {
    std::mt19937_64 random(15);
    for (const std::string op : {"<<", ">>", ">>>"}) {
        Machine ints("p " + op + " q"), longs("((long) p) " + op + " q");
        for (int i = 0; i < 4'000; ++i) {
            const auto by = static_cast<std::int32_t>(random() % 200) - 100;
            const auto a = some_whole<std::int32_t>(random);
            ASSERT_EQ(ints.run(a, by), json::value(moved(op, a, by, 32))) << a << op << by;
            const auto b = some_whole<std::int64_t>(random);
            ASSERT_EQ(longs.run(b, by), json::value(moved(op, b, by, 64))) << b << op << by;
        }
    }
}

/// Rounds half up on the shortest decimal text, digit by digit.
double rounded_text(double value, std::size_t places) {
    char text[400];
    std::string digits(
        text,
        std::to_chars(text, text + sizeof text, std::fabs(value), std::chars_format::fixed).ptr);
    std::size_t point = digits.find('.');
    if (point == digits.npos) return value;
    digits.erase(point, 1);
    if (digits.size() <= point + places) return value;
    const bool up = digits[point + places] >= '5';
    digits.resize(point + places);
    Wide whole = 0;
    for (const char digit : digits) whole = whole * 10 + (digit - '0');
    if (up) ++whole;
    std::string out = value < 0 && whole > 0 ? "-" : "";
    char decimal[64];
    out.append(
        decimal,
        std::to_chars(decimal, decimal + sizeof decimal, static_cast<std::uint64_t>(whole)).ptr);
    return std::strtod((out + "e-" + std::to_string(places)).c_str(), nullptr);
}

TEST(Differential, FixedDigits) {
    std::mt19937_64 random(16);
    Machine fixed("toFixed(p, q)"), whole("toInt(p)");
    for (int i = 0; i < 10'000; ++i) {
        const int places = static_cast<int>(random() % 6);
        const double scale = std::pow(10.0, static_cast<double>(places + 1));
        // Half of them end in a five behind the last place that stays.
        double value =
            static_cast<double>(static_cast<std::int64_t>(random() % 20'000'000) - 10'000'000);
        value = (random() % 2 ? value * 10 + 5 : value) / scale;
        const json::value got = fixed.run(value, places);
        ASSERT_TRUE(got.is_double()) << value;
        ASSERT_EQ(got.get_double(), rounded_text(value, static_cast<std::size_t>(places))) << value;
        ASSERT_EQ(whole.run(value), json::value(static_cast<std::int32_t>(rounded_text(value, 0))))
            << value;
    }
}

TEST(Differential, FieldsOfDates) {
    using namespace std::chrono;
    std::mt19937_64 random(17);
    Machine script(
        "var d = new Date((long) p); [d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate(), "
        "d.getUTCDay(), d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds(), "
        "d.getUTCMilliseconds(), d.getTime()]");
    constexpr std::int64_t reach_ms =
        900'000'000'000'000;  // The calendar of <chrono> ends at 32767.
    for (int i = 0; i < 10'000; ++i) {
        const auto ms = static_cast<std::int64_t>(random() % (2 * reach_ms)) - reach_ms;
        const sys_time<milliseconds> at{milliseconds(ms)};
        const sys_days day = floor<days>(at);
        const year_month_day date(day);
        const hh_mm_ss time(at - day);
        const json::value wanted{static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()),
                                 static_cast<unsigned>(date.day()),
                                 weekday(day).iso_encoding(),
                                 time.hours().count(),
                                 time.minutes().count(),
                                 time.seconds().count(),
                                 time.subseconds().count(),
                                 ms};
        ASSERT_EQ(script.run(ms), wanted) << ms;
    }
}

TEST(Differential, SumsOfDates) {
    using namespace std::chrono;
    std::mt19937_64 random(18);
    Machine months_added("var d = new Date((long) p); d.addMonths(q); d.getTime()"),
        days_added("var d = new Date((long) p); d.addDays(q); d.getTime()"),
        made(
            "var d = new Date((long) p); new Date(d.getFullYear(), d.getMonth(), d.getDate(), "
            "d.getHours(), d.getMinutes(), d.getSeconds(), d.getMilliseconds()).getTime()");
    for (int i = 0; i < 10'000; ++i) {
        // Years from 1000 to 9999: those below 100 would be others.
        const auto ms =
            static_cast<std::int64_t>(random() % 284'000'000'000'000) - 30'600'000'000'000;
        const sys_time<milliseconds> at{milliseconds(ms)};
        const sys_days day = floor<days>(at);
        const auto amount = static_cast<int>(random() % 4'000) - 2'000;
        year_month_day date = year_month_day(day) + months(amount);
        if (!date.ok()) date = date.year() / date.month() / last;
        const auto after = sys_days(date) + (at - day);
        ASSERT_EQ(months_added.run(ms, amount), json::value(after.time_since_epoch().count()))
            << ms << ' ' << amount;
        ASSERT_EQ(days_added.run(ms, amount), json::value(ms + amount * std::int64_t{86'400'000}));
        ASSERT_EQ(made.run(ms), json::value(ms));
    }
}

}  // namespace
}  // namespace thingstead::script::tbel
