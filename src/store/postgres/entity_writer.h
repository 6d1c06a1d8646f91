// One writing thread of the entity store: gathers works into transactions, runs them again when
// another server came in the way or the connection was lost before the commit.
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "store/entity_store.h"
#include "store/postgres/entity_metrics.h"
#include "store/postgres/link.h"
#include "store/postgres/settings.h"
#include "store/sql/work_queue.h"

namespace thingstead::store::postgres {

using WriteQueue = sql::WorkQueue<Transaction>;

class EntityWriter {
  public:
    /// SQL for each connection: works that look before they write are atomic between servers too.
    static constexpr const char* session = "SET default_transaction_isolation='serializable'";

    /// Everything outlives it.
    EntityWriter(const EntitySettings& settings, LinkContext& context, WriteQueue& queue,
                 EntityMetrics& metrics);

    Result<> connect() { return link_.connect(); }
    /// Until the queue is closed and empty.
    void serve();

  private:
    struct Job {
        sql::WaitingWork<Transaction> waiting;
        Result<> result;
    };
    using Jobs = std::vector<Job>;
    enum class End : std::uint8_t { committed, again, failed };

    /// Runs the jobs in transactions until each has a result that stays.
    void settle(Jobs& jobs);
    /// One transaction; `grow`: with what arrives while it runs.
    End attempt(Jobs& jobs, bool grow);
    void run_all(Connection& connection, Jobs& jobs, bool grow);
    void run_one(Connection& connection, Job& job);
    End commit(Connection& connection);
    End fail(Jobs& jobs, const Error& why);
    void answer(Jobs& jobs);

    const EntitySettings& settings_;
    LinkContext& context_;
    WriteQueue& queue_;
    EntityMetrics& metrics_;
    Link link_;
    bool kept_ = false;  ///< The transaction has works of which something may be committed.
    Error error_{ErrorCode::unavailable, "the database is busy"};
};

}  // namespace thingstead::store::postgres
