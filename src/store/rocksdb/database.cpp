#include "store/rocksdb/database.h"

#include <fcntl.h>
#include <rocksdb/cache.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <system_error>
#include <vector>

#include "base/bytes.h"
#include "store/rocksdb/chunk.h"
#include "store/rocksdb/layout.h"

#if defined(TS_SANITIZE_THREAD)
// RocksDB and its compressors are not built with the thread sanitizer, which therefore sees none of
// their locks: what it reports from within them is not a finding. Our own code is looked at as
// everywhere.
extern "C" const char* __tsan_default_suppressions();  // NOLINT: the sanitizer's name
extern "C" const char* __tsan_default_suppressions() {
    return "race:librocksdb.so\nrace:libzstd.so\nrace:liblz4.so\nrace:libsnappy.so\nrace:libz.so\n";
}
#endif

namespace thingstead::store::rocks {
namespace {

constexpr const char* damaged_text = "time-series store is damaged";
constexpr const char* family_names[] = {"default", "keys", "chunks", "latest"};
constexpr std::size_t family_count = std::size(family_names);

/// Drops chunks whose points have all expired.
class ExpiryFilter final : public ::rocksdb::CompactionFilter {
  public:
    explicit ExpiryFilter(const Clock& clock) : clock_(clock) {}
    const char* Name() const override { return "thingstead.expiry"; }
    bool Filter(int, const ::rocksdb::Slice&, const ::rocksdb::Slice& value, std::string*,
                bool*) const override {
        const auto header = read_chunk_header(as_bytes({value.data(), value.size()}));
        return header && header->expiry_s != 0 &&
               clock_.now_ms() >= static_cast<EpochMs>(header->expiry_s) * 1000;
    }

  private:
    const Clock& clock_;
};

/// RocksDB's own log goes nowhere: what matters comes back as a status. Its log file would end the
/// process on a full disk: the Debian build asserts that nothing is logged after a failed write.
class NoLog final : public ::rocksdb::Logger {
  public:
    NoLog() : Logger(::rocksdb::InfoLogLevel::HEADER_LEVEL) {}
    using Logger::Logv;
    void Logv(const char*, va_list) override {}
};

::rocksdb::DBOptions database_options(const Settings& settings) {
    ::rocksdb::DBOptions options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.paranoid_checks = true;
    options.max_background_jobs = 2;
    options.max_open_files = 256;
    options.db_write_buffer_size = settings.write_buffer_bytes;
    options.max_total_wal_size = settings.write_buffer_bytes * 4;
    options.info_log = std::make_shared<NoLog>();
    options.enforce_single_del_contracts = false;  // a slip must not stop compactions
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    return options;
}

::rocksdb::ColumnFamilyOptions family_options(const Settings& settings,
                                              const std::shared_ptr<::rocksdb::Cache>& cache,
                                              bool large) {
    ::rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    table.block_size = large ? 16 << 10 : 4 << 10;
    table.format_version = 5;

    ::rocksdb::ColumnFamilyOptions options;
    options.write_buffer_size =
        large ? settings.write_buffer_bytes : settings.write_buffer_bytes / 8;
    options.max_write_buffer_number = 3;
    options.target_file_size_base = 16 << 20;
    options.level_compaction_dynamic_level_bytes = true;
    options.compression = ::rocksdb::kLZ4Compression;
    options.bottommost_compression = ::rocksdb::kZSTD;
    table.filter_policy.reset(::rocksdb::NewBloomFilterPolicy(10));
    options.table_factory.reset(::rocksdb::NewBlockBasedTableFactory(table));
    return options;
}

}  // namespace

struct Database::Impl {
    Settings settings;
    ExpiryFilter expiry;
    std::shared_ptr<::rocksdb::Cache> cache;
    std::unique_ptr<::rocksdb::DB> db{};
    std::vector<::rocksdb::ColumnFamilyHandle*> families{};

    Impl(const Settings& s, const Clock& clock)
        : settings(s), expiry(clock), cache(::rocksdb::NewLRUCache(s.block_cache_bytes)) {}
    ~Impl() { close(); }

    ::rocksdb::Status open() {
        std::vector<::rocksdb::ColumnFamilyDescriptor> wanted;
        for (std::size_t i = 0; i < family_count; ++i) {
            const auto family = static_cast<Family>(i);
            const bool large = family == Family::chunks || family == Family::latest;
            wanted.emplace_back(family_names[i], family_options(settings, cache, large));
            if (family == Family::chunks) wanted.back().options.compaction_filter = &expiry;
        }
        ::rocksdb::DB* opened = nullptr;
        const auto status = ::rocksdb::DB::Open(
            database_options(settings), settings.directory.string(), wanted, &families, &opened);
        if (status.ok()) db.reset(opened);
        return status;
    }
    void close() {
        if (!db) return;
        for (auto* family : families) db->DestroyColumnFamilyHandle(family);
        families.clear();
        db.reset();
    }
};

bool is_damage(const Error& error) { return error.message == damaged_text; }

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const Settings& settings, const Clock& clock) {
    std::error_code made;
    std::filesystem::create_directories(settings.directory, made);
    if (made)
        return Error{ErrorCode::unavailable, "time-series store cannot be opened",
                     settings.directory.string() + ": " + made.message()};
    std::unique_ptr<Database> database(new Database(std::make_unique<Impl>(settings, clock)));
    if (const auto status = database->impl_->open(); !status.ok())
        return database->error_of(status);

    std::string row;
    auto* const meta = database->family(Family::meta);
    const auto status = database->db().Get({}, meta, std::string(format_row), &row);
    if (status.IsNotFound()) {
        ::rocksdb::WriteOptions sync;
        sync.sync = true;
        const auto put =
            database->db().Put(sync, meta, std::string(format_row), number_row(format_version));
        if (!put.ok()) return database->error_of(put);
        return database;
    }
    if (!status.ok()) return database->error_of(status);
    const auto found = parse_number_row(row);
    if (!found) return database->damaged("row of the format version");
    if (*found > format_version)
        return Error{ErrorCode::unsupported, "time-series store was written by a newer version",
                     settings.directory.string() + ": format " + std::to_string(*found)};
    return database;
}

void Database::close() {
    const std::unique_lock alone(mutex_);
    impl_->close();
}

Result<> Database::usable() const {
    if (impl_->db) return {};
    return Error{ErrorCode::unavailable, "time-series store is unavailable",
                 impl_->settings.directory.string() + ": closed"};
}

::rocksdb::DB& Database::db() const {
    TS_ASSERT(impl_->db);
    return *impl_->db;
}

::rocksdb::ColumnFamilyHandle* Database::family(Family family) const {
    return impl_->families[static_cast<std::size_t>(family)];
}

Result<> Database::write(::rocksdb::WriteBatch& batch, bool sync) {
    if (const auto open = usable(); !open) return open.error();
    ::rocksdb::WriteOptions options;
    options.sync = sync;
    const auto status = db().Write(options, &batch);
    if (!status.ok()) return error_of(status);
    return {};
}

/// While the disk is full the database stays open: it can still be read.
Result<> Database::probe_disk() const {
    const std::filesystem::path path = impl_->settings.directory / "probe";
    const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    const std::string block(64 << 10, '\0');
    bool good = file >= 0;
    good = good && ::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size());
    good = good && ::fdatasync(file) == 0;
    const int why = errno;
    if (file >= 0) ::close(file);
    ::unlink(path.c_str());
    if (good) return {};
    return Error{ErrorCode::unavailable, "time-series store: disk is full",
                 path.string() + ": " + std::generic_category().message(why)};
}

Result<> Database::recover() {
    if (const Result<> probed = probe_disk(); !probed) return probed;
    if (impl_->db && db().Resume().ok()) return {};
    // RocksDB calls some failures of its log fatal: only a database opened anew goes on.
    const std::unique_lock alone(mutex_);
    impl_->close();
    if (const auto status = impl_->open(); !status.ok()) return error_of(status);
    return {};
}

Error Database::error_of(const ::rocksdb::Status& status) const {
    const char* const text = status.IsCorruption() ? damaged_text
                             : status.IsNoSpace()  ? "time-series store: disk is full"
                                                   : "time-series store is unavailable";
    return {ErrorCode::unavailable, text,
            impl_->settings.directory.string() + ": " + status.ToString()};
}

Error Database::damaged(std::string_view what) const {
    return {ErrorCode::unavailable, damaged_text,
            impl_->settings.directory.string() + ": " + std::string(what)};
}

}  // namespace thingstead::store::rocks
