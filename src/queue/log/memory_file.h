// A file in memory, for tests and the fuzzer of the segment reader.
#pragma once
#include <algorithm>
#include <vector>

#include "queue/log/file.h"

namespace thingstead::queue::log {

class MemoryFile final : public File {
  public:
    explicit MemoryFile(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
    const std::vector<std::byte>& bytes() const { return bytes_; }

    Result<std::size_t> read_at(std::span<std::byte> out, std::uint64_t at) const override {
        if (at >= bytes_.size()) return 0;
        const std::size_t count = std::min(out.size(), bytes_.size() - at);
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at), count, out.begin());
        return count;
    }
    Result<> write_at(std::span<const ByteSpan> parts, std::uint64_t at) override {
        for (const ByteSpan part : parts) {
            if (bytes_.size() < at + part.size()) bytes_.resize(at + part.size());
            std::copy(part.begin(), part.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at));
            at += part.size();
        }
        return {};
    }
    Result<> sync() override { return {}; }
    Result<> allocate(std::uint64_t bytes) override {
        if (bytes_.size() < bytes) bytes_.resize(bytes);
        return {};
    }
    Result<> truncate(std::uint64_t bytes) override {
        bytes_.resize(bytes);
        return {};
    }
    Result<std::uint64_t> size() const override { return bytes_.size(); }
    Result<std::uint64_t> data_from(std::uint64_t at) const override { return at; }

  private:
    std::vector<std::byte> bytes_;
};

}  // namespace thingstead::queue::log
