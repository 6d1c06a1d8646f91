// One run of a script: its memory, its variables and its limits.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "script/script.h"
#include "script/tbel/arena.h"
#include "script/tbel/failure.h"
#include "script/tbel/java/date_text.h"
#include "script/tbel/value.h"

namespace thingstead::script::tbel {

/// What the house gives an engine.
struct Environment {
    Limits limits{};
    java::DateDefaults dates{java::utc_zone(), "en-US"};
    const Clock* clock = nullptr;  ///< Of new Date() and Date.now(); outlives the engine.
};

/// Deepest nesting of calls, and of data that is compared, printed or converted.
inline constexpr std::uint32_t call_depth_max = 256;
inline constexpr std::uint32_t data_depth_max = 256;

class Run final : private Arena::Gauge {
  public:
    explicit Run(const Environment& environment);
    ~Run() = default;
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    /// Begins anew with `slots` top-level variables, all undefined; `time_max` starts now.
    void start(std::uint32_t slots, const std::atomic<bool>* stop);
    /// Forgets everything but one chunk of memory.
    void finish();

    const Environment& environment() const { return environment_; }
    std::size_t memory_max() const { return environment_.limits.memory_bytes_max; }

    /// Variables of the top level, and of the function that runs.
    Value* globals() { return stack_.get(); }
    Value* locals() { return locals_; }
    Value result;

    /// A frame of undefined variables; throws StackOverflowError. Leaving gives the caller's back.
    Value* enter(std::uint32_t slots);
    void leave(Value* caller_locals) {
        top_ = locals_;
        locals_ = caller_locals;
        --depth_;
    }

    /// Counts work; every now and then looks at the clock and the stop flag. Throws timeout.
    void tick(std::size_t work = 1) {
        if (work >= budget_)
            look_at_clock();
        else
            budget_ -= static_cast<std::uint32_t>(work);
    }

    void* allocate(std::size_t bytes) { return arena_.allocate(bytes); }
    template <class T>
    T* make() {
        return new (arena_.allocate(sizeof(T))) T();
    }
    template <class T>
    T* make_array(std::size_t count) {
        return static_cast<T*>(arena_.allocate(count * sizeof(T)));
    }

    Value text(std::string_view bytes);
    /// Without a copy: `bytes` outlive the run.
    Value borrowed_text(std::string_view bytes) {
        Text* text = make<Text>();
        text->bytes = static_cast<std::uint32_t>(bytes.size());
        text->data = bytes.data();
        return make_object(Kind::string, text);
    }
    /// A text that grows at its end, as in loops, is not copied every time.
    Value concat(std::string_view left, std::string_view right);
    Value list(std::uint32_t capacity = 0);
    Value map(std::uint32_t capacity = 0);
    Value set();
    /// Zeroed. Throws "Max array length overflow".
    Value array(Kind element, std::int64_t size);
    Value date(java::Instant instant);
    Value digits(Kind kind, std::string_view text);

    /// Longest text that a built-in may make, in characters.
    std::size_t text_max() const { return memory_max() / 2; }

    /// Good enough for Math.random().
    std::uint64_t random_bits() {
        if (!random_) random_.emplace(std::random_device{}());
        return (*random_)();
    }

    /// For a MemoryMeter.
    std::uint32_t next_mark() { return ++mark_; }
    /// What the variables hold, in bytes as scripts see them (memorySize); for limits.
    std::uint64_t live_bytes();

    /// For building texts; whoever uses it clears it first and calls nobody meanwhile.
    std::string scratch;

  private:
    static constexpr std::uint32_t ticks_per_look = 4096;
    static constexpr std::size_t stack_slots = 32 * 1024;
    static constexpr std::size_t stack_bytes_max = std::size_t{1} << 20;
    /// Temporaries may take this many times what values may; then the run ends too.
    static constexpr std::size_t temporaries_factor = 4;

    /// Texts with room behind them: what they were stays their front.
    struct Growing {
        char* end = nullptr;
        std::size_t room = 0;
    };
    static constexpr std::size_t growing_from = 64;  ///< Bytes.

    void on_growth(std::size_t used, std::size_t wanted) override;
    void look_at_clock();
    [[noreturn]] void overflow(std::uint64_t bytes) const;

    const Environment& environment_;
    Arena arena_;
    std::unique_ptr<Value[]> stack_;
    Value* locals_ = nullptr;
    Value* top_ = nullptr;
    std::uint32_t depth_ = 0;
    std::uint32_t budget_ = ticks_per_look;
    /// Nothing until it is asked for: a compilation has a run too, and few scripts ask.
    std::optional<std::mt19937_64> random_;
    std::uint32_t mark_ = 0;
    Growing growing_[4];
    std::size_t next_growing_ = 0;
    std::uintptr_t stack_base_ = 0;
    std::size_t measured_at_ = 0;
    const std::atomic<bool>* stop_ = nullptr;
    std::chrono::steady_clock::time_point deadline_;
};

/// Of one element of an array.
std::size_t element_bytes(Kind element);

}  // namespace thingstead::script::tbel
