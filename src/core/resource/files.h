// The bytes of resources and OTA packages, in rows of at most model::file_part_bytes: a part of a
// file is read without the rest, and no list reads any.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/platform.h"
#include "model/resource.h"
#include "net/blocking_pool.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// The bytes of a file on their way in or out: shared, for works of the store are copied.
using Content = std::shared_ptr<const std::string>;

inline Content content_of(std::string bytes) {
    return std::make_shared<const std::string>(std::move(bytes));
}

/// Replaces the file; an empty one has no parts.
Result<> write_file(store::Transaction& transaction, model::TenantId tenant, Uuid owner,
                    model::FileKind kind, std::string_view bytes);
/// The whole file; empty if there is none.
Result<std::string> read_file(store::Reader& reader, Uuid owner, model::FileKind kind);
/// At most `size` bytes from `offset`; less at the end.
Result<std::string> read_file(store::Reader& reader, Uuid owner, model::FileKind kind,
                              std::size_t offset, std::size_t size);
/// Every file of the owner.
Result<> remove_files(store::Transaction& transaction, Uuid owner);

/// Runs what takes long (hashes, pictures) on the threads for it. Errors: those of `work`;
/// unavailable - too much waits.
template <class T>
Task<Result<T>> on_file_threads(const Platform& platform, std::function<Result<T>()> work) {
    if (!platform.files) co_return work();
    Task<Result<T>> run = platform.files->run(std::move(work));
    co_return co_await std::move(run);
}

}  // namespace thingstead::core
