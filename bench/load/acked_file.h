// The record of what the server has acknowledged, for a later comparison with what it has stored.
// Format: records of 24 bytes, little-endian, in order of acknowledgement within one connection:
//   sequence u64 | ts_ms i64 | connection u32 | energy u32
// ts_ms is 0 without a client time stamp.
#pragma once
#include <cstdint>
#include <string>

#include "base/error.h"

namespace thingstead::bench {

struct AckedRecord {
    std::uint64_t sequence;
    std::int64_t ts_ms;
    std::uint32_t connection;
    std::uint32_t energy;
};

/// Opens `path` for appending. Errors: unavailable.
Result<int> open_acked_file(const std::string& path);

/// Buffers records of one worker; whole records are appended by one write(), so several workers
/// may share a file. One thread.
class AckedWriter {
  public:
    /// `fd` stays open as long as this lives and belongs to the caller; -1 = write nothing.
    explicit AckedWriter(int fd) : fd_(fd) {}

    void add(const AckedRecord& record);
    /// Hands everything to the kernel. False when the file system refused; the records are dropped.
    bool flush();

  private:
    int fd_;
    bool failed_ = false;
    std::string buffer_;
};

}  // namespace thingstead::bench
