// java.util.LinkedHashMap, LinkedHashSet and Map.Entry, and what the script language adds.
#include "script/tbel/builtin/arguments.h"
#include "script/tbel/builtin/tables.h"
#include "script/tbel/memory.h"

namespace thingstead::script::tbel {
namespace maps {
namespace {

Table& table(Call& call) { return *call.self.map->table; }
Table& writable(Call& call) {
    require_writable(call.self);
    return table(call);
}

Value copy_of(Call& call, std::uint32_t from, std::uint32_t to) {
    Value out = call.run.map(to - from);
    out.kind = call.self.kind;
    call.run.tick((to - from) / 8);
    Table& own = out.map->own;
    own.size = to - from;
    std::copy(table(call).data + from, table(call).data + to, own.data);
    rebuild_index(call.run, own);
    return out;
}
Value copy(Call& call) { return copy_of(call, 0, table(call).size); }

Value size(Call& call) { return int_value(table(call).size); }
Value is_empty(Call& call) { return make_boolean(table(call).size == 0); }

Value get(Call& call) {
    const Value* found = find_value(call.run, table(call), call.at(0));
    return found ? *found : null_value();
}

Value get_or_default(Call& call) {
    const Value* found = find_value(call.run, table(call), call.at(0));
    return found ? *found : call.at(1);
}

Value put(Call& call) {
    const Value before = get(call);
    tbel::put(call.run, *call.self.map, call.at(0), call.at(1));
    return before;
}

Value put_if_absent(Call& call) {
    const Value before = get(call);
    if (before.is_null()) tbel::put(call.run, *call.self.map, call.at(0), call.at(1));
    return before;
}

Value put_all(Call& call) {
    writable(call);
    if (!call.at(0).is(Kind::map)) fail("putAll needs a map");
    const Table& other = *call.at(0).map->table;
    const std::uint32_t count = other.size;
    for (std::uint32_t i = 0; i < count && i < other.size; ++i)
        tbel::put(call.run, *call.self.map, other.data[i].key, other.data[i].value);
    return null_value();
}

Value remove(Call& call) {
    const Value before = get(call);
    remove_key(call.run, writable(call), call.at(0));
    return before;
}

Value replace(Call& call) {
    writable(call);
    const Value before = get(call);
    if (call.count == 3) {
        const bool same = !before.is_null() && java_equals(call.run, before, call.at(1));
        if (same) tbel::put(call.run, *call.self.map, call.at(0), call.at(2));
        return make_boolean(same);
    }
    if (!before.is_null()) tbel::put(call.run, *call.self.map, call.at(0), call.at(1));
    return before;
}

Value contains_key(Call& call) {
    return make_boolean(find_value(call.run, table(call), call.at(0)) != nullptr);
}

Value contains_value(Call& call) {
    for (std::uint32_t i = 0; i < table(call).size; ++i)
        if (java_equals(call.run, table(call).data[i].value, call.at(0))) return make_boolean(true);
    return make_boolean(false);
}

Value clear_all(Call& call) {
    clear(writable(call));
    return null_value();
}

Value keys(Call& call) {
    const Value out = call.run.list(table(call).size);
    for (std::uint32_t i = 0; i < table(call).size; ++i)
        push(call.run, out.list->own, table(call).data[i].key);
    return out;
}

Value values(Call& call) {
    const Value out = call.run.list(table(call).size);
    for (std::uint32_t i = 0; i < table(call).size; ++i)
        push(call.run, out.list->own, table(call).data[i].value);
    return out;
}

Value key_set(Call& call) {
    const Value out = call.run.set();
    for (std::uint32_t i = 0; i < table(call).size; ++i)
        put_raw(call.run, out.map->own, table(call).data[i].key, null_value());
    return out;
}

Value entry_set(Call& call) {
    const Value entries = elements_of(call.run, call.self, "");
    const Value out = call.run.set();
    for (std::uint32_t i = 0; i < entries.list->own.size; ++i)
        put_raw(call.run, out.map->own, entries.list->own.data[i], null_value());
    return out;
}

enum class By : std::uint8_t { key, value };

void sort_pairs(Run& run, Table& pairs, By by, bool ascending) {
    std::vector<Value> sorted_by;
    for (std::uint32_t i = 0; i < pairs.size; ++i)
        sorted_by.push_back(by == By::key ? pairs.data[i].key : pairs.data[i].value);
    const std::vector<std::uint32_t> order = sorted_order(run, sorted_by, ascending);
    const std::vector<Pair> before(pairs.data, pairs.data + pairs.size);
    for (std::uint32_t i = 0; i < pairs.size; ++i) pairs.data[i] = before[order[i]];
    rebuild_index(run, pairs);
}

Value sort_by_key(Call& call) {
    sort_pairs(call.run, writable(call), By::key, boolean_at(call, 0, true));
    return null_value();
}
Value sort_by_value(Call& call) {
    sort_pairs(call.run, writable(call), By::value, boolean_at(call, 0, true));
    return null_value();
}
Value to_sorted_by_key(Call& call) {
    const Value out = copy(call);
    sort_pairs(call.run, out.map->own, By::key, boolean_at(call, 0, true));
    return out;
}
Value to_sorted_by_value(Call& call) {
    const Value out = copy(call);
    sort_pairs(call.run, out.map->own, By::value, boolean_at(call, 0, true));
    return out;
}

void reverse_pairs(Run& run, Table& pairs) {
    std::reverse(pairs.data, pairs.data + pairs.size);
    rebuild_index(run, pairs);
}
Value reverse(Call& call) {
    reverse_pairs(call.run, writable(call));
    return null_value();
}
Value to_reversed(Call& call) {
    const Value out = copy(call);
    reverse_pairs(call.run, out.map->own);
    return out;
}

/// Values, by their text, become keys; keys that share one become a list.
Value to_inverted(Call& call) {
    const Value groups = call.run.map();
    for (std::uint32_t i = 0; i < table(call).size; ++i) {
        const Pair& pair = table(call).data[i];
        const Value text = call.run.text(text_of(call.run, pair.value));
        Value* group = find_value(call.run, groups.map->own, text);
        if (!group) {
            put_raw(call.run, groups.map->own, text, call.run.list());
            group = find_value(call.run, groups.map->own, text);
        }
        push(call.run, group->list->own, pair.value);
        push(call.run, group->list->own, pair.key);
    }
    const Value out = call.run.map();
    for (std::uint32_t i = 0; i < groups.map->own.size; ++i) {
        const Items& group = groups.map->own.data[i].value.list->own;  // value, key, value, key…
        Value inverted = group.data[1];
        if (group.size > 2) {
            inverted = call.run.list();
            for (std::uint32_t k = 1; k < group.size; k += 2)
                push(call.run, inverted.list->own, group.data[k]);
        }
        put_raw(call.run, out.map->own, group.data[0], inverted);
    }
    return out;
}

Value invert(Call& call) {
    Table& own = writable(call);
    const Value inverted = to_inverted(call);
    own = inverted.map->own;
    return null_value();
}

Value slice(Call& call) {
    const std::uint32_t all = table(call).size;
    const std::uint32_t from = clamped_index(int_at(call, 0, 0), all);
    const std::uint32_t to = call.has(1) ? clamped_index(int_at(call, 1), all) : all;
    if (from > to)
        fail("fromIndex(" + std::to_string(from) + ") > toIndex(" + std::to_string(to) + ")");
    return copy_of(call, from, to);
}

Value to_unmodifiable(Call& call) {
    Value view = call.run.map();
    view.kind = call.self.kind;
    view.map->table = &table(call);
    view.map->read_only = true;
    return view;
}

Value memory_size(Call& call) {
    MemoryMeter meter(call.run.next_mark());
    meter.add(call.self);
    return make_long(static_cast<std::int64_t>(meter.bytes()));
}

Value equals(Call& call) { return make_boolean(java_equals(call.run, call.self, call.at(0))); }
Value to_string(Call& call) { return call.run.text(text_of(call.run, call.self)); }
Value hash_code(Call& call) {
    return make_int(static_cast<std::int32_t>(java_hash(call.run, call.self)));
}

constexpr StaticType integer = StaticType::int_, boolean = StaticType::boolean,
                     list = StaticType::list, map = StaticType::map, set = StaticType::set;

constexpr Method methods[] = {
    // clang-format off
    {"size", size, 0, 0, integer},
    {"isEmpty", is_empty, 0, 0, boolean},
    {"get", get, 1, 1},
    {"getOrDefault", get_or_default, 2, 2},
    {"put", put, 2, 2},
    {"putIfAbsent", put_if_absent, 2, 2},
    {"putAll", put_all, 1, 1},
    {"remove", remove, 1, 1},
    {"replace", replace, 2, 3},
    {"containsKey", contains_key, 1, 1, boolean},
    {"containsValue", contains_value, 1, 1, boolean},
    {"clear", clear_all, 0, 0},
    {"keys", keys, 0, 0, list},
    {"keySet", key_set, 0, 0, set},
    {"values", values, 0, 0, list},
    {"entrySet", entry_set, 0, 0, set},
    {"sortByKey", sort_by_key, 0, 1},
    {"sortByValue", sort_by_value, 0, 1},
    {"toSorted", to_sorted_by_key, 0, 1, map},
    {"toSortedByKey", to_sorted_by_key, 0, 1, map},
    {"toSortedByValue", to_sorted_by_value, 0, 1, map},
    {"reverse", reverse, 0, 0},
    {"toReversed", to_reversed, 0, 0, map},
    {"invert", invert, 0, 0},
    {"toInverted", to_inverted, 0, 0, map},
    {"slice", slice, 0, 2, map},
    {"clone", copy, 0, 0},
    {"toUnmodifiable", to_unmodifiable, 0, 0, map},
    {"memorySize", memory_size, 0, 0, StaticType::long_},
    {"iterator", [](Call& call) {
        Value out = elements_of(call.run, call.self, "");
        out.kind = Kind::iterator;
        return out;
    }, 0, 0},
    {"equals", equals, 1, 1, boolean},
    {"toString", to_string, 0, 0, StaticType::string},
    {"hashCode", hash_code, 0, 0, integer},
    // clang-format on
};

// --- sets

const Value& storable(Call& call, const Value& value) {
    require_storable(value);
    tbel::require_writable(call.self);
    return value;
}

Value add(Call& call) {
    const std::uint32_t before = writable(call).size;
    put_raw(call.run, table(call), storable(call, call.at(0)), null_value());
    return make_boolean(table(call).size > before);
}

Value add_all(Call& call) {
    const Value more = elements_at(call, 0);
    const std::uint32_t before = writable(call).size;
    for (std::uint32_t i = 0; i < more.list->items->size; ++i)
        put_raw(call.run, table(call), more.list->items->data[i], null_value());
    return make_boolean(table(call).size > before);
}

Value remove_element(Call& call) {
    return make_boolean(remove_key(call.run, writable(call), call.at(0)));
}

Value remove_elements(Call& call) {
    const Value other = elements_at(call, 0);
    bool changed = false;
    for (std::uint32_t i = 0; i < other.list->items->size; ++i)
        changed = remove_key(call.run, writable(call), other.list->items->data[i]) || changed;
    return make_boolean(changed);
}

Value contains_all(Call& call) {
    const Value other = elements_at(call, 0);
    for (std::uint32_t i = 0; i < other.list->items->size; ++i)
        if (!find_value(call.run, table(call), other.list->items->data[i]))
            return make_boolean(false);
    return make_boolean(true);
}

Value stream(Call& call) {
    Value out = keys(call);
    out.kind = Kind::stream;
    return out;
}

constexpr Method of_sets[] = {
    // clang-format off
    {"add", add, 1, 1, boolean},
    {"addAll", add_all, 1, 1, boolean},
    {"remove", remove_element, 1, 1, boolean},
    {"removeAll", remove_elements, 1, 1, boolean},
    {"contains", contains_key, 1, 1, boolean},
    {"containsAll", contains_all, 1, 1, boolean},
    {"size", size, 0, 0, integer},
    {"isEmpty", is_empty, 0, 0, boolean},
    {"clear", clear_all, 0, 0},
    {"toArray", keys, 0, 0, list},
    {"toList", keys, 0, 0, list},
    {"iterator", [](Call& call) {
        Value out = keys(call);
        out.kind = Kind::iterator;
        return out;
    }, 0, 0},
    {"stream", stream, 0, 0},
    {"clone", copy, 0, 0},
    {"sort", sort_by_key, 0, 1},
    {"toSorted", to_sorted_by_key, 0, 1, set},
    {"toUnmodifiable", to_unmodifiable, 0, 0, set},
    {"memorySize", memory_size, 0, 0, StaticType::long_},
    {"equals", equals, 1, 1, boolean},
    {"toString", to_string, 0, 0, StaticType::string},
    {"hashCode", hash_code, 0, 0, integer},
    // clang-format on
};

// --- entries

Value entry_key(Call& call) { return call.self.entry->key; }
Value entry_value(Call& call) { return call.self.entry->value; }
Value set_entry_value(Call& call) {
    const Value before = call.self.entry->value;
    require_storable(call.at(0));
    call.self.entry->value = call.at(0);
    return before;
}

constexpr Method of_entries[] = {
    {"getKey", entry_key, 0, 0},
    {"getValue", entry_value, 0, 0},
    {"setValue", set_entry_value, 1, 1},
    {"equals", equals, 1, 1, boolean},
    {"hashCode", hash_code, 0, 0, integer},
    {"toString", to_string, 0, 0, StaticType::string},
};

}  // namespace
}  // namespace maps

std::span<const Method> map_methods() { return maps::methods; }
std::span<const Method> set_methods() { return maps::of_sets; }
std::span<const Method> entry_methods() { return maps::of_entries; }

Value new_map(Call& call) {
    if (call.count == 0 || call.at(0).is_number()) return call.run.map();
    if (!call.at(0).is(Kind::map))
        fail("cannot make a map of " + std::string(class_name(call.at(0))));
    Call copied{call.run, call.at(0), nullptr, 0};
    return maps::copy(copied);
}

Value new_set(Call& call) {
    const Value out = call.run.set();
    if (call.count == 0 || call.at(0).is_number()) return out;
    const Value elements = elements_at(call, 0);
    for (std::uint32_t i = 0; i < elements.list->items->size; ++i)
        put_raw(call.run, out.map->own, elements.list->items->data[i], null_value());
    return out;
}

}  // namespace thingstead::script::tbel
