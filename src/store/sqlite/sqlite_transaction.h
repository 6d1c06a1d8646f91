// The port's reads and writes on one connection.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/entity_store.h"
#include "store/sql/sql_text.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/row_cache.h"

namespace thingstead::store::sqlite {

/// Within a transaction that its owner began. Once SQLite rolled that back by itself (full disk,
/// I/O error) every operation answers unavailable: it would otherwise write outside of any
/// transaction.
class SqliteTransaction final : public Transaction {
  public:
    /// Of a reader: rows found by their ids go into `cache`, which was in `state` before.
    SqliteTransaction(Connection& connection, RowCache& cache, std::uint64_t state)
        : connection_(connection), cache_(&cache), state_(state) {}
    /// Of the writer: what changes is added to `touched`.
    SqliteTransaction(Connection& connection, TouchedRows& touched)
        : connection_(connection), touched_(&touched) {}

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
    Result<std::vector<Row>> all_rows(const Table& table, const Filter& filter,
                                      std::int32_t limit) override;
    Result<std::int64_t> count_rows(const Table& table, const Filter& filter) override;
    Result<std::vector<Cell>> distinct_cells(const Table& table, std::string_view field,
                                             const Filter& filter) override;
    Result<std::int64_t> sum_cells(const Table& table, std::string_view field,
                                   const Filter& filter) override;
    Result<> insert_row(const Table& table, const Row& row) override;
    Result<> update_row(const Table& table, const Row& row) override;
    Result<> put_row(const Table& table, const Row& row) override;
    Result<std::int64_t> change_rows(const Table& table, const Changes& changes,
                                     const Filter& filter) override;
    Result<std::int64_t> remove_rows(const Table& table, const Filter& filter) override;

  private:
    Result<Statement> prepare(const std::string& sql);
    /// With its parameters bound.
    Result<Statement> start(const Result<sql::Query>& query);
    Result<std::vector<Row>> rows(const Result<sql::Query>& query, const Table& table);
    Result<std::int64_t> integer(const Result<sql::Query>& query);
    Result<std::int64_t> changed(const Result<sql::Query>& query);
    Result<std::vector<model::Attribute>> all_attributes(const Uuid& entity, std::int64_t scope);
    void touch(const Table& table, const Row& row);
    void touch(const Table& table, const Filter& filter);

    Connection& connection_;
    RowCache* cache_ = nullptr;
    std::uint64_t state_ = 0;
    TouchedRows* touched_ = nullptr;
};

}  // namespace thingstead::store::sqlite
