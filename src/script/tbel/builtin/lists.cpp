// java.util.ArrayList and what the script language adds; iterators and streams.
#include <charconv>

#include "script/tbel/builtin/arguments.h"
#include "script/tbel/builtin/tables.h"
#include "script/tbel/java/number_text.h"
#include "script/tbel/java/text.h"
#include "script/tbel/memory.h"

namespace thingstead::script::tbel {

std::vector<std::uint32_t> sorted_order(Run& run, const std::vector<Value>& values,
                                        bool ascending) {
    std::vector<double> numbers;
    std::vector<std::string> texts;
    for (const Value& value : values) {
        run.tick(8);
        if (value.is_number() && numbers.size() == texts.size()) {
            numbers.push_back(number_as_double(value));
            texts.emplace_back();
            continue;
        }
        const auto number = java::parse_double(view_of(run, value));
        if (!number) {
            numbers.clear();
            break;
        }
        numbers.push_back(*number);
        texts.emplace_back();
    }
    const bool numeric = numbers.size() == values.size();
    if (!numeric) {
        texts.clear();
        std::size_t bytes = 0;
        for (const Value& value : values) {
            texts.push_back(text_of(run, value));
            if ((bytes += texts.back().size()) > run.memory_max())
                throw Failure{ErrorCode::limit_reached, "Script memory overflow!", nowhere};
        }
    }
    std::vector<std::uint32_t> order(values.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto before = [&](std::uint32_t a, std::uint32_t b) {
        run.tick();
        if (!ascending) std::swap(a, b);
        return numeric ? numbers[a] < numbers[b] : java::compare(texts[a], texts[b]) < 0;
    };
    std::stable_sort(order.begin(), order.end(), before);
    return order;
}

namespace lists {
namespace {

Items& items(Call& call) { return *call.self.list->items; }
Items& writable(Call& call) {
    require_writable(call.self);
    return items(call);
}

const Value& storable(Call& call, std::uint32_t i) {
    require_storable(call.at(i));
    return call.at(i);
}

std::uint32_t position(std::int32_t at, std::uint32_t size) {
    if (at < 0 || static_cast<std::uint32_t>(at) >= size)
        fail("Index " + std::to_string(at) + " out of bounds for length " + std::to_string(size));
    return static_cast<std::uint32_t>(at);
}

std::uint32_t insert_position(std::int32_t at, std::uint32_t size) {
    if (at < 0 || static_cast<std::uint32_t>(at) > size)
        fail("Index: " + std::to_string(at) + ", Size: " + std::to_string(size));
    return static_cast<std::uint32_t>(at);
}

Value copy(Call& call) { return copy_items(call.run, items(call), 0, items(call).size); }

Value size(Call& call) { return int_value(items(call).size); }
Value is_empty(Call& call) { return make_boolean(items(call).size == 0); }
Value get(Call& call) { return items(call).data[position(int_at(call, 0), items(call).size)]; }

Value set(Call& call) {
    Items& own = writable(call);
    const Value before = own.data[position(int_at(call, 0), own.size)];
    own.data[position(int_at(call, 0), own.size)] = storable(call, 1);
    return before;
}

Value add(Call& call) {
    Items& own = writable(call);
    if (call.count == 1) {
        push(call.run, own, storable(call, 0));
        return make_boolean(true);
    }
    insert(call.run, own, insert_position(int_at(call, 0), own.size), storable(call, 1));
    return null_value();
}

Value add_all(Call& call) {
    Items& own = writable(call);
    const bool at_place = call.count == 2;
    const Value more = elements_at(call, at_place ? 1 : 0);
    std::uint32_t at = at_place ? insert_position(int_at(call, 0), own.size) : own.size;
    const std::uint32_t count = more.list->items->size, before = own.size;
    for (std::uint32_t i = 0; i < count; ++i) push(call.run, own, more.list->items->data[i]);
    call.run.tick(own.size / 16);
    std::rotate(own.data + at, own.data + before, own.data + own.size);
    return make_boolean(count > 0);
}

Value remove(Call& call) {
    Items& own = writable(call);
    if (call.at(0).is(Kind::integer)) {
        const std::uint32_t at = position(call.at(0).integer, own.size);
        const Value removed = own.data[at];
        erase(call.run, own, at);
        return removed;
    }
    const std::int64_t at = tbel::index_of(call.run, own, call.at(0));
    if (at >= 0) erase(call.run, own, static_cast<std::uint32_t>(at));
    return make_boolean(at >= 0);
}

/// removeAll and retainAll.
Value keep_if(Call& call, bool keep_members) {
    Items& own = writable(call);
    const Value other = elements_at(call, 0);
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < own.size; ++i) {
        const bool member = tbel::index_of(call.run, *other.list->items, own.data[i]) >= 0;
        if (member == keep_members) own.data[kept++] = own.data[i];
    }
    const bool changed = kept != own.size;
    own.size = kept;
    return make_boolean(changed);
}
Value remove_all(Call& call) { return keep_if(call, false); }
Value retain_all(Call& call) { return keep_if(call, true); }

Value contains(Call& call) {
    return make_boolean(tbel::index_of(call.run, items(call), call.at(0)) >= 0);
}

Value contains_all(Call& call) {
    const Value other = elements_at(call, 0);
    for (std::uint32_t i = 0; i < other.list->items->size; ++i)
        if (tbel::index_of(call.run, items(call), other.list->items->data[i]) < 0)
            return make_boolean(false);
    return make_boolean(true);
}

/// The start may be negative; the result then counts from it.
Value index_of(Call& call) {
    const std::int32_t raw = int_at(call, 1, 0);
    if (!call.has(1)) return int_value(tbel::index_of(call.run, items(call), call.at(0)));
    const std::uint32_t from = clamped_index(raw, items(call).size);
    const std::int64_t at = tbel::index_of(call.run, items(call), call.at(0), from);
    if (at < 0) return make_int(-1);
    return int_value(raw < 0 ? at - from + raw : at);
}

Value last_index_of(Call& call) {
    const Items& own = items(call);
    for (std::uint32_t i = own.size; i-- > 0;) {
        call.run.tick();
        if (java_equals(call.run, own.data[i], call.at(0))) return int_value(i);
    }
    return make_int(-1);
}

Value sub_list(Call& call) {
    const std::int32_t from = int_at(call, 0), to = int_at(call, 1);
    if (from < 0) fail("fromIndex = " + std::to_string(from));
    if (to > static_cast<std::int32_t>(items(call).size)) fail("toIndex = " + std::to_string(to));
    if (from > to)
        fail("fromIndex(" + std::to_string(from) + ") > toIndex(" + std::to_string(to) + ")");
    return copy_items(call.run, items(call), static_cast<std::uint32_t>(from),
                      static_cast<std::uint32_t>(to));
}

Value clear(Call& call) {
    writable(call).size = 0;
    return null_value();
}

Value iterator(Call& call) {
    Value out = copy(call);
    out.kind = Kind::iterator;
    return out;
}
Value stream(Call& call) {
    Value out = copy(call);
    out.kind = Kind::stream;
    return out;
}

Value equals(Call& call) { return make_boolean(java_equals(call.run, call.self, call.at(0))); }
Value to_string(Call& call) { return call.run.text(text_of(call.run, call.self)); }
Value hash_code(Call& call) {
    return make_int(static_cast<std::int32_t>(java_hash(call.run, call.self)));
}

Value push_element(Call& call) {
    push(call.run, writable(call), storable(call, 0));
    return make_boolean(true);
}

Value pop(Call& call) {
    Items& own = writable(call);
    return own.size ? own.data[--own.size] : null_value();
}

Value shift(Call& call) {
    Items& own = writable(call);
    const Value first = own.data[position(0, own.size)];
    erase(call.run, own, 0);
    return first;
}

Value unshift(Call& call) {
    insert(call.run, writable(call), 0, storable(call, 0));
    return null_value();
}

Value slice(Call& call) {
    const std::uint32_t all = items(call).size;
    const std::uint32_t from = clamped_index(int_at(call, 0, 0), all);
    const std::uint32_t to = call.has(1) ? clamped_index(int_at(call, 1), all) : all;
    if (from > to)
        fail("fromIndex(" + std::to_string(from) + ") > toIndex(" + std::to_string(to) + ")");
    return copy_items(call.run, items(call), from, to);
}

Value join(Call& call) {
    const std::string separator(call.has(0) ? text_at(call, 0) : ",");
    std::string joined;
    const Items& own = items(call);
    for (std::uint32_t i = 0; i < own.size; ++i) {
        if (own.data[i].is_null()) fail("NullPointerException: element is null");
        if (i) joined += separator;
        append_text(call.run, joined, own.data[i]);
        if (joined.size() > call.run.memory_max())
            throw Failure{ErrorCode::limit_reached, "Script memory overflow!", nowhere};
    }
    std::string out;
    for (std::size_t i = 0; i < joined.size(); ++i) {
        if (joined[i] == '[' || joined[i] == ']') continue;
        out += joined[i];
        if (joined[i] == ',' && i + 1 < joined.size() && joined[i + 1] == ' ') ++i;
    }
    return call.run.text(out);
}

void sort_items(Run& run, Items& own, bool ascending) {
    const std::vector<Value> values(own.data, own.data + own.size);
    const std::vector<std::uint32_t> order = sorted_order(run, values, ascending);
    for (std::uint32_t i = 0; i < own.size; ++i) own.data[i] = values[order[i]];
}

Value sort(Call& call) {
    sort_items(call.run, writable(call), boolean_at(call, 0, true));
    return null_value();
}
Value to_sorted(Call& call) {
    const Value out = copy(call);
    sort_items(call.run, *out.list->items, boolean_at(call, 0, true));
    return out;
}

Value reverse(Call& call) {
    Items& own = writable(call);
    call.run.tick(own.size / 16);
    std::reverse(own.data, own.data + own.size);
    return null_value();
}
Value to_reversed(Call& call) {
    const Value out = copy(call);
    std::reverse(out.list->own.data, out.list->own.data + out.list->own.size);
    return out;
}

Value concat(Call& call) {
    const Value out = copy(call);
    const Value more = elements_at(call, 0);
    for (std::uint32_t i = 0; i < more.list->items->size; ++i)
        push(call.run, out.list->own, more.list->items->data[i]);
    return out;
}

/// Removes and inserts; the removed elements.
Value splice_items(Call& call, Items& own) {
    const std::uint32_t from = clamped_index(int_at(call, 0), own.size);
    const std::int32_t wanted = int_at(call, 1, static_cast<std::int32_t>(own.size - from));
    const auto count = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(wanted, 0, std::int64_t{own.size} - from));
    const Value removed = copy_items(call.run, own, from, from + count);
    erase(call.run, own, from, count);
    for (std::uint32_t i = 2; i < call.count; ++i)
        insert(call.run, own, from + i - 2, storable(call, i));
    return removed;
}
Value splice(Call& call) { return splice_items(call, writable(call)); }
Value to_spliced(Call& call) {
    const Value out = copy(call);
    splice_items(call, *out.list->items);
    return out;
}

Value with(Call& call) {
    const Value out = copy(call);
    insert(call.run, out.list->own, insert_position(int_at(call, 0), out.list->own.size),
           storable(call, 1));
    return out;
}

Value fill(Call& call) {
    Items& own = writable(call);
    const std::uint32_t from = clamped_index(int_at(call, 1, 0), own.size);
    const std::uint32_t to = call.has(2) ? clamped_index(int_at(call, 2), own.size) : own.size;
    for (std::uint32_t i = from; i < to; ++i) own.data[i] = storable(call, 0);
    return call.self;
}

Value to_unmodifiable(Call& call) {
    const Value view = call.run.list();
    view.list->items = &items(call);
    view.list->read_only = true;
    return view;
}

Value memory_size(Call& call) {
    MemoryMeter meter(call.run.next_mark());
    meter.add(call.self);
    return make_long(static_cast<std::int64_t>(meter.bytes()));
}

Value only_numbers(Call& call) {
    const Items& own = items(call);
    for (std::uint32_t i = 0; i < own.size; ++i)
        if (!java::parse_double(view_of(call.run, own.data[i]))) return make_boolean(false);
    return make_boolean(true);
}

constexpr StaticType integer = StaticType::int_, boolean = StaticType::boolean,
                     list = StaticType::list;

constexpr Method methods[] = {
    // clang-format off
    {"size", size, 0, 0, integer},
    {"length", size, 0, 0, integer},
    {"isEmpty", is_empty, 0, 0, boolean},
    {"get", get, 1, 1},
    {"set", set, 2, 2},
    {"add", add, 1, 2},
    {"addAll", add_all, 1, 2, boolean},
    {"remove", remove, 1, 1},
    {"removeAll", remove_all, 1, 1, boolean},
    {"retainAll", retain_all, 1, 1, boolean},
    {"contains", contains, 1, 1, boolean},
    {"containsAll", contains_all, 1, 1, boolean},
    {"indexOf", index_of, 1, 2, integer},
    {"lastIndexOf", last_index_of, 1, 1, integer},
    {"subList", sub_list, 2, 2, list},
    {"clear", clear, 0, 0},
    {"toArray", copy, 0, 0, list},
    {"iterator", iterator, 0, 0},
    {"stream", stream, 0, 0},
    {"clone", copy, 0, 0},
    {"equals", equals, 1, 1, boolean},
    {"toString", to_string, 0, 0, StaticType::string},
    {"hashCode", hash_code, 0, 0, integer},
    {"push", push_element, 1, 1, boolean},
    {"pop", pop, 0, 0},
    {"shift", shift, 0, 0},
    {"unshift", unshift, 1, 1},
    {"slice", slice, 0, 2, list},
    {"join", join, 0, 1, StaticType::string},
    {"sort", sort, 0, 1},
    {"toSorted", to_sorted, 0, 1, list},
    {"reverse", reverse, 0, 0},
    {"toReversed", to_reversed, 0, 0, list},
    {"concat", concat, 1, 1, list},
    {"splice", splice, 1, arguments_max, list},
    {"toSpliced", to_spliced, 1, arguments_max, list},
    {"with", with, 2, 2, list},
    {"fill", fill, 1, 3, list},
    {"toUnmodifiable", to_unmodifiable, 0, 0, list},
    {"memorySize", memory_size, 0, 0, StaticType::long_},
    {"validateClazzInArrayIsOnlyNumber", only_numbers, 0, 0, boolean},
    // clang-format on
};

// --- iterators and streams: copies of the elements, taken from the front

Value has_next(Call& call) { return make_boolean(items(call).size > 0); }
Value next(Call& call) {
    Items& own = items(call);
    if (own.size == 0) fail("NoSuchElementException");
    --own.size;
    --own.capacity;
    return *own.data++;
}

Value count(Call& call) { return make_long(items(call).size); }
Value to_list(Call& call) { return copy(call); }
Value sorted(Call& call) {
    Value out = to_sorted(call);
    out.kind = Kind::stream;
    return out;
}
Value sum(Call& call) {
    std::int64_t total = 0;
    for (std::uint32_t i = 0; i < items(call).size; ++i)
        total += number_as_long(convert_to(call.run, items(call).data[i], Kind::long_));
    return int_value(total);
}

constexpr Method of_iterators[] = {
    {"hasNext", has_next, 0, 0, boolean},
    {"next", next, 0, 0}
};
constexpr Method of_streams[] = {
    {"count", count, 0, 0, StaticType::long_},
    {"toList", to_list, 0, 0, list},
    {"toArray", to_list, 0, 0, list},
    {"sorted", sorted, 0, 0},
    {"sum", sum, 0, 0, integer},
    {"iterator", iterator, 0, 0},
};

}  // namespace
}  // namespace lists

std::span<const Method> list_methods() { return lists::methods; }
std::span<const Method> iterator_methods() { return lists::of_iterators; }
std::span<const Method> stream_methods() { return lists::of_streams; }

Value new_list(Call& call) {
    if (call.count == 1 && !call.at(0).is_number()) return elements_at(call, 0);
    return call.run.list();
}

}  // namespace thingstead::script::tbel
