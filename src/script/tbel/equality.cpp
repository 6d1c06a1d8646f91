#include "script/tbel/equality.h"

#include <bit>

#include "script/tbel/big.h"
#include "script/tbel/collections.h"
#include "script/tbel/java/number_text.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::tbel {

double number_as_double(const Value& value) {
    switch (value.kind) {
        case Kind::byte_:
        case Kind::short_:
        case Kind::integer: return value.integer;
        case Kind::long_:   return static_cast<double>(value.long_);
        case Kind::float_:  return value.float_;
        case Kind::double_: return value.double_;
        default:            return big_as_double(value);
    }
}

std::int64_t number_as_long(const Value& value) {
    switch (value.kind) {
        case Kind::byte_:
        case Kind::short_:
        case Kind::integer:     return value.integer;
        case Kind::long_:       return value.long_;
        case Kind::big_decimal:
        case Kind::big_integer: return big_as_long(value);
        default:                return java::narrow_to_long(number_as_double(value));
    }
}

std::int32_t number_as_int(const Value& value) {
    switch (value.kind) {
        case Kind::byte_:
        case Kind::short_:
        case Kind::integer: return value.integer;
        case Kind::float_:
        case Kind::double_: return java::narrow_to_int(number_as_double(value));
        default:            return static_cast<std::int32_t>(number_as_long(value));
    }
}

namespace {

bool equal_items(Run& run, const Items& left, const Items& right, std::uint32_t depth) {
    if (left.size != right.size) return false;
    for (std::uint32_t i = 0; i < left.size; ++i)
        if (!java_equals(run, left.data[i], right.data[i], depth)) return false;
    return true;
}

bool equal_tables(Run& run, const Table& left, const Table& right, std::uint32_t depth) {
    if (left.size != right.size) return false;
    for (std::uint32_t i = 0; i < left.size; ++i) {
        const Value* other = find_value(run, right, left.data[i].key);
        if (!other || !java_equals(run, left.data[i].value, *other, depth)) return false;
    }
    return true;
}

}  // namespace

bool java_equals(Run& run, const Value& left, const Value& right, std::uint32_t depth) {
    if (left.is_null() || right.is_null()) return left.is_null() && right.is_null();
    if (left.kind != right.kind) return false;
    switch (left.kind) {
        case Kind::boolean:     return left.boolean == right.boolean;
        case Kind::byte_:
        case Kind::short_:
        case Kind::integer:     return left.integer == right.integer;
        case Kind::long_:       return left.long_ == right.long_;
        case Kind::character:   return left.character == right.character;
        case Kind::string:      return left.text->view() == right.text->view();
        case Kind::big_decimal:
        case Kind::big_integer: return left.digits->view() == right.digits->view();
        case Kind::uuid:
            return left.uuid->high == right.uuid->high && left.uuid->low == right.uuid->low;
        case Kind::float_:
            return std::bit_cast<std::uint32_t>(left.float_) ==
                       std::bit_cast<std::uint32_t>(right.float_) ||
                   (left.float_ != left.float_ && right.float_ != right.float_);
        case Kind::double_:
            return std::bit_cast<std::uint64_t>(left.double_) ==
                       std::bit_cast<std::uint64_t>(right.double_) ||
                   (left.double_ != left.double_ && right.double_ != right.double_);
        default: break;
    }
    if (depth > data_depth_max) fail("StackOverflowError");
    run.tick();
    if (left.is(Kind::list))
        return equal_items(run, *left.list->items, *right.list->items, depth + 1);
    if (left.is(Kind::map) || left.is(Kind::set))
        return equal_tables(run, *left.map->table, *right.map->table, depth + 1);
    if (left.is(Kind::entry))
        return java_equals(run, left.entry->key, right.entry->key, depth + 1) &&
               java_equals(run, left.entry->value, right.entry->value, depth + 1);
    if (left.is(Kind::class_)) return left.class_info == right.class_info;
    return left.object == right.object;
}

std::uint32_t java_hash(Run& run, const Value& value, std::uint32_t depth) {
    const auto folded = [](std::uint64_t bits) {
        return static_cast<std::uint32_t>(bits ^ (bits >> 32));
    };
    if (value.is_null()) return 0;
    switch (value.kind) {
        case Kind::boolean:   return value.boolean ? 1231 : 1237;
        case Kind::byte_:
        case Kind::short_:
        case Kind::integer:   return static_cast<std::uint32_t>(value.integer);
        case Kind::long_:     return folded(static_cast<std::uint64_t>(value.long_));
        case Kind::float_:    return std::bit_cast<std::uint32_t>(value.float_);
        case Kind::double_:   return folded(std::bit_cast<std::uint64_t>(value.double_));
        case Kind::character: return value.character;
        case Kind::string:    return static_cast<std::uint32_t>(java::hash_code(value.text->view()));
        case Kind::big_decimal:
        case Kind::big_integer:
            return static_cast<std::uint32_t>(java::hash_code(value.digits->view()));
        case Kind::uuid: return folded(value.uuid->high ^ value.uuid->low);
        default:         break;
    }
    if (depth > data_depth_max) fail("StackOverflowError");
    run.tick();
    if (value.is(Kind::list)) {
        std::uint32_t hash = 1;
        const Items& items = *value.list->items;
        for (std::uint32_t i = 0; i < items.size; ++i)
            hash = 31 * hash + java_hash(run, items.data[i], depth + 1);
        return hash;
    }
    if (value.is(Kind::map) || value.is(Kind::set)) {
        std::uint32_t hash = 0;
        const Table& table = *value.map->table;
        for (std::uint32_t i = 0; i < table.size; ++i)
            hash += java_hash(run, table.data[i].key, depth + 1) ^
                    java_hash(run, table.data[i].value, depth + 1);
        return hash;
    }
    if (value.is(Kind::entry))
        return java_hash(run, value.entry->key, depth + 1) ^
               java_hash(run, value.entry->value, depth + 1);
    return folded(reinterpret_cast<std::uintptr_t>(value.object));
}

}  // namespace thingstead::script::tbel
