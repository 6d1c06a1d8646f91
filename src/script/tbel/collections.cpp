#include "script/tbel/collections.h"

#include <algorithm>

#include "script/tbel/convert.h"
#include "script/tbel/equality.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::tbel {
namespace {

std::uint32_t slot_of(const Table& table, std::uint32_t hash) {
    hash ^= hash >> 16;
    return (hash * 0x9E3779B1u) & (table.index_size - 1);
}

void index_pair(Table& table, std::uint32_t hash, std::uint32_t at) {
    std::uint32_t slot = slot_of(table, hash);
    while (table.index[slot]) slot = (slot + 1) & (table.index_size - 1);
    table.index[slot] = at + 1;
}

template <class T>
void grow(Run& run, T*& data, std::uint32_t size, std::uint32_t& capacity) {
    const std::uint32_t wanted = std::max<std::uint32_t>(4, capacity * 2);
    T* const fresh = run.make_array<T>(wanted);
    std::copy(data, data + size, fresh);
    run.tick(size / 16);
    data = fresh;
    capacity = wanted;
}

}  // namespace

Value* find_indexed(const Table& table, std::string_view key) {
    const auto hash = static_cast<std::uint32_t>(java::hash_code(key));
    for (std::uint32_t slot = slot_of(table, hash); table.index[slot];
         slot = (slot + 1) & (table.index_size - 1)) {
        Pair& pair = table.data[table.index[slot] - 1];
        if (pair.key.is(Kind::string) && pair.key.text->view() == key) return &pair.value;
    }
    return nullptr;
}

Value* find_value(Run& run, const Table& table, const Value& key) {
    if (key.is(Kind::string)) return find_value(table, key.text->view());
    if (!table.index) {
        for (std::uint32_t i = 0; i < table.size; ++i)
            if (java_equals(run, table.data[i].key, key)) return &table.data[i].value;
        return nullptr;
    }
    const std::uint32_t hash = java_hash(run, key);
    for (std::uint32_t slot = slot_of(table, hash); table.index[slot];
         slot = (slot + 1) & (table.index_size - 1)) {
        Pair& pair = table.data[table.index[slot] - 1];
        if (java_equals(run, pair.key, key)) return &pair.value;
    }
    return nullptr;
}

void rebuild_index(Run& run, Table& table) {
    ++table.version;
    if (table.size < Table::index_from) {
        table.index = nullptr;
        return;
    }
    if (!table.index || table.index_size < 2 * table.size) {
        table.index_size = 32;
        while (table.index_size < 4 * table.size) table.index_size *= 2;
        table.index = run.make_array<std::uint32_t>(table.index_size);
    }
    std::fill(table.index, table.index + table.index_size, 0u);
    run.tick(table.size);
    for (std::uint32_t i = 0; i < table.size; ++i)
        index_pair(table, java_hash(run, table.data[i].key), i);
}

void put_raw(Run& run, Table& table, const Value& key, const Value& value) {
    if (Value* known = find_value(run, table, key)) {
        *known = value;
        return;
    }
    if (table.size == table.capacity) grow(run, table.data, table.size, table.capacity);
    table.data[table.size++] = {key, value};
    ++table.version;
    if (table.index && table.index_size >= 2 * table.size)
        index_pair(table, java_hash(run, key), table.size - 1);
    else if (table.size >= Table::index_from)
        rebuild_index(run, table);
}

void put(Run& run, Map& map, const Value& key, const Value& value) {
    require_writable(make_object(Kind::map, &map));
    if (value.is_null()) {
        remove_key(run, *map.table, key);
        return;
    }
    require_storable(value);
    require_storable(key);
    put_raw(run, *map.table, key, value);
}

bool remove_key(Run& run, Table& table, const Value& key) {
    const Value* found = find_value(run, table, key);
    if (!found) return false;
    Pair* at = table.data;
    while (&at->value != found) ++at;
    std::copy(at + 1, table.data + table.size, at);
    --table.size;
    rebuild_index(run, table);
    return true;
}

void clear(Table& table) {
    table.size = 0;
    table.index = nullptr;
    ++table.version;
}

void push(Run& run, Items& items, const Value& value) {
    if (items.size == items.capacity) grow(run, items.data, items.size, items.capacity);
    items.data[items.size++] = value;
}

void insert(Run& run, Items& items, std::uint32_t at, const Value& value) {
    push(run, items, value);
    run.tick((items.size - at) / 16);
    std::rotate(items.data + at, items.data + items.size - 1, items.data + items.size);
}

void erase(Run& run, Items& items, std::uint32_t at, std::uint32_t count) {
    run.tick((items.size - at) / 16);
    std::copy(items.data + at + count, items.data + items.size, items.data + at);
    items.size -= count;
}

Value copy_items(Run& run, const Items& items, std::uint32_t from, std::uint32_t to) {
    Value copy = run.list(to - from);
    Items& own = copy.list->own;
    own.size = to - from;
    run.tick(own.size / 16);
    std::copy(items.data + from, items.data + to, own.data);
    return copy;
}

std::int64_t index_of(Run& run, const Items& items, const Value& value, std::uint32_t from) {
    for (std::uint32_t i = from; i < items.size; ++i) {
        run.tick();
        if (java_equals(run, items.data[i], value)) return i;
    }
    return -1;
}

Value array_get(const Array& array, std::uint32_t at) {
    switch (array.element) {
        case Kind::byte_:
            return make_int(static_cast<const std::int8_t*>(array.data)[at], Kind::byte_);
        case Kind::boolean: return make_boolean(static_cast<const bool*>(array.data)[at]);
        case Kind::short_:
            return make_int(static_cast<const std::int16_t*>(array.data)[at], Kind::short_);
        case Kind::character: return make_character(static_cast<const char16_t*>(array.data)[at]);
        case Kind::integer:   return make_int(static_cast<const std::int32_t*>(array.data)[at]);
        case Kind::float_:    return make_float(static_cast<const float*>(array.data)[at]);
        case Kind::long_:     return make_long(static_cast<const std::int64_t*>(array.data)[at]);
        default:              return make_double(static_cast<const double*>(array.data)[at]);
    }
}

void array_set(Run& run, Array& array, std::uint32_t at, const Value& value) {
    const Value cast = convert_to(run, value, array.element);
    switch (array.element) {
        case Kind::byte_:
            static_cast<std::int8_t*>(array.data)[at] = static_cast<std::int8_t>(cast.integer);
            break;
        case Kind::short_:
            static_cast<std::int16_t*>(array.data)[at] = static_cast<std::int16_t>(cast.integer);
            break;
        case Kind::boolean:   static_cast<bool*>(array.data)[at] = cast.boolean; break;
        case Kind::character: static_cast<char16_t*>(array.data)[at] = cast.character; break;
        case Kind::integer:   static_cast<std::int32_t*>(array.data)[at] = cast.integer; break;
        case Kind::float_:    static_cast<float*>(array.data)[at] = cast.float_; break;
        case Kind::long_:     static_cast<std::int64_t*>(array.data)[at] = cast.long_; break;
        default:              static_cast<double*>(array.data)[at] = cast.double_; break;
    }
}

Value array_to_list(Run& run, const Array& array) {
    Value out = run.list(array.size);
    run.tick(array.size / 16);
    for (std::uint32_t i = 0; i < array.size; ++i) push(run, out.list->own, array_get(array, i));
    return out;
}

Value make_entry(Run& run, const Value& key, const Value& value) {
    Entry* entry = run.make<Entry>();
    entry->key = key;
    entry->value = value;
    return make_object(Kind::entry, entry);
}

namespace {

Value characters_of(Run& run, std::string_view text) {
    const std::u16string units = java::to_utf16(text);
    Value out = run.list(static_cast<std::uint32_t>(units.size()));
    run.tick(units.size() / 16);
    for (const char16_t unit : units) push(run, out.list->own, make_character(unit));
    return out;
}

}  // namespace

Value elements_of(Run& run, const Value& value, std::string_view what) {
    switch (value.kind) {
        case Kind::list:
        case Kind::stream:
        case Kind::iterator: return copy_items(run, *value.list->items, 0, value.list->items->size);
        case Kind::array:    return array_to_list(run, *value.array);
        case Kind::string:   return characters_of(run, value.text->view());
        case Kind::set:
        case Kind::map:      {
            const Table& table = *value.map->table;
            Value out = run.list(table.size);
            run.tick(table.size / 8);
            for (std::uint32_t i = 0; i < table.size; ++i) {
                const Pair& pair = table.data[i];
                push(run, out.list->own,
                     value.is(Kind::set) ? pair.key : make_entry(run, pair.key, pair.value));
            }
            return out;
        }
        case Kind::rolling:
            return elements_of(run, make_object(Kind::list, value.rolling->values), what);
        default: fail(std::string(what) + ": " + std::string(class_name(value)));
    }
}

void require_writable(const Value& collection) {
    if (collection.is(Kind::list) && collection.list->read_only) fail("List is unmodifiable");
    if (collection.is(Kind::map) && collection.map->read_only) fail("Map is unmodifiable");
    if (collection.is(Kind::set) && collection.map->read_only) fail("Set is unmodifiable");
}

void require_storable(const Value& value) {
    if (value.kind >= Kind::iterator)
        fail("Unsupported value type: class " + std::string(class_name(value)));
}

std::string_view class_name(const Value& value) {
    switch (value.kind) {
        case Kind::undefined:
        case Kind::null:        return "null";
        case Kind::empty:       return "org.mvel2.ast.BlankLiteral";
        case Kind::boolean:     return "java.lang.Boolean";
        case Kind::byte_:       return "java.lang.Byte";
        case Kind::short_:      return "java.lang.Short";
        case Kind::integer:     return "java.lang.Integer";
        case Kind::long_:       return "java.lang.Long";
        case Kind::float_:      return "java.lang.Float";
        case Kind::double_:     return "java.lang.Double";
        case Kind::big_decimal: return "java.math.BigDecimal";
        case Kind::big_integer: return "java.math.BigInteger";
        case Kind::character:   return "java.lang.Character";
        case Kind::string:      return "java.lang.String";
        case Kind::list:        return "java.util.ArrayList";
        case Kind::map:         return "java.util.LinkedHashMap";
        case Kind::set:         return "java.util.LinkedHashSet";
        case Kind::array:       return "[]";
        case Kind::entry:       return "java.util.Map$Entry";
        case Kind::date:        return "Date";
        case Kind::uuid:        return "java.util.UUID";
        case Kind::random:      return "java.util.Random";
        case Kind::rolling:     return "TbelCfTsRollingArg";
        case Kind::iterator:    return "java.util.Iterator";
        case Kind::stream:      return "java.util.stream.Stream";
        case Kind::function:    return "Function";
        case Kind::class_:      return "java.lang.Class";
    }
    return "";
}

}  // namespace thingstead::script::tbel
