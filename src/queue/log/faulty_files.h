// Files that fail when a test says so: full disk, failing sync, failing write, vanished data.
#pragma once
#include <atomic>

#include "queue/log/file.h"

namespace thingstead::queue::log {

/// Turned by the test while the queue runs.
struct Faults {
    std::atomic<bool> no_space{false};  ///< Making files larger fails as on a full disk.
    std::atomic<int> syncs_fail{0};     ///< The next N syncs of files fail and lose their data.
    std::atomic<int> writes_fail{0};    ///< The next N writes fail after half of their bytes.
    std::atomic<int> syncs{0};          ///< Syncs so far.
    std::atomic<std::size_t> read_bytes_most{0};  ///< Of the largest read so far.
};

class FaultyFile final : public File {
  public:
    FaultyFile(std::unique_ptr<File> file, Faults& faults)
        : file_(std::move(file)), faults_(faults) {}

    Result<std::size_t> read_at(std::span<std::byte> out, std::uint64_t at) const override {
        std::size_t most = faults_.read_bytes_most.load();
        while (most < out.size() &&
               !faults_.read_bytes_most.compare_exchange_weak(most, out.size())) {
        }
        return file_->read_at(out, at);
    }
    Result<> write_at(std::span<const ByteSpan> parts, std::uint64_t at) override {
        if (take(faults_.writes_fail)) {
            const ByteSpan half = parts.front().first(parts.front().size() / 2);
            (void)file_->write_at(std::span(&half, 1), at);
            return Error{ErrorCode::unavailable, "cannot write: Input/output error"};
        }
        unsynced_from_ = std::min(unsynced_from_, at);
        return file_->write_at(parts, at);
    }
    Result<> sync() override {
        ++faults_.syncs;
        if (take(faults_.syncs_fail)) {
            // As a kernel does: the pages are marked clean, their content never reaches the disk.
            const std::byte zeros[64] = {};
            const ByteSpan lost(zeros);
            if (unsynced_from_ != none) (void)file_->write_at(std::span(&lost, 1), unsynced_from_);
            return Error{ErrorCode::unavailable, "cannot sync: Input/output error"};
        }
        unsynced_from_ = none;
        return file_->sync();
    }
    Result<> allocate(std::uint64_t bytes) override {
        if (faults_.no_space.load())
            return Error{ErrorCode::unavailable, "cannot allocate: No space left on device"};
        return file_->allocate(bytes);
    }
    Result<> truncate(std::uint64_t bytes) override { return file_->truncate(bytes); }
    Result<std::uint64_t> size() const override { return file_->size(); }
    Result<std::uint64_t> data_from(std::uint64_t at) const override {
        return file_->data_from(at);
    }

  private:
    static constexpr std::uint64_t none = ~std::uint64_t{0};
    static bool take(std::atomic<int>& left) {
        int count = left.load();
        while (count > 0)
            if (left.compare_exchange_weak(count, count - 1)) return true;
        return false;
    }
    std::unique_ptr<File> file_;
    Faults& faults_;
    std::uint64_t unsynced_from_ = none;
};

class FaultyFileSystem final : public FileSystem {
  public:
    explicit FaultyFileSystem(Faults& faults) : faults_(faults) {}
    Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
        Result<std::unique_ptr<File>> file = files_->open(path, mode);
        if (!file) return file.error();
        return std::make_unique<FaultyFile>(*std::move(file), faults_);
    }
    Result<> rename(const std::string& from, const std::string& to) override {
        return files_->rename(from, to);
    }
    Result<> remove(const std::string& path) override { return files_->remove(path); }
    Result<> make_directory(const std::string& path) override {
        return files_->make_directory(path);
    }
    Result<> sync_directory(const std::string& path) override {
        return files_->sync_directory(path);
    }
    Result<std::vector<std::string>> list(const std::string& path) override {
        return files_->list(path);
    }

  private:
    std::unique_ptr<FileSystem> files_ = posix_file_system();
    Faults& faults_;
};

}  // namespace thingstead::queue::log
