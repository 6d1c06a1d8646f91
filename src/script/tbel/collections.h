// Lists, maps and sets: what operators and built-ins do with them.
#pragma once
#include <cstdint>
#include <string_view>

#include "script/tbel/run.h"

namespace thingstead::script::tbel {

/// Null if there is no such key. The second form is the fast one for names.
Value* find_value(Run& run, const Table& table, const Value& key);
inline Value* find_value(const Table& table, std::string_view key);
/// Sets; a null value removes the key. Throws "Map is unmodifiable".
void put(Run& run, Map& map, const Value& key, const Value& value);
/// Without the checks: `key` may be there already, `value` may be null (as in sets).
void put_raw(Run& run, Table& table, const Value& key, const Value& value);
/// Whether it was there.
bool remove_key(Run& run, Table& table, const Value& key);
void clear(Table& table);
/// After the pairs were put in another order.
void rebuild_index(Run& run, Table& table);

void push(Run& run, Items& items, const Value& value);
void insert(Run& run, Items& items, std::uint32_t at, const Value& value);
void erase(Run& run, Items& items, std::uint32_t at, std::uint32_t count = 1);
/// A list with the elements [from, to).
Value copy_items(Run& run, const Items& items, std::uint32_t from, std::uint32_t to);

/// The position of an element, or -1.
std::int64_t index_of(Run& run, const Items& items, const Value& value, std::uint32_t from = 0);

Value array_get(const Array& array, std::uint32_t at);
/// Converts as Java casts; throws where it cannot.
void array_set(Run& run, Array& array, std::uint32_t at, const Value& value);
Value array_to_list(Run& run, const Array& array);

/// Elements of a list, array, set, text, or the entries of a map, as a list; `what` for the error.
Value elements_of(Run& run, const Value& value, std::string_view what);

/// Throws where the list, map or set is a read-only view.
void require_writable(const Value& collection);
/// Throws "Unsupported value type" for what no variable and no collection may hold.
void require_storable(const Value& value);

/// A detached entry.
Value make_entry(Run& run, const Value& key, const Value& value);

/// The name of a value's class: "java.lang.Integer".
std::string_view class_name(const Value& value);

Value* find_indexed(const Table& table, std::string_view key);

inline Value* find_value(const Table& table, std::string_view key) {
    if (table.index) return find_indexed(table, key);
    for (Pair* pair = table.data; pair != table.data + table.size; ++pair)
        if (pair->key.is(Kind::string) && pair->key.text->bytes == key.size() &&
            std::memcmp(pair->key.text->data, key.data(), key.size()) == 0)
            return &pair->value;
    return nullptr;
}

}  // namespace thingstead::script::tbel
