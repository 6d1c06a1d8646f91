#include "load/acked_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/bytes.h"

namespace thingstead::bench {
namespace {

constexpr std::size_t record_bytes = 24;
constexpr std::size_t buffer_bytes_max = 2048 * record_bytes;

}  // namespace

Result<int> open_acked_file(const std::string& path) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0)
        return Error{ErrorCode::unavailable, "cannot open the acked file", std::strerror(errno)};
    return fd;
}

void AckedWriter::add(const AckedRecord& record) {
    if (fd_ < 0) return;
    std::array<std::byte, record_bytes> bytes;
    store_little(bytes.data(), record.sequence);
    store_little(bytes.data() + 8, static_cast<std::uint64_t>(record.ts_ms));
    store_little(bytes.data() + 16, record.connection);
    store_little(bytes.data() + 20, record.energy);
    buffer_.append(as_text(bytes));
    if (buffer_.size() >= buffer_bytes_max && !flush()) failed_ = true;
}

bool AckedWriter::flush() {
    std::size_t done = 0;
    while (done < buffer_.size()) {
        const ssize_t n = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) failed_ = true;
        if (n <= 0) break;
        done += static_cast<std::size_t>(n);
    }
    buffer_.clear();
    return !std::exchange(failed_, false);
}

}  // namespace thingstead::bench
