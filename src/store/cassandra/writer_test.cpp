#include "store/cassandra/writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>

#include "base/bytes.h"
#include "store/cassandra/two_nodes_testing.h"
#include "store/timeseries_testing.h"

namespace thingstead::store::cassandra {
namespace {

using namespace std::chrono_literals;
using Row = FakeNode::Row;

const std::vector<std::string> texts = statement_texts("ks");

bool is_read(const FakeNode::Rows& rows) { return rows.front().statement.starts_with("SELECT"); }
bool is_point(const Row& row) { return row.statement == texts[insert_point]; }

std::int64_t number(const std::optional<std::string>& cell) {
    return static_cast<std::int64_t>(load_big<std::uint64_t>(as_bytes(cell.value()).data()));
}
cql::Token token_of(const Row& row) {
    std::string key;
    const std::size_t columns = is_point(row) ? 4 : row.statement == texts[insert_latest] ? 2 : 3;
    for (std::size_t i = 0; i < columns; ++i) cql::append_key_component(key, *row.values[i]);
    return cql::murmur3_token(key);
}
bool has_key(const Row& row, std::string_view key) { return row.values[2] == key; }

std::optional<cql::Response> server_error(cql::ServerErrorCode code) {
    return cql::Response(cql::ServerError{.code = code, .message = "as the test wants"});
}

/// What both nodes were sent, request by request, and what they answered.
class Heard {
  public:
    using Judge = std::function<std::optional<cql::Response>(const FakeNode::Rows&)>;
    explicit Heard(Judge judge) : judge_(std::move(judge)) {}

    std::optional<cql::Response> answer(std::size_t node, const FakeNode::Rows& rows) {
        if (is_read(rows)) {
            cql::Rows none;
            none.column_count = 3;
            return none;
        }
        const std::lock_guard lock(mutex_);
        requests_.push_back({node, rows});
        auto out = judge_(rows);
        if (out && std::holds_alternative<cql::Void>(*out))
            written_.insert(written_.end(), rows.begin(), rows.end());
        return out;
    }
    struct Request {
        std::size_t node;
        FakeNode::Rows rows;
    };
    std::vector<Request> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    std::vector<Row> written() const {
        const std::lock_guard lock(mutex_);
        return written_;
    }

  private:
    mutable std::mutex mutex_;
    const Judge judge_;
    std::vector<Request> requests_;
    std::vector<Row> written_;
};

class WriterOfTwoNodes : public TwoNodes {
  protected:
    WriterOfTwoNodes() : TwoNodes(texts, 500ms) {
        listen([](const auto&) { return cql::Void{}; });
    }
    ~WriterOfTwoNodes() override {
        ledger.close();
        on_client([&] { session->set_on_tick([] {}); });
        close();
    }

    void listen(Heard::Judge judge) {
        heard = std::make_shared<Heard>(std::move(judge));
        first->set_on_rows([h = heard](const auto& rows) { return h->answer(0, rows); });
        second->set_on_rows([h = heard](const auto& rows) { return h->answer(1, rows); });
    }
    void make_writer() {
        writer = std::make_unique<Writer>(io.at(0).get_executor(), *session, ledger, write_clock,
                                          settings, store_metrics, log.log, WritePauses{1ms, 1ms});
        on_client([&] { session->set_on_tick([this] { writer->tick(); }); });
    }
    void write(const model::EntityId& device, EpochMs ts,
               const std::vector<model::KeyValue>& values, bool latest = false) {
        Ticket* const ticket = ledger.take(device, 1, SourceOffset{0, ts});
        ASSERT_TRUE(ticket);
        EncodedPoints encoded;
        const PointsWrite points{
            .entity = device, .ts = ts, .values = values, .save_latest = latest};
        PointEncoder encoder(encoded, points, {}, write_clock.next(values.size()), settings);
        for (const model::KeyValue& each : values) encoder.add(each);
        writer->submit(ticket, ts, encoded);
    }
    /// One message of `count` devices, taken by the writer at once.
    void write_devices(std::size_t count, const std::vector<model::KeyValue>& values) {
        on_client([&] {
            for (std::size_t i = 0; i < count; ++i)
                write(devices.emplace_back(some_device()), 1, values);
        });
    }
    bool all_finished() { return ledger.wait_all_finished(30s); }

    std::shared_ptr<Heard> heard;
    std::vector<model::EntityId> devices;
    WriteClock write_clock;
    StoreMetrics store_metrics{registry};
    Ledger ledger{64 << 20, store_metrics};
    std::unique_ptr<Writer> writer;
};

TEST_F(WriterOfTwoNodes, RowsGoInBatchesToTheNodesThatOwnThem) {
    make_writer();
    write_devices(200, {
                           {"a", 1.0            },
                           {"b", std::int64_t{2}}
    });
    ASSERT_TRUE(all_finished());
    std::map<std::string, std::size_t> rows;
    std::size_t with_points = 0;
    for (const Heard::Request& request : heard->requests()) {
        with_points += std::any_of(request.rows.begin(), request.rows.end(), is_point);
        for (const Row& row : request.rows) {
            ++rows[row.statement];
            EXPECT_EQ(token_of(row) > 0 ? 1u : 0u, request.node) << row.statement;
        }
    }
    EXPECT_EQ(rows[texts[insert_point]], 400u);
    EXPECT_EQ(rows[texts[insert_directory]], 400u);
    EXPECT_EQ(rows[texts[insert_latest]], 400u);  // of keys without a latest value
    EXPECT_EQ(store_metrics.rows_written.value(), 1'200u);
    EXPECT_LT(with_points, 20u);  // 800 rows with their directory's, of two nodes
    EXPECT_EQ(store_metrics.batches.value(), heard->requests().size());
    EXPECT_EQ(ledger.checkpointed(0), -1);
}

TEST_F(WriterOfTwoNodes, AWriteThatIsAloneIsNotHeldBack) {
    make_writer();
    const model::EntityId device = some_device();
    for (EpochMs ts = 1; ts <= 3; ++ts) {
        write(device, ts,
              {
                  {"a", 1.0}
        },
              true);
        ASSERT_TRUE(all_finished());
    }
    // Then it is one row of the history and one of the latest values: a request or two.
    const auto requests = heard->requests();
    std::size_t of_last = 0;
    for (const Heard::Request& request : requests)
        for (const Row& row : request.rows)
            if (is_point(row) && number(row.values[4]) == 3) of_last = request.rows.size();
    EXPECT_GE(of_last, 1u);
    EXPECT_LE(of_last, 2u);
}

TEST_F(WriterOfTwoNodes, NoRequestIsOverTheLimits) {
    struct Limits {
        std::size_t rows, bytes, value_bytes, rows_of_largest;
    };
    const Limits table[] = {
        {7,   1 << 20, 10,     7 },
        {1,   1 << 20, 10,     1 },
        {100, 5 << 10, 1'000,  4 },
        {100, 5 << 10, 10'000, 1 },
        {100, 5 << 10, 8,      61}, // 58 to 82 bytes each
    };
    for (const Limits& limits : table) {
        SCOPED_TRACE(limits.value_bytes);
        settings.batch_rows_max = limits.rows;
        settings.batch_bytes_max = limits.bytes;
        listen([](const auto&) { return cql::Void{}; });
        make_writer();
        write_devices(150, {
                               {"k", std::string(limits.value_bytes, 'x')}
        });
        ASSERT_TRUE(all_finished());
        std::size_t largest = 0;
        for (const Heard::Request& request : heard->requests()) {
            std::size_t points = 0;
            for (const Row& row : request.rows) points += is_point(row);
            EXPECT_LE(request.rows.size(), limits.rows);
            if (limits.value_bytes >= 1'000) {
                EXPECT_LE(points, limits.rows_of_largest);
            }
            largest = std::max(largest, request.rows.size());
        }
        if (limits.value_bytes < 1'000) {
            EXPECT_GT(largest, limits.rows_of_largest / 2);
        }
        on_client([&] { session->set_on_tick([] {}); });
    }
}

TEST_F(WriterOfTwoNodes, ARefusedRowDoesNotTakeItsNeighbours) {
    listen([](const FakeNode::Rows& rows) {
        const bool bad = std::any_of(rows.begin(), rows.end(), [](const Row& row) {
            return is_point(row) && has_key(row, "bad");
        });
        return bad ? server_error(cql::ServerErrorCode::invalid) : cql::Void{};
    });
    make_writer();
    on_client([&] {
        for (std::size_t i = 0; i < 60; ++i)
            write(devices.emplace_back(some_device()), 1,
                  {
                      {i == 20 ? "bad" : "good", 1.0}
            });
    });
    ASSERT_TRUE(all_finished());
    const auto written = heard->written();
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const std::string id(as_text(devices[i].uuid.bytes()));
        const auto points = std::count_if(written.begin(), written.end(), [&](const Row& row) {
            return is_point(row) && row.values[1] == id;
        });
        EXPECT_EQ(points, i == 20 ? 0 : 1);
    }
    std::size_t alone = 0;
    for (const Heard::Request& request : heard->requests())
        alone += request.rows.size() == 1 && is_point(request.rows[0]) &&
                 has_key(request.rows[0], "bad");
    EXPECT_EQ(alone, 8u);
    EXPECT_EQ(store_metrics.points_rejected.value(), 1u);
    EXPECT_EQ(log.lines->count("cassandra.points.rejected"), 1u);
    EXPECT_EQ(store_metrics.rows_written.value(), 60u * 3 - 1);
}

TEST_F(WriterOfTwoNodes, ABatchThatTimesOutIsSentAgainAsItWas) {
    std::atomic<int> failures{8};
    listen([&](const FakeNode::Rows&) {
        return failures-- > 0 ? server_error(cql::ServerErrorCode::write_timeout) : cql::Void{};
    });
    settings.writes_in_flight_max = 1;
    make_writer();
    write_devices(50, {
                          {"a", 1.0}
    });
    ASSERT_TRUE(all_finished());
    const auto requests = heard->requests();
    const auto written = heard->written();
    std::size_t repeated = 0;
    for (std::size_t i = 0; i < requests.size(); ++i)
        for (std::size_t k = i + 1; k < requests.size(); ++k)
            repeated += requests[i].rows == requests[k].rows;
    EXPECT_GE(repeated, 8u);
    for (const Heard::Request& request : requests)
        for (const Row& row : request.rows)
            EXPECT_EQ(std::count(written.begin(), written.end(), row), 1);
    EXPECT_EQ(store_metrics.points_rejected.value(), 0u);
}

TEST_F(WriterOfTwoNodes, ANodeThatStumblesOverOneRowGetsTheOthers) {
    listen([](const FakeNode::Rows& rows) {
        const bool bad = std::any_of(rows.begin(), rows.end(), [](const Row& row) {
            return is_point(row) && has_key(row, "bad");
        });
        return bad ? server_error(cql::ServerErrorCode::server_error) : cql::Void{};
    });
    make_writer();
    const model::EntityId bad = some_device(), good = some_device();
    on_client([&] {
        for (int i = 0; i < 20; ++i)
            write(good, i,
                  {
                      {"good", 1.0}
            });
        write(bad, 1,
              {
                  {"bad", 1.0}
        });
    });
    run_task(ledger.entity_finished(good, ledger.taken(good)));
    EXPECT_TRUE(ledger.is_finished(good, ledger.taken(good)));
    EXPECT_FALSE(ledger.is_finished(bad, ledger.taken(bad)));  // for ever
}

TEST_F(WriterOfTwoNodes, OfOnePointTheLaterWriteHasTheLaterTimeHoweverTheyAreSent) {
    std::atomic<int> failures{3};
    listen([&](const FakeNode::Rows&) {
        return failures-- > 0 ? server_error(cql::ServerErrorCode::write_timeout) : cql::Void{};
    });
    settings.batch_rows_max = 3;
    make_writer();
    const model::EntityId device = some_device();
    on_client([&] {
        for (std::int64_t i = 0; i < 20; ++i)
            write(device, 1,
                  {
                      {"a", i}
            });
    });
    ASSERT_TRUE(all_finished());
    std::map<std::int64_t, std::int64_t> by_write_time;
    for (const Row& row : heard->written())
        if (is_point(row)) by_write_time[number(row.values[11])] = number(row.values[7]);
    ASSERT_EQ(by_write_time.size(), 20u);
    std::int64_t next = 0;
    for (const auto& [time, value] : by_write_time) EXPECT_EQ(value, next++);
}

TEST_F(WriterOfTwoNodes, LatestValuesOfAnEntityAreFoldedWhileOneIsOnItsWay) {
    make_writer();
    const model::EntityId device = some_device();
    on_client([&] {
        for (std::int64_t i = 0; i < 50; ++i)
            write(device, i == 49 ? 10 : i,  // the last one is late
                  {
                      {"a", i}
            },
                  true);
    });
    ASSERT_TRUE(all_finished());
    std::vector<Row> latest;
    for (const Row& row : heard->written())
        if (row.statement == texts[insert_latest]) latest.push_back(row);
    ASSERT_EQ(latest.size(), 1u);
    EXPECT_EQ(number(latest[0].values[3]), 48);
    EXPECT_EQ(number(latest[0].values[6]), 48);
    EXPECT_EQ(number(latest[0].values[9]), 48'000);
    EXPECT_EQ(store_metrics.latest_folded.value(), 49u);
}

TEST_F(WriterOfTwoNodes, StatementsOfABatchThatTheNodeForgotArePreparedAgain) {
    std::map<std::string, int> forgotten;
    listen([&](const FakeNode::Rows& rows) -> std::optional<cql::Response> {
        for (const Row& row : rows)
            if (forgotten[row.statement]++ == 0) {
                const auto name = std::find(texts.begin(), texts.end(), row.statement);
                return cql::ServerError{.code = cql::ServerErrorCode::unprepared,
                                        .message = "as the test wants",
                                        .statement_id = *name};
            }
        return cql::Void{};
    });
    make_writer();
    const std::size_t prepared = first->prepared() + second->prepared();
    write_devices(20, {
                          {"a", 1.0}
    });
    ASSERT_TRUE(all_finished());
    EXPECT_EQ(first->prepared() + second->prepared(), prepared + 3);
    EXPECT_EQ(store_metrics.writes_retried.value(), 0u);
}

}  // namespace
}  // namespace thingstead::store::cassandra
