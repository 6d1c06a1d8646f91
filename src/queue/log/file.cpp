#include "queue/log/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace thingstead::queue::log {
namespace {

Error failed(const char* what, const std::string& path, int code = errno) {
    return Error{ErrorCode::unavailable, std::string("cannot ") + what + " " + path + ": " +
                                             std::generic_category().message(code)};
}

class PosixFile final : public File {
  public:
    PosixFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
    ~PosixFile() override { ::close(fd_); }

    Result<std::size_t> read_at(std::span<std::byte> out, std::uint64_t at) const override {
        std::size_t done = 0;
        while (done < out.size()) {
            const ssize_t n =
                ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(at + done));
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return failed("read", path_);
            if (n == 0) break;
            done += static_cast<std::size_t>(n);
        }
        return done;
    }

    Result<> write_at(std::span<const ByteSpan> parts, std::uint64_t at) override {
        std::size_t skip = 0;  // bytes of parts.front() already written
        while (!parts.empty()) {
            std::array<iovec, 64> pieces;
            const std::size_t count = std::min(parts.size(), pieces.size());
            for (std::size_t i = 0; i < count; ++i) {
                const ByteSpan part = i == 0 ? parts[0].subspan(skip) : parts[i];
                pieces[i] = {const_cast<std::byte*>(part.data()), part.size()};
            }
            const ssize_t n =
                ::pwritev(fd_, pieces.data(), static_cast<int>(count), static_cast<off_t>(at));
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return failed("write", path_);
            if (n == 0) return failed("write", path_, EIO);
            at += static_cast<std::size_t>(n);
            skip += static_cast<std::size_t>(n);
            while (!parts.empty() && skip >= parts.front().size()) {
                skip -= parts.front().size();
                parts = parts.subspan(1);
            }
        }
        return {};
    }

    Result<> sync() override {
        if (::fdatasync(fd_) != 0) return failed("sync", path_);
        return {};
    }
    Result<> allocate(std::uint64_t bytes) override {
        const int code = ::posix_fallocate(fd_, 0, static_cast<off_t>(bytes));
        if (code != 0) return failed("allocate", path_, code);
        return {};
    }
    Result<> truncate(std::uint64_t bytes) override {
        if (::ftruncate(fd_, static_cast<off_t>(bytes)) != 0) return failed("truncate", path_);
        return {};
    }
    Result<std::uint64_t> size() const override {
        struct stat status;
        if (::fstat(fd_, &status) != 0) return failed("stat", path_);
        return static_cast<std::uint64_t>(status.st_size);
    }
    Result<std::uint64_t> data_from(std::uint64_t at) const override {
        const off_t found = ::lseek(fd_, static_cast<off_t>(at), SEEK_DATA);
        if (found >= 0) return static_cast<std::uint64_t>(found);
        if (errno == ENXIO) return size();
        return at;  // a file system without holes: everything may be data
    }

  private:
    int fd_;
    std::string path_;
};

class PosixFileSystem final : public FileSystem {
  public:
    Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
        const int flags = mode == OpenMode::read         ? O_RDONLY
                          : mode == OpenMode::read_write ? O_RDWR
                                                         : O_RDWR | O_CREAT | O_TRUNC;
        const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0640);
        if (fd < 0) return failed(mode == OpenMode::create ? "create" : "open", path);
        return std::make_unique<PosixFile>(fd, path);
    }
    Result<> rename(const std::string& from, const std::string& to) override {
        if (std::rename(from.c_str(), to.c_str()) != 0) return failed("rename to", to);
        return {};
    }
    Result<> remove(const std::string& path) override {
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("remove", path);
        return {};
    }
    Result<> make_directory(const std::string& path) override {
        if (::mkdir(path.c_str(), 0750) != 0 && errno != EEXIST)
            return failed("make directory", path);
        return {};
    }
    Result<> sync_directory(const std::string& path) override {
        const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) return failed("open directory", path);
        const int code = ::fsync(fd) == 0 ? 0 : errno;
        ::close(fd);
        if (code != 0) return failed("sync directory", path, code);
        return {};
    }
    Result<std::vector<std::string>> list(const std::string& path) override {
        std::vector<std::string> names;
        DIR* directory = ::opendir(path.c_str());
        if (directory == nullptr) {
            if (errno == ENOENT) return names;
            return failed("list", path);
        }
        // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is ours alone
        while (const dirent* entry = ::readdir(directory)) {
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") names.emplace_back(name);
        }
        ::closedir(directory);
        std::sort(names.begin(), names.end());
        return names;
    }
};

}  // namespace

std::unique_ptr<FileSystem> posix_file_system() { return std::make_unique<PosixFileSystem>(); }

Result<std::optional<std::vector<std::byte>>> read_file(FileSystem& files,
                                                        const std::string& directory,
                                                        const std::string& name,
                                                        std::size_t bytes_max) {
    const Result<std::vector<std::string>> names = files.list(directory);
    if (!names) return names.error();
    if (!std::binary_search(names->begin(), names->end(), name))
        return std::optional<std::vector<std::byte>>();
    const Result<std::unique_ptr<File>> file = files.open(directory + "/" + name, OpenMode::read);
    if (!file) return file.error();
    std::vector<std::byte> content(bytes_max);
    const Result<std::size_t> bytes = (*file)->read_at(content, 0);
    if (!bytes) return bytes.error();
    content.resize(*bytes);
    return std::optional(std::move(content));
}

Result<> replace_file(FileSystem& files, const std::string& directory, const std::string& name,
                      ByteSpan content) {
    const std::string path = directory + "/" + name;
    const std::string draft = path + ".tmp";
    Result<std::unique_ptr<File>> file = files.open(draft, OpenMode::create);
    if (!file) return file.error();
    if (auto r = (*file)->write_at(std::span(&content, 1), 0); !r) return r.error();
    if (auto r = (*file)->sync(); !r) return r.error();
    if (auto r = files.rename(draft, path); !r) return r.error();
    return files.sync_directory(directory);
}

Result<DirectoryLock> DirectoryLock::take(const std::string& directory) {
    const std::string path = directory + "/lock";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) return failed("open", path);
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return DirectoryLock(fd);
    const int code = errno;
    ::close(fd);
    if (code != EWOULDBLOCK) return failed("lock", path, code);
    return Error{ErrorCode::conflict, "another process uses the queue in " + directory};
}

DirectoryLock::~DirectoryLock() {
    if (fd_ >= 0) ::close(fd_);
}

}  // namespace thingstead::queue::log
