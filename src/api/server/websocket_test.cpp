// The WebSocket interface: who is there, commands, live values, limits.
#include "net/websocket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>

#include "api/server/api_testing.h"
#include "core/subscriptions.h"
#include "core/telemetry.h"

namespace thingstead::api {
namespace {

using model::Authority;
using testing::HasSubstr;
using namespace std::chrono_literals;
namespace asio = boost::asio;

/// A client without a network: the test's thread writes and reads, the room's thread talks.
class FakeSocket final : public net::WebSocket, public std::enable_shared_from_this<FakeSocket> {
  public:
    explicit FakeSocket(asio::any_io_executor executor)
        : executor_(std::move(executor)), wake_(executor_) {
        wake_.expires_at(std::chrono::steady_clock::time_point::max());
    }

    asio::any_io_executor executor() override { return executor_; }

    Task<Result<std::optional<net::WebSocketMessage>>> read() override {
        using Message = std::optional<net::WebSocketMessage>;
        while (coming_.empty() && !ended_) {
            co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        if (ended_) co_return Message();
        net::WebSocketMessage message{std::move(coming_.front()), false};
        coming_.pop_front();
        co_return Message(std::move(message));
    }

    Result<> send(std::string text) override {
        const std::lock_guard lock(mutex_);
        if (close_) return Error{ErrorCode::unavailable, "closed"};
        if (sent_.size() >= sent_max_) return Error{ErrorCode::rate_limited, "full"};
        sent_.push_back(std::move(text));
        changed_.notify_all();
        return {};
    }
    void post_send(std::string) override { FAIL() << "the room sends on the socket's thread"; }
    void close(net::CloseCode code, std::string reason) override {
        const std::lock_guard lock(mutex_);
        if (!close_) close_ = {static_cast<int>(code), std::move(reason)};
        changed_.notify_all();
        end();
    }
    void post_close(net::CloseCode, std::string) override {
        FAIL() << "the room closes on the socket's thread";
    }
    std::size_t queued() const override { return 0; }

    // The client's side, on the test's thread.
    void says(std::string text) {
        asio::post(executor_, [self = shared_from_this(), text = std::move(text)] {
            self->coming_.push_back(text);
            self->wake_.cancel();
        });
    }
    void leaves() {
        asio::post(executor_, [self = shared_from_this()] { self->end(); });
    }
    std::string hears() {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, 60s, [&] { return !sent_.empty() || close_; }) ||
            sent_.empty())
            return close_ ? "closed: " + close_->second : "nothing came";
        std::string text = std::move(sent_.front());
        sent_.pop_front();
        return text;
    }
    std::pair<int, std::string> is_closed() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 60s, [&] { return close_.has_value(); });
        return close_.value_or(std::pair{0, "open"});
    }
    void takes(std::size_t sent_max) {
        const std::lock_guard lock(mutex_);
        sent_max_ = sent_max;
    }

  private:
    void end() {
        ended_ = true;
        wake_.cancel();
    }

    asio::any_io_executor executor_;
    asio::steady_timer wake_;
    std::deque<std::string> coming_;
    bool ended_ = false;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::string> sent_;
    std::size_t sent_max_ = std::numeric_limits<std::size_t>::max();
    std::optional<std::pair<int, std::string>> close_;
};

/// A conversation that ends with its scope.
class Client {
  public:
    Client(TestApi& api, const std::string& target)
        : socket(std::make_shared<FakeSocket>(api.executor())),
          ended_(api.converse(target, socket)) {}
    ~Client() { leave(); }
    void leave() {
        if (!ended_.valid()) return;
        socket->leaves();
        ended_.get();
    }
    /// One command of the current envelope.
    void commands(const std::string& command) { socket->says(R"({"cmds":[)" + command + "]}"); }

    const std::shared_ptr<FakeSocket> socket;

  private:
    std::future<void> ended_;
};

class WebSocketApi : public testing::Test {
  protected:
    std::string about(std::string_view type, int id, const std::string& members = {}) {
        return R"({"type":")" + std::string(type) + R"(","cmdId":)" + std::to_string(id) +
               R"(,"entityType":"DEVICE","entityId":")" + device + '"' + members + '}';
    }
    void save(const std::string& values) {
        ASSERT_EQ(
            api.post("/api/plugins/telemetry/DEVICE/" + device + "/timeseries/ANY", tenant, values)
                .status,
            200);
    }
    std::string general() const { return "/api/ws?token=" + tenant; }

    TestApi api{
        {.ws_auth_timeout = 50ms, .ws_subscriptions_max = 2, .ws_pending_values_max = 50}
    };
    const std::string tenant = api.token(Authority::tenant_admin);
    const std::string device = api.make_device("Pump");
};

TEST_F(WebSocketApi, AnswersTheLatestValuesAndThenFollowsThem) {
    save(R"({"ts":1000,"values":{"t":21.0}})");
    Client client(api, general());
    client.commands(about("TIMESERIES", 1, R"(,"keys":"t","scope":"LATEST_TELEMETRY")"));
    EXPECT_EQ(client.socket->hears(), R"({"subscriptionId":1,"errorCode":0,"errorMsg":null,)"
                                      R"("data":{"t":[[1000,"21.0"]]},"latestValues":{"t":1000}})");
    save(R"({"ts":500,"values":{"t":1,"other":1}})");
    save(R"({"ts":2000,"values":{"t":"on"}})");
    EXPECT_EQ(client.socket->hears(), R"({"subscriptionId":1,"errorCode":0,"errorMsg":null,)"
                                      R"("data":{"t":[[2000,"on"]]},"latestValues":{"t":2000}})");
    ASSERT_EQ(api.call("DELETE",
                       "/api/plugins/telemetry/DEVICE/" + device +
                           "/timeseries/delete?keys=t&deleteAllDataForKeys=true",
                       tenant)
                  .status,
              200);
    EXPECT_THAT(client.socket->hears(), HasSubstr(R"("data":{"t":[[0,""]]})"));
}

TEST_F(WebSocketApi, WithoutTheLatestScopeEveryPointIsForwarded) {
    save(R"({"ts":1000,"values":{"t":1}})");
    Client client(api, general());
    client.commands(about("TIMESERIES", 4));
    EXPECT_THAT(client.socket->hears(), HasSubstr(R"("data":{"t":[[1000,"1"]]})"));
    save(R"({"ts":500,"values":{"t":2}})");
    EXPECT_THAT(client.socket->hears(), HasSubstr(R"("data":{"t":[[500,"2"]]})"));
}

TEST_F(WebSocketApi, ATimeWindowStartsWithItsHistory) {
    save(R"([{"ts":1000,"values":{"t":1}},{"ts":2000,"values":{"t":2}},
             {"ts":9000,"values":{"t":9}}])");
    Client client(api, general());
    client.commands(
        about("TIMESERIES", 1, R"(,"keys":"t","startTs":1000,"timeWindow":2000,"agg":"NONE")"));
    EXPECT_THAT(client.socket->hears(),
                HasSubstr(R"("data":{"t":[[2000,"2"],[1000,"1"]]},"latestValues":{"t":1000})"));
    client.commands(
        about("TIMESERIES_HISTORY", 2,
              R"(,"keys":"t","startTs":1000,"endTs":3000,"interval":2000,"agg":"SUM")"));
    EXPECT_THAT(client.socket->hears(), HasSubstr(R"("data":{"t":[[2000,"3"]]})"));
    EXPECT_EQ(api.subscriptions().size(), 1u);
}

TEST_F(WebSocketApi, AttributesAreFollowedInTheirScope) {
    Client client(api, general());
    client.commands(about("ATTRIBUTES", 1, R"(,"scope":"SHARED_SCOPE","keys":"rate")"));
    EXPECT_THAT(client.socket->hears(), testing::ContainsRegex(R"("rate":\[\[[0-9]+,null\]\])"));
    const std::string path = "/api/plugins/telemetry/DEVICE/" + device;
    ASSERT_EQ(api.post(path + "/SERVER_SCOPE", tenant, R"({"rate":1})").status, 200);
    ASSERT_EQ(api.post(path + "/SHARED_SCOPE", tenant, R"({"rate":{"a":1}})").status, 200);
    EXPECT_THAT(client.socket->hears(),
                testing::ContainsRegex(R"("rate":\[\[[0-9]+,"\{\\"a\\":1\}"\]\])"));
    ASSERT_EQ(api.call("DELETE", path + "/SHARED_SCOPE?keys=rate", tenant).status, 200);
    EXPECT_THAT(client.socket->hears(), HasSubstr(R"("data":{"rate":[[0,""]]})"));
}

TEST_F(WebSocketApi, TheOlderEnvelopeTakesTheSameCommands) {
    save(R"({"ts":1000,"values":{"t":21.0}})");
    Client client(api, "/api/ws/plugins/telemetry?token=" + tenant);
    client.socket->says(R"({"tsSubCmds":[)" + about("", 7, R"(,"keys":"t")") +
                        R"(],"attrSubCmds":[)" + about("", 8) + "]}");
    EXPECT_THAT(client.socket->hears(), HasSubstr(R"({"subscriptionId":8,"errorCode":0)"));
    EXPECT_THAT(client.socket->hears(), HasSubstr(R"({"subscriptionId":7,"errorCode":0)"));
}

TEST_F(WebSocketApi, TheFirstMessageNamesTheUserAndMayBringCommands) {
    Client client(api, "/api/ws");
    client.socket->says(R"({"authCmd":{"cmdId":0,"token":")" + tenant + R"("},"cmds":[)" +
                        about("TIMESERIES", 1) + "]}");
    EXPECT_EQ(client.socket->hears(),
              R"({"subscriptionId":1,"errorCode":0,"errorMsg":null,"data":{},"latestValues":{}})");
}

TEST_F(WebSocketApi, AStrangerIsTurnedAwayWithTheFittingCode) {
    const struct {
        std::string target, text;
        int code;
        const char* reason;
    } rows[] = {
        {"/api/ws?token=nonsense",                "",                                                          1011, "Invalid username or password"},
        {"/api/ws/plugins/other?token=" + tenant, "",                                                          1007, "Unknown session type"        },
        {"/api/ws",                               R"({"cmds":[]})",                                            1008, "Auth cmd is missing"         },
        {"/api/ws/plugins/telemetry",             "{}",                                                        1008, "Auth cmd is missing"         },
        {"/api/ws",                               R"({"authCmd":{"token":"x"}})",                              1007, "Invalid username or password"},
        {"/api/ws",                               R"({"authCmd":{"apiKey":"k","token":")" + tenant + R"("}})", 1007,
         "Invalid username or password"                                                                                                            },
        {"/api/ws",                               "",                                                          1008, ""                            },
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.target + " " + row.reason);
        Client client(api, row.target);
        if (!row.text.empty()) client.socket->says(row.text);
        EXPECT_EQ(client.socket->is_closed(), std::pair(row.code, std::string(row.reason)));
    }
    Client garbage(api, "/api/ws");
    garbage.socket->says("{");
    EXPECT_EQ(garbage.socket->is_closed().first, 1007);
}

TEST_F(WebSocketApi, SaysWhatIsWrongWithACommandAndGoesOn) {
    const std::string missing = R"("entityId":"b2e4cd40-6b13-11ee-8c99-0242ac120002")";
    const struct {
        std::string text;
        int id, code;
        std::string message;
    } rows[] = {
        {"{", 1, 2, "Failed to parse the payload"},
        {R"({"cmds":[{"type":"ENTITY_DATA","cmdId":5,"query":{}}]})", 5, 2,
         "Command type ENTITY_DATA is not supported!"},
        {R"({"cmds":[)" + about("TIMESERIES", -1) + "]}", -1, 2, "Cmd id is negative value!"},
        {R"({"cmds":[{"type":"ATTRIBUTES","cmdId":2}]})", 2, 2, "Device id is empty!"},
        {R"({"cmds":[{"type":"TIMESERIES","cmdId":2,"entityType":"DEVICE",)" + missing + "}]}", 2,
         1, "Failed to fetch data!"},
        {R"({"cmds":[{"type":"ATTRIBUTES","cmdId":2,"entityType":"DEVICE",)" + missing + "}]}", 2,
         1, "Failed to fetch attributes!"},
        {R"({"cmds":[)" + about("ATTRIBUTES", 3, R"(,"scope":"MY_SCOPE")") + "]}", 3, 2,
         "Invalid scope: MY_SCOPE"},
        {R"({"cmds":[)" + about("TIMESERIES_HISTORY", 3) + "]}", 3, 2, "Keys are empty!"},
        {R"({"cmds":[)" +
             about("TIMESERIES_HISTORY", 3, R"(,"keys":"t","endTs":9,"interval":1,"agg":"BEST")") +
             "]}", 3, 2, R"(Aggregation \"BEST\" is not supported!)"},
    };
    Client client(api, general());
    for (const auto& row : rows) {
        client.socket->says(row.text);
        EXPECT_EQ(client.socket->hears(), R"({"subscriptionId":)" + std::to_string(row.id) +
                                              R"(,"errorCode":)" + std::to_string(row.code) +
                                              R"(,"errorMsg":")" + row.message +
                                              R"(","data":null,"latestValues":{}})");
    }
    EXPECT_EQ(api.subscriptions().size(), 0u);
}

TEST_F(WebSocketApi, SubscriptionsEndWhenAskedToAndWithTheSocket) {
    Client client(api, general());
    for (const int id : {1, 2}) {
        client.commands(about("TIMESERIES", id));
        client.socket->hears();
    }
    EXPECT_EQ(api.subscriptions().size(), 2u);
    client.commands(about("TIMESERIES", 3));
    EXPECT_THAT(client.socket->hears(),
                HasSubstr(R"("errorCode":2,"errorMsg":"Max subscriptions limit reached!")"));
    client.commands(about("TIMESERIES", 1, R"(,"unsubscribe":true)"));
    client.commands(about("TIMESERIES", 2));  // A command id that is reused replaces.
    client.socket->hears();
    EXPECT_EQ(api.subscriptions().size(), 1u);
    client.leave();
    EXPECT_EQ(api.subscriptions().size(), 0u);
}

/// Saves `count` points within one turn of the socket's thread.
void burst(TestApi& api, const std::string& device, int count) {
    std::promise<void> done;
    asio::post(api.executor(), [&] {
        for (int i = 1; i <= count; ++i) {
            core::RuleSave save;
            save.entity = {model::EntityType::device, *parse_uuid(device)};
            save.ts = i;
            save.values = {
                {"t", model::Value(std::int64_t{i})}
            };
            EXPECT_TRUE(api.telemetry().try_save(save));
        }
        done.set_value();
    });
    done.get_future().get();
}

TEST_F(WebSocketApi, ABurstIsOneFrame) {
    Client client(api, general());
    client.commands(about("TIMESERIES", 1, R"(,"keys":"t")"));
    client.socket->hears();
    burst(api, device, 3);
    EXPECT_THAT(client.socket->hears(),
                HasSubstr(R"("data":{"t":[[1,"1"],[2,"2"],[3,"3"]]},"latestValues":{"t":3})"));
}

TEST_F(WebSocketApi, AClientThatDoesNotKeepUpIsClosed) {
    {
        Client client(api, general());
        client.commands(about("TIMESERIES", 1));
        client.socket->hears();
        burst(api, device, 51);
        EXPECT_EQ(client.socket->is_closed(),
                  std::pair(1008, std::string("Max pending updates limit reached!")));
    }
    Client client(api, general());
    client.commands(about("TIMESERIES", 1));
    client.socket->hears();
    client.socket->takes(0);
    burst(api, device, 1);
    EXPECT_EQ(client.socket->is_closed(),
              std::pair(1008, std::string("Max pending updates limit reached!")));
}

}  // namespace
}  // namespace thingstead::api
