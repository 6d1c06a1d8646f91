// The few file operations the log needs, behind an interface so that a test can make them fail.
// Every error is `unavailable` and names the file and the system's reason.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace thingstead::queue::log {

/// An open file. Thread-safe as pread and pwrite are; closed by the destructor.
class File {
  public:
    virtual ~File() = default;
    /// Fills `out` from byte `at`; fewer bytes are returned only at the end of the file.
    virtual Result<std::size_t> read_at(std::span<std::byte> out, std::uint64_t at) const = 0;
    /// Writes the parts one after the other from byte `at`; all of them, or an error.
    virtual Result<> write_at(std::span<const ByteSpan> parts, std::uint64_t at) = 0;
    /// fdatasync. After an error nothing is known about what was written since the last success.
    virtual Result<> sync() = 0;
    /// Gives the file blocks on disk up to `bytes`, zeros where nothing was written.
    virtual Result<> allocate(std::uint64_t bytes) = 0;
    virtual Result<> truncate(std::uint64_t bytes) = 0;
    virtual Result<std::uint64_t> size() const = 0;
    /// First byte at or after `at` that may differ from zero; the file's size if there is none.
    virtual Result<std::uint64_t> data_from(std::uint64_t at) const = 0;
};

enum class OpenMode : std::uint8_t { read, read_write, create };

class FileSystem {
  public:
    virtual ~FileSystem() = default;
    /// `create` makes an empty file, replacing what has the name.
    virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
    /// Atomic; replaces what has the name. Durable after sync_directory().
    virtual Result<> rename(const std::string& from, const std::string& to) = 0;
    /// A missing file is no error.
    virtual Result<> remove(const std::string& path) = 0;
    virtual Result<> make_directory(const std::string& path) = 0;
    virtual Result<> sync_directory(const std::string& path) = 0;
    /// Names in a directory, sorted; a missing directory is empty.
    virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
};

/// The operating system's. Stateless.
std::unique_ptr<FileSystem> posix_file_system();

/// The whole file, at most `bytes_max`; nullopt if there is none of this name.
Result<std::optional<std::vector<std::byte>>> read_file(FileSystem& files,
                                                        const std::string& directory,
                                                        const std::string& name,
                                                        std::size_t bytes_max);
/// Replaces `directory/name` so that after a crash either the old or the new content is there.
Result<> replace_file(FileSystem& files, const std::string& directory, const std::string& name,
                      ByteSpan content);

/// Held while the process owns a directory.
class DirectoryLock {
  public:
    /// Errors: conflict - another process holds it; unavailable.
    static Result<DirectoryLock> take(const std::string& directory);
    DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    DirectoryLock& operator=(DirectoryLock&&) = delete;
    ~DirectoryLock();

  private:
    explicit DirectoryLock(int fd) : fd_(fd) {}
    int fd_;
};

}  // namespace thingstead::queue::log
