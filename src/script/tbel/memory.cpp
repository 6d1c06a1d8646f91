#include "script/tbel/memory.h"

#include "script/tbel/run.h"

namespace thingstead::script::tbel {

void MemoryMeter::add_one(const Value& value) {
    constexpr std::uint64_t reference_bytes = 4;
    // What a script owns is counted where it stands: threads share it, so it takes no mark.
    if (value.is_object() && value.object->mark != shared_mark) {
        if (value.object->mark == mark_) {
            if (value.is(Kind::list) || value.is(Kind::map) || value.is(Kind::set))
                bytes_ += reference_bytes;
            return;
        }
        value.object->mark = mark_;
    }
    switch (value.kind) {
        case Kind::boolean:
        case Kind::byte_:
        case Kind::character:   bytes_ += 1; break;
        case Kind::short_:      bytes_ += 2; break;
        case Kind::integer:
        case Kind::float_:      bytes_ += 4; break;
        case Kind::long_:
        case Kind::double_:
        case Kind::date:
        case Kind::random:      bytes_ += 8; break;
        case Kind::uuid:        bytes_ += 16; break;
        case Kind::big_decimal:
        case Kind::big_integer: bytes_ += value.digits->bytes / 2 + 1; break;
        case Kind::string:      bytes_ += value.text->bytes; break;
        case Kind::array:       bytes_ += element_bytes(value.array->element) * value.array->size; break;
        case Kind::entry:       bytes_ += 24; break;
        case Kind::rolling:     bytes_ += 32; break;
        default:                break;
    }
    if (value.is(Kind::list) || value.is(Kind::map) || value.is(Kind::set) ||
        value.is(Kind::entry) || value.is(Kind::rolling))
        open_.push_back(value);
}

void MemoryMeter::add(const Value& value) {
    constexpr std::uint64_t list_index_bytes = 4;
    add_one(value);
    while (!open_.empty()) {
        const Value next = open_.back();
        open_.pop_back();
        if (next.is(Kind::list)) {
            const Items& items = *next.list->items;
            bytes_ += list_index_bytes * items.size;
            for (std::uint32_t i = 0; i < items.size; ++i) add_one(items.data[i]);
        } else if (next.is(Kind::entry)) {
            add_one(next.entry->key);
            add_one(next.entry->value);
        } else if (next.is(Kind::rolling)) {
            add_one(make_object(Kind::list, next.rolling->values));
        } else {
            const Table& table = *next.map->table;
            for (std::uint32_t i = 0; i < table.size; ++i) {
                add_one(table.data[i].key);
                add_one(table.data[i].value);
            }
        }
    }
}

}  // namespace thingstead::script::tbel
