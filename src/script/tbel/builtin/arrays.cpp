// Primitive arrays, java.util.Arrays, java.util.Collections, UUID and Random.
#include <cmath>

#include "base/uuid.h"
#include "script/tbel/builtin/arguments.h"
#include "script/tbel/builtin/tables.h"

namespace thingstead::script::tbel {
namespace arrays {
namespace {

Value length(Call& call) { return int_value(call.self.array->size); }

Value copy(Call& call) {
    const Array& from = *call.self.array;
    const Value out = call.run.array(from.element, from.size);
    std::memcpy(out.array->data, from.data, element_bytes(from.element) * from.size);
    return out;
}

Value to_string(Call& call) { return call.run.text(text_of(call.run, call.self)); }
Value equals(Call& call) { return make_boolean(java_equals(call.run, call.self, call.at(0))); }

constexpr Method methods[] = {
    {"length", length, 0, 0},
    {"clone", copy, 0, 0, StaticType::array},
    {"toString", to_string, 0, 0, StaticType::string},
    {"equals", equals, 1, 1, StaticType::boolean},
};

// --- java.util.Arrays and Collections

Value as_list(Call& call) {
    if (call.count == 1 && (call.at(0).is(Kind::array) || call.at(0).is(Kind::list)))
        return elements_at(call, 0);
    const Value out = call.run.list(call.count);
    for (std::uint32_t i = 0; i < call.count; ++i) {
        require_storable(call.at(i));
        push(call.run, out.list->own, call.at(i));
    }
    return out;
}

Value text_of_array(Call& call) { return call.run.text(text_of(call.run, call.at(0))); }

Value copy_of_range(Call& call) {
    const bool is_range = call.count == 3;
    const std::int32_t from = is_range ? int_at(call, 1) : 0;
    const std::int32_t to = int_at(call, is_range ? 2 : 1);
    if (from < 0 || from > to) fail(std::to_string(from) + " > " + std::to_string(to));
    if (!call.at(0).is(Kind::array)) {
        const Value elements = elements_at(call, 0);
        const Value out = call.run.list();
        for (std::int32_t i = from; i < to; ++i) {
            const bool inside = static_cast<std::uint32_t>(i) < elements.list->own.size;
            push(call.run, out.list->own, inside ? elements.list->own.data[i] : null_value());
        }
        return out;
    }
    const Array& source = *call.at(0).array;
    const Value out = call.run.array(source.element, std::int64_t{to} - from);
    for (std::int32_t i = from; i < to && static_cast<std::uint32_t>(i) < source.size; ++i)
        array_set(call.run, *out.array, static_cast<std::uint32_t>(i - from),
                  array_get(source, static_cast<std::uint32_t>(i)));
    return out;
}

Value equal(Call& call) {
    return make_boolean(java_equals(call.run, elements_at(call, 0), elements_at(call, 1)));
}

constexpr Method of_arrays[] = {
    {"asList", as_list, 0, arguments_max, StaticType::list},
    {"toString", text_of_array, 1, 1, StaticType::string},
    {"copyOf", copy_of_range, 2, 2},
    {"copyOfRange", copy_of_range, 3, 3},
    {"equals", equal, 2, 2, StaticType::boolean},
};

Items& own_items(Call& call) {
    if (!call.at(0).is(Kind::list)) fail("a list is needed");
    require_writable(call.at(0));
    return *call.at(0).list->items;
}

/// max and min; the order of elements of one kind.
Value extreme(Call& call, Operator better) {
    const Value elements = elements_at(call, 0);
    const Items& items = *elements.list->items;
    if (items.size == 0) fail("NoSuchElementException");
    Value best = items.data[0];
    for (std::uint32_t i = 1; i < items.size; ++i)
        if (compare(call.run, better, items.data[i], best)) best = items.data[i];
    return best;
}
Value maximum(Call& call) { return extreme(call, Operator::greater); }
Value minimum(Call& call) { return extreme(call, Operator::less); }

Value sort(Call& call) {
    Items& items = own_items(call);
    std::stable_sort(items.data, items.data + items.size, [&](const Value& a, const Value& b) {
        return compare(call.run, Operator::less, a, b);
    });
    return null_value();
}

Value reverse(Call& call) {
    Items& items = own_items(call);
    std::reverse(items.data, items.data + items.size);
    return null_value();
}

Value empty_list(Call& call) { return call.run.list(); }
Value empty_map(Call& call) { return call.run.map(); }

constexpr Method of_collections[] = {
    {"max", maximum, 1, 1},
    {"min", minimum, 1, 1},
    {"sort", sort, 1, 1},
    {"reverse", reverse, 1, 1},
    {"emptyList", empty_list, 0, 0, StaticType::list},
    {"emptyMap", empty_map, 0, 0, StaticType::map},
};

// --- UUID

Value make_uuid(Run& run, const thingstead::Uuid& from) {
    Uuid* uuid = run.make<Uuid>();
    uuid->high = from.msb;
    uuid->low = from.lsb;
    return make_object(Kind::uuid, uuid);
}

Value random_uuid(Call& call) { return make_uuid(call.run, new_random_uuid()); }
Value uuid_from_string(Call& call) {
    return make_uuid(call.run, take(parse_uuid(text_at(call, 0))));
}
Value uuid_high(Call& call) { return make_long(static_cast<std::int64_t>(call.self.uuid->high)); }
Value uuid_low(Call& call) { return make_long(static_cast<std::int64_t>(call.self.uuid->low)); }

constexpr Method uuid_static_methods[] = {
    {"randomUUID", random_uuid,      0, 0},
    {"fromString", uuid_from_string, 1, 1},
};
constexpr Method of_uuids[] = {
    {"toString",                to_string, 0, 0, StaticType::string },
    {"getMostSignificantBits",  uuid_high, 0, 0, StaticType::long_  },
    {"getLeastSignificantBits", uuid_low,  0, 0, StaticType::long_  },
    {"equals",                  equals,    1, 1, StaticType::boolean},
};

// --- java.util.Random: the generator that its contract prescribes

std::int32_t next_bits(Random& random, int bits) {
    constexpr std::uint64_t mask = (std::uint64_t{1} << 48) - 1;
    const std::uint64_t seed =
        (static_cast<std::uint64_t>(random.seed) * 0x5DEECE66DULL + 0xBULL) & mask;
    random.seed = static_cast<std::int64_t>(seed);
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(seed >> (48 - bits)));
}

double next_double(Random& random) {
    const std::int64_t high =
        static_cast<std::int64_t>(static_cast<std::uint32_t>(next_bits(random, 26))) << 27;
    return static_cast<double>(high + static_cast<std::uint32_t>(next_bits(random, 27))) *
           0x1.0p-53;
}

std::int32_t next_below(Random& random, std::int32_t bound) {
    if (bound <= 0) fail("bound must be positive");
    const std::int32_t bits = next_bits(random, 31);
    if ((bound & (bound - 1)) == 0)
        return static_cast<std::int32_t>((std::int64_t{bound} * bits) >> 31);
    std::int64_t candidate = bits, rest = candidate % bound;
    while (candidate - rest + (bound - 1) > 0x7FFFFFFF) {
        candidate = next_bits(random, 31);
        rest = candidate % bound;
    }
    return static_cast<std::int32_t>(rest);
}

Value random_int(Call& call) {
    Random& random = *call.self.random;
    if (call.count == 0) return make_int(next_bits(random, 32));
    if (call.count == 1) return make_int(next_below(random, int_at(call, 0)));
    const std::int32_t from = int_at(call, 0), to = int_at(call, 1);
    if (from >= to || std::int64_t{to} - from > 0x7FFFFFFF)
        fail("bound must be greater than origin");
    return make_int(from + next_below(random, to - from));
}
Value random_double(Call& call) { return make_double(next_double(*call.self.random)); }
Value random_boolean(Call& call) { return make_boolean(next_bits(*call.self.random, 1) != 0); }
Value random_long(Call& call) {
    const auto high = static_cast<std::uint64_t>(std::int64_t{next_bits(*call.self.random, 32)});
    const auto low = static_cast<std::uint64_t>(std::int64_t{next_bits(*call.self.random, 32)});
    return make_long(static_cast<std::int64_t>((high << 32) + low));
}
Value random_gaussian(Call& call) {
    for (;;) {
        const double a = 2 * next_double(*call.self.random) - 1;
        const double b = 2 * next_double(*call.self.random) - 1;
        const double s = a * a + b * b;
        if (s < 1 && s != 0) return make_double(a * std::sqrt(-2 * std::log(s) / s));
    }
}

constexpr Method of_randoms[] = {
    {"nextInt",      random_int,      0, 2, StaticType::int_   },
    {"nextLong",     random_long,     0, 0, StaticType::long_  },
    {"nextDouble",   random_double,   0, 0, StaticType::double_},
    {"nextBoolean",  random_boolean,  0, 0, StaticType::boolean},
    {"nextGaussian", random_gaussian, 0, 0, StaticType::double_},
};

}  // namespace
}  // namespace arrays

std::span<const Method> array_methods() { return arrays::methods; }
std::span<const Method> arrays_statics() { return arrays::of_arrays; }
std::span<const Method> collections_statics() { return arrays::of_collections; }
std::span<const Method> uuid_statics() { return arrays::uuid_static_methods; }
std::span<const Method> uuid_methods() { return arrays::of_uuids; }
std::span<const Method> random_methods() { return arrays::of_randoms; }

Value new_random(Call& call) {
    constexpr std::int64_t scramble = 0x5DEECE66DLL;
    Random* random = call.run.make<Random>();
    const std::int64_t seed =
        call.count ? long_at(call, 0) : static_cast<std::int64_t>(call.run.random_bits());
    random->seed = (seed ^ scramble) & ((std::int64_t{1} << 48) - 1);
    return make_object(Kind::random, random);
}

Value new_uuid(Call& call) {
    if (call.count != 2) fail("UUID needs two numbers");
    Uuid* uuid = call.run.make<Uuid>();
    uuid->high = static_cast<std::uint64_t>(long_at(call, 0));
    uuid->low = static_cast<std::uint64_t>(long_at(call, 1));
    return make_object(Kind::uuid, uuid);
}

}  // namespace thingstead::script::tbel
