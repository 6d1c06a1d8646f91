// Names of keys and their ids: a chunk's row holds four bytes instead of a name.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "store/rocksdb/layout.h"

namespace rocksdb {
class WriteBatch;
}

namespace thingstead::store::rocks {

class Database;

struct KeyName {
    std::string name;
    std::atomic<KeyId> id{0};  ///< 0: not known in memory; the database may know it.
};
using KeyRef = std::shared_ptr<KeyName>;

/// Names in use are shared by their series; those without one are dropped when many have gathered.
class KeyDictionary {
  public:
    /// Thread-safe, never touches the disk.
    KeyRef intern(std::string_view name);

    /// Id of a name, from memory or the database; 0: it has none, so no chunk has it either.
    /// Thread-safe; blocks. The caller holds Database::lock(), or is the writer.
    Result<KeyId> find(Database& database, std::string_view name);

    // The writer's part, on its one thread.

    /// The first id that was never given. Errors: unavailable.
    Result<> load(Database& database);
    /// Id of a name; a new one is put into `batch` and must be followed by written() or failed().
    Result<KeyId> assign(Database& database, KeyName& key, ::rocksdb::WriteBatch& batch);
    void written() { staged_.clear(); }
    void failed();

  private:
    Result<KeyId> stored(Database& database, std::string_view name);

    std::mutex mutex_;
    std::unordered_map<std::string_view, KeyRef> names_;
    std::size_t sweep_at_ = 65'536;
    KeyId next_ = 1;
    std::vector<KeyName*> staged_;  // their series are held by the checkpoint that assigns
};

}  // namespace thingstead::store::rocks
