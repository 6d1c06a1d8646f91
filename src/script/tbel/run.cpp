#include "script/tbel/run.h"

#include <algorithm>
#include <vector>

#include "script/tbel/java/text.h"
#include "script/tbel/memory.h"

namespace thingstead::script::tbel {
namespace {

/// Of the caller's frame. The address of a variable would not do: sanitizers move variables away.
std::uintptr_t stack_position() {
    return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
}

}  // namespace

Run::Run(const Environment& environment) : environment_(environment), arena_(*this) {}

void Run::start(std::uint32_t slots, const std::atomic<bool>* stop) {
    if (!stack_) stack_ = std::make_unique<Value[]>(stack_slots);
    arena_.reset();
    result = Value{};
    locals_ = stack_.get();
    if (slots > stack_slots / 2) fail("Too many variables");
    top_ = locals_ + slots;
    std::fill(locals_, top_, Value::of(Kind::undefined));
    depth_ = 0;
    budget_ = ticks_per_look;
    measured_at_ = 0;
    stop_ = stop;
    stack_base_ = stack_position();
    for (Growing& growing : growing_) growing = {};
    deadline_ = std::chrono::steady_clock::now() + environment_.limits.time_max;
}

void Run::finish() {
    result = Value{};
    top_ = locals_ = stack_.get();
    arena_.reset();
}

Value* Run::enter(std::uint32_t slots) {
    const std::uintptr_t here = stack_position();
    const std::uintptr_t used = stack_base_ > here ? stack_base_ - here : 0;
    if (++depth_ > call_depth_max || used > stack_bytes_max ||
        static_cast<std::size_t>(stack_.get() + stack_slots - top_) < slots)
        fail("StackOverflowError");
    tick();
    Value* const caller = locals_;
    locals_ = top_;
    top_ += slots;
    std::fill(locals_, top_, Value::of(Kind::undefined));
    return caller;
}

void Run::look_at_clock() {
    budget_ = ticks_per_look;
    const bool stopped = stop_ && stop_->load(std::memory_order_relaxed);
    if (stopped || std::chrono::steady_clock::now() >= deadline_)
        throw Failure{ErrorCode::timeout, "Script execution is stopped!", nowhere};
}

void Run::overflow(std::uint64_t bytes) const {
    throw Failure{ErrorCode::limit_reached,
                  "Script memory overflow (" + std::to_string(bytes) + " > " +
                      std::to_string(memory_max()) + ")!",
                  nowhere};
}

void Run::on_growth(std::size_t used, std::size_t wanted) {
    const std::size_t after = used + wanted;
    if (wanted > memory_max() * temporaries_factor || after > memory_max() * temporaries_factor)
        overflow(after);
    tick(wanted / 64);
    if (after <= memory_max() || after < measured_at_ + memory_max() / 4) return;
    measured_at_ = after;
    if (const std::uint64_t live = live_bytes(); live > memory_max()) overflow(live);
}

std::uint64_t Run::live_bytes() {
    MemoryMeter meter(++mark_);
    for (const Value* slot = stack_.get(); slot < top_; ++slot) meter.add(*slot);
    return meter.bytes();
}

Value Run::text(std::string_view bytes) {
    char* data = make_array<char>(bytes.size());
    if (!bytes.empty()) std::memcpy(data, bytes.data(), bytes.size());
    return borrowed_text({data, bytes.size()});
}

namespace {

/// Whether two halves of a surrogate pair would meet.
bool joins_pair(std::string_view left, std::string_view right) {
    const auto starts_half = [](std::string_view text, std::size_t at) {
        return static_cast<unsigned char>(text[at]) == 0xED;
    };
    return left.size() >= 3 && right.size() >= 3 && starts_half(left, left.size() - 3) &&
           starts_half(right, 0);
}

}  // namespace

Value Run::concat(std::string_view left, std::string_view right) {
    if (right.empty()) return borrowed_text(left);
    if (joins_pair(left, right)) {
        scratch.assign(left);
        java::append_text(scratch, right);
        return text(scratch);
    }
    const std::size_t size = left.size() + right.size();
    tick(right.size() / 64);
    for (Growing& growing : growing_)
        if (left.data() + left.size() == growing.end && growing.room >= right.size()) {
            std::memcpy(growing.end, right.data(), right.size());
            growing.end += right.size();
            growing.room -= right.size();
            return borrowed_text({left.data(), size});
        }
    tick(left.size() / 64);
    const std::size_t room = left.size() < growing_from ? 0 : size;
    char* const data = make_array<char>(size + room);
    if (!left.empty()) std::memcpy(data, left.data(), left.size());
    std::memcpy(data + left.size(), right.data(), right.size());
    if (room) growing_[next_growing_++ % std::size(growing_)] = {data + size, room};
    return borrowed_text({data, size});
}

Value Run::list(std::uint32_t capacity) {
    List* list = make<List>();
    list->items = &list->own;
    if (capacity) {
        list->own.data = make_array<Value>(capacity);
        list->own.capacity = capacity;
    }
    return make_object(Kind::list, list);
}

Value Run::map(std::uint32_t capacity) {
    Map* map = make<Map>();
    map->table = &map->own;
    if (capacity) {
        map->own.data = make_array<Pair>(capacity);
        map->own.capacity = capacity;
    }
    return make_object(Kind::map, map);
}

Value Run::set() {
    Value v = map();
    v.kind = Kind::set;
    return v;
}

std::size_t element_bytes(Kind element) {
    switch (element) {
        case Kind::byte_:
        case Kind::boolean:   return 1;
        case Kind::short_:
        case Kind::character: return 2;
        case Kind::integer:
        case Kind::float_:    return 4;
        default:              return 8;
    }
}

Value Run::array(Kind element, std::int64_t size) {
    if (size < 0) fail("NegativeArraySizeException: " + std::to_string(size));
    const std::size_t bytes = element_bytes(element) * static_cast<std::size_t>(size);
    if (static_cast<std::size_t>(size) > memory_max() || bytes > memory_max() / 2)
        throw Failure{ErrorCode::limit_reached,
                      "Max array length overflow (" + std::to_string(bytes) + " > " +
                          std::to_string(memory_max() / 2) + ")!",
                      nowhere};
    Array* array = make<Array>();
    array->element = element;
    array->size = static_cast<std::uint32_t>(size);
    array->data = allocate(bytes);
    std::memset(array->data, 0, bytes);
    return make_object(Kind::array, array);
}

Value Run::date(java::Instant instant) {
    Date* date = make<Date>();
    date->instant = instant;
    return make_object(Kind::date, date);
}

Value Run::digits(Kind kind, std::string_view text) {
    Digits* digits = make<Digits>();
    char* data = make_array<char>(text.size());
    std::memcpy(data, text.data(), text.size());
    digits->data = data;
    digits->bytes = static_cast<std::uint32_t>(text.size());
    return make_object(kind, digits);
}

}  // namespace thingstead::script::tbel
