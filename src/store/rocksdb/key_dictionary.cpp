#include "store/rocksdb/key_dictionary.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>

#include "base/bytes.h"
#include "store/rocksdb/database.h"

namespace thingstead::store::rocks {

KeyRef KeyDictionary::intern(std::string_view name) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = names_.find(name); found != names_.end()) return found->second;
    if (names_.size() >= sweep_at_) {
        std::erase_if(names_, [](const auto& row) { return row.second.use_count() == 1; });
        sweep_at_ = std::max(sweep_at_, names_.size() * 2);
    }
    auto key = std::make_shared<KeyName>();
    key->name = name;
    names_.emplace(key->name, key);
    return key;
}

Result<KeyId> KeyDictionary::stored(Database& database, std::string_view name) {
    std::string row;
    const auto status =
        database.db().Get({}, database.family(Family::keys), {name.data(), name.size()}, &row);
    if (status.IsNotFound()) return KeyId{0};
    if (!status.ok()) return database.error_of(status);
    const auto body = unseal(name, row);
    const auto id = body ? parse_number_row(*body) : std::nullopt;
    if (!id || *id == 0 || *id > 0xFFFF'FFFFu) return database.damaged("id of a key");
    return static_cast<KeyId>(*id);
}

Result<KeyId> KeyDictionary::find(Database& database, std::string_view name) {
    KeyRef key;
    {
        const std::scoped_lock lock(mutex_);
        if (const auto found = names_.find(name); found != names_.end()) key = found->second;
    }
    if (key && key->id != 0) return key->id.load();
    const Result<KeyId> id = stored(database, name);
    // Only the database's word is remembered: an absent name may be on its way there.
    if (id && *id != 0) intern(name)->id = *id;
    return id;
}

Result<> KeyDictionary::load(Database& database) {
    std::string row;
    const auto status = database.db().Get({}, database.family(Family::meta),
                                          {next_key_row.data(), next_key_row.size()}, &row);
    if (status.IsNotFound()) return {};
    if (!status.ok()) return database.error_of(status);
    const auto next = parse_number_row(row);
    if (!next || *next == 0 || *next > 0xFFFF'FFFFu) return database.damaged("row of the next key");
    next_ = static_cast<KeyId>(*next);
    return {};
}

Result<KeyId> KeyDictionary::assign(Database& database, KeyName& key,
                                    ::rocksdb::WriteBatch& batch) {
    if (key.id != 0) return key.id.load();
    const Result<KeyId> known = stored(database, key.name);
    if (!known) return known;
    if (*known != 0) {
        key.id = *known;
        return known;
    }
    if (next_ == 0xFFFF'FFFFu)
        return Error{ErrorCode::unavailable, "time-series store has no key ids left"};
    const KeyId id = next_++;
    batch.Put(database.family(Family::keys), key.name, seal(key.name, number_row(id)));
    batch.Put(database.family(Family::meta), {next_key_row.data(), next_key_row.size()},
              number_row(next_));
    staged_.push_back(&key);
    key.id = id;
    return id;
}

void KeyDictionary::failed() {
    for (KeyName* key : staged_) key->id = 0;
    staged_.clear();
}

}  // namespace thingstead::store::rocks
