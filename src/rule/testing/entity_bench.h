// A bench for nodes that read and change entities: with a real store of them, and two tenants.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/entity/save.h"
#include "core/relation/relation.h"
#include "rule/tenant_caller.h"
#include "rule/testing/node_bench.h"
#include "store/rocksdb/temporary_directory.h"
#include "store/sqlite/sqlite_store.h"

namespace thingstead::rule::testing {

class EntityBench {
  public:
    EntityBench();
    ~EntityBench();

    /// As an administrator of the tenant saves it; the house's tenant unless one is given.
    template <class T>
    T save(T entity) {
        return save_for(bench->house.tenant, std::move(entity));
    }
    template <class T>
    T save_for(model::TenantId tenant, T entity) {
        return write<T>([&](store::Transaction& transaction) -> Result<T> {
            core::EntityChange change{core::ChangeKind::created, tenant, {}};
            auto saved = core::save_in(transaction, tenant_caller(tenant),
                                       bench->house.clock.now_ms(), entity, change);
            if (!saved) return saved.error();
            return saved->entity;
        });
    }
    template <class T>
    T write(const std::function<Result<T>(store::Transaction&)>& work) {
        std::optional<Result<T>> done;
        const auto run = [&](store::Transaction& transaction) -> Result<> {
            done = work(transaction);
            return *done ? Result<>() : Result<>(done->error());
        };
        const Result<> written = store->write_now(run);
        if (!written) throw std::runtime_error(written.error().message + written.error().detail);
        return *std::move(*done);
    }
    template <class T>
    std::vector<T> all(const store::Filter& filter) {
        return write<std::vector<T>>(
            [&](store::Transaction& transaction) { return transaction.all<T>(filter); });
    }
    template <class T>
    T get(const Uuid& id) {
        return all<T>({
                          {"id", id}
        })
            .at(0);
    }

    model::Device device(const std::string& name);
    model::Customer customer(const std::string& title);
    void relate(model::EntityId from, model::EntityId to, const std::string& type = "Contains");
    /// Where the relations of group COMMON and the type lead from the entity.
    std::vector<model::EntityId> related(model::EntityId from, const std::string& type);

    /// A message about an entity.
    model::Msg about(model::EntityId originator, std::string_view data = "{}",
                     const model::Metadata& metadata = {}) const;

    store::rocks::TemporaryDirectory folder;
    MetricsRegistry store_metrics;
    std::unique_ptr<store::EntityStore> store;
    std::unique_ptr<NodeBench> bench;
    model::TenantId other_tenant;
};

}  // namespace thingstead::rule::testing
