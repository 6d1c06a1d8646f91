// Values of a running script: 16 bytes, a kind and a number or a pointer. What pointers lead to
// lies in the arena of the run and goes with it; nothing has a destructor. A Text's bytes may also
// belong to the script (literals) or to the inputs.
#pragma once
#include <cstdint>
#include <string_view>

#include "script/tbel/java/date_time.h"

namespace thingstead::script::tbel {

/// In the order of Java's numeric widening from byte_ to big_integer.
enum class Kind : std::uint8_t {
    // clang-format off
    undefined,  // a variable that does not exist (yet); never seen by a script
    null, empty, boolean,
    byte_, short_, integer, long_, float_, double_, big_decimal, big_integer,
    character, string, list, map, set, array, entry, date, uuid, random,
    rolling, iterator, stream, function, class_,
    // clang-format on
};
inline constexpr std::size_t kinds = static_cast<std::size_t>(Kind::class_) + 1;

struct Text;
struct List;
struct Map;
struct Array;
struct Entry;
struct Date;
struct Digits;
struct Uuid;
struct Random;
struct Rolling;
struct Function;
struct ClassInfo;
struct Object;

struct Value {
    Kind kind = Kind::null;
    union {
        bool boolean;
        std::int32_t integer;  ///< Also byte_ and short_.
        std::int64_t long_ = 0;
        float float_;
        double double_;
        char16_t character;
        Object* object;
        Text* text;
        List* list;
        Map* map;  ///< Also a set, whose values are null.
        Array* array;
        Entry* entry;
        Date* date;
        Digits* digits;
        Uuid* uuid;
        Random* random;
        Rolling* rolling;
        const Function* function;
        const ClassInfo* class_info;
    };

    static Value of(Kind kind) {
        Value v;
        v.kind = kind;
        return v;
    }
    bool is(Kind other) const { return kind == other; }
    bool is_null() const { return kind <= Kind::empty; }
    bool is_number() const { return kind >= Kind::byte_ && kind <= Kind::big_integer; }
    bool is_object() const { return kind >= Kind::string && kind <= Kind::stream; }
};
static_assert(sizeof(Value) == 16);

inline Value make_boolean(bool b) {
    Value v = Value::of(Kind::boolean);
    v.boolean = b;
    return v;
}
inline Value make_int(std::int32_t i, Kind kind = Kind::integer) {
    Value v = Value::of(kind);
    v.integer = i;
    return v;
}
inline Value make_long(std::int64_t l) {
    Value v = Value::of(Kind::long_);
    v.long_ = l;
    return v;
}
inline Value make_double(double d) {
    Value v = Value::of(Kind::double_);
    v.double_ = d;
    return v;
}
inline Value make_float(float f) {
    Value v = Value::of(Kind::float_);
    v.float_ = f;
    return v;
}
inline Value make_character(char16_t c) {
    Value v = Value::of(Kind::character);
    v.character = c;
    return v;
}
template <class T>
Value make_object(Kind kind, T* object) {
    Value v = Value::of(kind);
    v.object = object;
    return v;
}

/// Mark of what belongs to a script and is shared by threads: never changed.
inline constexpr std::uint32_t shared_mark = ~std::uint32_t{0};

struct Object {
    std::uint32_t mark = 0;  ///< Of the last measurement that has seen it.
};

enum class Ascii : std::uint8_t { unknown, yes, no };

struct Text : Object {
    Ascii ascii = Ascii::unknown;
    std::uint32_t bytes = 0;
    const char* data = nullptr;  ///< UTF-8 (WTF-8), never changed below `bytes`.
    std::string_view view() const { return {data, bytes}; }
};

struct Items {
    Value* data = nullptr;
    std::uint32_t size = 0;
    std::uint32_t capacity = 0;
};

/// `items` leads to the own ones or, in a read-only view, to another list's.
struct List : Object {
    bool read_only = false;
    Items* items = nullptr;
    Items own;
};

struct Pair {
    Value key;
    Value value;
};

/// In order of insertion; `index` (positions + 1, open addressing) exists from index_from pairs on.
struct Table {
    static constexpr std::uint32_t index_from = 9;
    Pair* data = nullptr;
    std::uint32_t size = 0;
    std::uint32_t capacity = 0;
    std::uint32_t* index = nullptr;
    std::uint32_t index_size = 0;  ///< A power of two.
    std::uint32_t version = 0;     ///< Grows with every change of the keys.
};

struct Map : Object {
    bool read_only = false;
    Table* table = nullptr;
    Table own;
};

/// A primitive array, packed by its element: byte_, short_, integer, long_, float_, double_,
/// boolean or character.
struct Array : Object {
    Kind element = Kind::byte_;
    std::uint32_t size = 0;
    void* data = nullptr;
};

struct Entry : Object {
    Value key;
    Value value;
};

struct Date : Object {
    java::Instant instant;
};

/// BigInteger and BigDecimal: plain decimal text, "-12.50".
struct Digits : Object {
    std::uint32_t bytes = 0;
    const char* data = nullptr;
    std::string_view view() const { return {data, bytes}; }
};

struct Uuid : Object {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
};

struct Random : Object {
    std::int64_t seed = 0;  ///< State of java.util.Random.
};

/// A rolling argument of a calculated field, or several that share their times. `values` has maps:
/// {ts, value} of one series, {ts, values, v1, v2, …} of several.
struct Rolling : Object {
    std::uint32_t series = 1;
    std::int64_t start_ts = 0;
    std::int64_t end_ts = 0;
    List* values = nullptr;
};

}  // namespace thingstead::script::tbel
