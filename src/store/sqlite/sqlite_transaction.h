// The port's reads and writes on one connection.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "store/entity_store.h"
#include "store/sqlite/connection.h"

namespace thingstead::store::sqlite {

/// Within a transaction that its owner began. Once SQLite rolled that back by itself (full disk,
/// I/O error) every operation answers unavailable: it would otherwise write outside of any
/// transaction.
class SqliteTransaction final : public Transaction {
  public:
    explicit SqliteTransaction(Connection& connection) : connection_(connection) {}

    Result<std::vector<model::Attribute>> attributes(model::EntityId entity,
                                                     model::AttributeScope scope,
                                                     const std::vector<std::string>& keys) override;
    Result<> save_attributes(const AttributesWrite& write) override;
    Result<std::vector<std::string>> remove_attributes(
        model::EntityId entity, model::AttributeScope scope,
        const std::vector<std::string>& keys) override;
    Result<> remove_entity_attributes(model::EntityId entity) override;

  protected:
    Result<std::optional<Row>> find_row(const Table& table, const Filter& filter) override;
    Result<RowPage> page_rows(const Table& table, const Filter& filter,
                              const PageLink& link) override;
    Result<std::int64_t> count_rows(const Table& table, const Filter& filter) override;
    Result<> insert_row(const Table& table, const Row& row) override;
    Result<> update_row(const Table& table, const Row& row) override;
    Result<std::int64_t> remove_rows(const Table& table, const Filter& filter) override;

  private:
    Result<Statement> prepare(const std::string& sql);
    Result<std::vector<model::Attribute>> all_attributes(const Uuid& entity, std::int64_t scope);

    Connection& connection_;
};

}  // namespace thingstead::store::sqlite
