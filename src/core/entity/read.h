// Reading entities of any kind: one by its id, those of a list of ids, a page.
#pragma once
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "core/entity/kind.h"
#include "core/platform.h"
#include "net/task.h"
#include "store/entity_store.h"

namespace thingstead::core {

/// The entity, if the caller may do `operation` with it. Errors: not_found - "Asset with id […] is
/// not found"; forbidden - also an entity of another tenant, but a device of one is not_found.
template <class T>
Result<T> load(store::Reader& reader, const Caller& caller, Operation operation, IdOf<T> id) {
    auto found = reader.find<T>({
        {"id", id.uuid}
    });
    if (!found) return found.error();
    if (!*found) return not_found(EntityKind<T>::noun(), id.uuid);
    if (EntityKind<T>::type == model::EntityType::device &&
        EntityKind<T>::tenant(**found) != caller.tenant)
        return not_found(EntityKind<T>::noun(), id.uuid);
    if (Result<> allowed = check(reader, caller, operation, subject_of(**found)); !allowed)
        return allowed.error();
    return **std::move(found);
}

/// Runs a read and returns what it made. `work` is copied into the read and may run there alone.
template <class T>
Task<Result<T>> read(const Platform& platform, std::function<Result<T>(store::Reader&)> work) {
    std::optional<T> made;
    const std::function<Result<>(store::Reader&)> whole = [&](store::Reader& reader) -> Result<> {
        Result<T> done = work(reader);
        if (!done) return done.error();
        made = *std::move(done);
        return {};
    };
    const Result<> done = co_await platform.store.read(whole);
    if (!done) co_return done.error();
    co_return *std::move(made);
}

/// The same, at once if the store has in memory what `work` asks for. It may run twice, and must
/// change nothing.
template <class T>
Task<Result<T>> read_repeatably(const Platform& platform,
                                std::function<Result<T>(store::Reader&)> work) {
    std::optional<Result<T>> made;
    const auto at_once = platform.store.read_in_memory([&](store::Reader& reader) -> Result<> {
        made = work(reader);
        return *made ? Result<>() : made->error();
    });
    if (at_once) co_return *std::move(made);
    co_return co_await read<T>(platform, std::move(work));
}

/// The same as read() for a write; `work` may run more than once.
template <class T>
Task<Result<T>> write(const Platform& platform,
                      std::function<Result<T>(store::Transaction&)> work) {
    std::optional<T> made;
    const std::function<Result<>(store::Transaction&)> whole =
        [&](store::Transaction& transaction) -> Result<> {
        Result<T> done = work(transaction);
        if (!done) return done.error();
        made = *std::move(done);
        return {};
    };
    const Result<> done = co_await platform.store.write(whole);
    if (!done) co_return in_words(done.error());
    co_return *std::move(made);
}

template <class T>
Task<Result<T>> get(const Platform& platform, Caller caller, IdOf<T> id,
                    Operation operation = Operation::read) {
    const std::function<Result<T>(store::Reader&)> work = [&](store::Reader& reader) {
        return load<T>(reader, caller, operation, id);
    };
    co_return co_await read_repeatably<T>(platform, work);
}

/// Those of `ids` that are there and that the caller may read, in that order.
template <class T>
Task<Result<std::vector<T>>> get_many(const Platform& platform, Caller caller,
                                      std::vector<IdOf<T>> ids) {
    const std::function<Result<std::vector<T>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::vector<T>> {
        std::vector<T> found;
        for (const IdOf<T> id : ids) {
            Result<T> one = load<T>(reader, caller, Operation::read, id);
            if (one)
                found.push_back(*std::move(one));
            else if (one.error().code != ErrorCode::not_found &&
                     one.error().code != ErrorCode::forbidden)
                return one.error();
        }
        return found;
    };
    co_return co_await read<std::vector<T>>(platform, work);
}

/// A page of what the caller may read and what `filter` says. Errors: invalid_argument - the page
/// link; forbidden.
template <class T>
Task<Result<store::Page<T>>> page(const Platform& platform, Caller caller, store::Filter filter,
                                  store::PageLink link, OwnerFields fields = {}) {
    Result<store::Filter> whole =
        readable(caller, EntityKind<T>::resource(), EntityKind<T>::type, fields);
    if (!whole) co_return whole.error();
    whole->insert(whole->end(), filter.begin(), filter.end());
    const std::function<Result<store::Page<T>>(store::Reader&)> work = [&](store::Reader& reader) {
        return reader.page<T>(*whole, link);
    };
    co_return co_await read<store::Page<T>>(platform, work);
}

}  // namespace thingstead::core
