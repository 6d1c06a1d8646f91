// Memory of one run: blocks that are never freed one by one, but all at the end.
#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace thingstead::script::tbel {

class Arena {
  public:
    /// Called when more than `used()` bytes are wanted from the system; throws to refuse.
    class Gauge {
      public:
        virtual void on_growth(std::size_t used, std::size_t wanted) = 0;

      protected:
        ~Gauge() = default;
    };

    explicit Arena(Gauge& gauge) : gauge_(gauge) {}

    /// Aligned to 8 bytes. Throws what the gauge throws.
    void* allocate(std::size_t bytes) {
        bytes = (std::max<std::size_t>(bytes, 1) + 7) & ~std::size_t{7};
        if (static_cast<std::size_t>(end_ - cursor_) < bytes) grow(bytes);
        char* block = cursor_;
        cursor_ += bytes;
        return block;
    }

    /// Bytes taken from the system.
    std::size_t used() const { return used_; }
    /// Forgets all blocks; one chunk stays for the next run.
    void reset();

  private:
    static constexpr std::size_t chunk_bytes_min = std::size_t{64} << 10;
    static constexpr std::size_t chunk_bytes_max = std::size_t{1} << 20;

    void grow(std::size_t bytes);

    struct Chunk {
        std::unique_ptr<char[]> data;
        std::size_t bytes;
    };

    Gauge& gauge_;
    char* cursor_ = nullptr;
    char* end_ = nullptr;
    std::size_t used_ = 0;
    std::vector<Chunk> chunks_;
};

}  // namespace thingstead::script::tbel
