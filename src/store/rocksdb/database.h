// The RocksDB database of the driver: opening, tuning, errors, coming back from a failed disk.
#pragma once
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "store/rocksdb/settings.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Status;
class WriteBatch;
}  // namespace rocksdb

namespace thingstead::store::rocks {

enum class Family : std::uint8_t { meta, keys, chunks, latest };

/// A row or file is not what it should be, as opposed to: cannot be read now.
bool is_damage(const Error& error);

class Database {
  public:
    /// Errors: unavailable - cannot be opened or is damaged (the detail names the directory);
    /// unsupported - written by a newer version.
    static Result<std::unique_ptr<Database>> open(const Settings& settings, const Clock& clock);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Held while db() and family() are used, except on the thread that calls recover().
    std::shared_lock<std::shared_mutex> lock() { return std::shared_lock(mutex_); }
    /// Waits for the holders of lock(). Idempotent.
    void close();
    /// Errors: unavailable - closed, or recover() did not get it open again.
    Result<> usable() const;
    ::rocksdb::DB& db() const;
    ::rocksdb::ColumnFamilyHandle* family(Family family) const;

    /// Applies the batch atomically. `sync`: it and every batch before it are on disk on return.
    Result<> write(::rocksdb::WriteBatch& batch, bool sync);
    /// After a failed write: makes the database writable again, by opening it anew if need be.
    Result<> recover();

    /// `status` is not ok: what to tell the caller, with directory and cause in the detail.
    Error error_of(const ::rocksdb::Status& status) const;
    /// A row that is not what it should be.
    Error damaged(std::string_view what) const;

  private:
    Result<> probe_disk() const;

    struct Impl;
    explicit Database(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
    std::shared_mutex mutex_;
};

}  // namespace thingstead::store::rocks
