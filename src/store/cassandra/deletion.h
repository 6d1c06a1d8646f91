// Deletes ranges and entities. All methods on the client's thread.
#pragma once
#include "net/task.h"
#include "store/cassandra/reader.h"
#include "store/cassandra/write_clock.h"
#include "store/cassandra/writer.h"

namespace thingstead::store::cassandra {

class Deletion {
  public:
    /// All outlive it.
    Deletion(Session& session, Reader& reader, Writer& writer, WriteClock& write_clock,
             const Settings& settings)
        : session_(session),
          reader_(reader),
          writer_(writer),
          write_clock_(write_clock),
          settings_(settings) {}

    Task<Result<DeleteOutcome>> remove(DeleteRange range);
    Task<Result<>> remove_entity(model::EntityId entity);

  private:
    Task<Result<>> remove_points(DeleteRange range);
    Task<Result<>> remove_series(model::EntityId entity, std::string key);
    Task<Result<>> write_latest(model::EntityId entity, std::string key,
                                std::optional<model::TimedValue> value, std::int64_t write_time);
    Question question(StatementId statement) const;

    Session& session_;
    Reader& reader_;
    Writer& writer_;
    WriteClock& write_clock_;
    const Settings settings_;
};

}  // namespace thingstead::store::cassandra
