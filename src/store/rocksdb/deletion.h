// Deletes points and entities from the database. The writer's thread, right after a checkpoint: the
// points to be deleted are on disk, and no queue record before them is replayed.
#pragma once
#include "store/rocksdb/batch.h"
#include "store/rocksdb/heads.h"
#include "store/rocksdb/key_dictionary.h"
#include "store/timeseries_store.h"

namespace thingstead::store::rocks {

class Database;

struct DeletionParts {
    Database& database;
    KeyDictionary& keys;
    Heads& heads;
    Batch& batch;
};

Result<DeleteOutcome> delete_range(DeletionParts parts, const DeleteRange& range, EpochMs now_ms);
Result<> delete_entity(DeletionParts parts, model::EntityId entity);

}  // namespace thingstead::store::rocks
