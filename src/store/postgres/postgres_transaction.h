// The port's reads and writes on one connection.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "store/entity_store.h"
#include "store/postgres/connection.h"
#include "store/sql/sql_text.h"

namespace thingstead::store::postgres {

/// Within a transaction that its owner began or enqueued. PostgreSQL takes nothing more after an
/// error, until the owner rolls back: what a work asks for then is answered with that error.
class PostgresTransaction final : public Transaction {
  public:
    explicit PostgresTransaction(Connection& connection) : connection_(connection) {}

    /// The error after which PostgreSQL took nothing more, even if the work kept it to itself.
    const std::optional<Error>& failed() const { return failed_; }

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
    Result<Rows> run(const std::string& sql, const Parameters& parameters);
    Result<Rows> run(const Result<sql::Query>& query);
    Result<std::vector<Row>> rows(const Result<sql::Query>& query, const Table& table);
    Result<std::int64_t> integer(const Result<sql::Query>& query);
    Result<std::int64_t> changed(const Result<sql::Query>& query);

    Connection& connection_;
    std::optional<Error> failed_;
};

}  // namespace thingstead::store::postgres
