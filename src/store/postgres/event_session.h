// One connection of the event store.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "store/postgres/link.h"
#include "store/postgres/partitions.h"
#include "store/sql/event_session.h"

namespace thingstead::store::postgres {

/// Of every table of events, by its name.
using EventPartitions = std::map<std::string, Partitions>;

class PostgresEventSession final : public sql::EventSession {
  public:
    /// Both outlive it. `session`: SQL for each new connection.
    PostgresEventSession(LinkContext& context, EventPartitions& partitions, std::string session)
        : link_(context, std::move(session)), partitions_(partitions) {}

    Result<> connect() { return link_.connect(); }

    Result<> insert(std::span<const sql::Record> records) override;
    Result<std::vector<Row>> select(const sql::Query& query, const Table& table) override;
    Result<std::int64_t> select_integer(const sql::Query& query) override;
    Result<std::int64_t> change(const sql::Query& query) override;
    Result<bool> remove_older_than(const Table& table, EpochMs before) override;

  private:
    /// A connection outside of any transaction.
    Result<Connection*> connection();
    Result<Rows> run(const sql::Query& query);
    /// The same, once more over a new connection if the old one broke.
    Result<Rows> read(const sql::Query& query);
    Result<> prepare_partitions(Connection& connection, std::span<const sql::Record> records);
    Result<> drop(Connection& connection, const std::string& partition);

    Link link_;
    EventPartitions& partitions_;
};

}  // namespace thingstead::store::postgres
