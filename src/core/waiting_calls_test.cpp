#include "core/waiting_calls.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

namespace thingstead::core {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

const model::TenantId ours = model::TenantId::make();
const model::TenantId theirs = model::TenantId::make();

Task<> keep_answer(WaitingCalls::Place place, std::chrono::milliseconds wait,
                   std::optional<Result<std::string>>& into) {
    into = co_await place.answer(wait);
}

struct WaitingCallsTest : testing::Test {
    WaitingCalls::Place enter(model::TenantId tenant) {
        auto place = calls.enter(tenant, context.get_executor());
        EXPECT_TRUE(place) << place.error().message;
        return *std::move(place);
    }
    Result<std::string> wait_for(WaitingCalls::Place place, std::chrono::milliseconds wait) {
        std::optional<Result<std::string>> answer;
        asio::co_spawn(context, keep_answer(std::move(place), wait, answer),
                       [](const std::exception_ptr&) {});
        context.restart();
        context.run();
        return *std::move(answer);
    }

    MetricsRegistry metrics;
    asio::io_context context{1};
    WaitingCalls calls{
        {3, 2},
        metrics
    };
};

TEST_F(WaitingCallsTest, AnAnswerThatComesBeforeTheWaitIsNotLost) {
    WaitingCalls::Place place = enter(ours);
    EXPECT_TRUE(calls.answer({ours, place.request(), "42"}));
    context.run();
    EXPECT_EQ(wait_for(std::move(place), 1h).value(), "42");
    EXPECT_EQ(calls.size(), 0u);
}

TEST_F(WaitingCallsTest, AnAnswerEndsTheWait) {
    WaitingCalls::Place place = enter(ours);
    const Uuid request = place.request();
    asio::post(context, [&] { calls.answer({ours, request, "now"}); });
    EXPECT_EQ(wait_for(std::move(place), 1h).value(), "now");
}

TEST_F(WaitingCallsTest, OnlyTheFirstAnswerCounts) {
    WaitingCalls::Place place = enter(ours);
    EXPECT_TRUE(calls.answer({ours, place.request(), "first"}));
    EXPECT_FALSE(calls.answer({ours, place.request(), "second"}));
    EXPECT_EQ(wait_for(std::move(place), 1h).value(), "first");
}

TEST_F(WaitingCallsTest, AnotherTenantsChainAnswersNothing) {
    WaitingCalls::Place place = enter(ours);
    EXPECT_FALSE(calls.answer({theirs, place.request(), "42"}));
    EXPECT_EQ(wait_for(std::move(place), 1ms).error().code, ErrorCode::timeout);
}

TEST_F(WaitingCallsTest, WhoWaitedTooLongGivesThePlaceBack) {
    WaitingCalls::Place place = enter(ours);
    const Uuid request = place.request();
    EXPECT_EQ(wait_for(std::move(place), 1ms).error().code, ErrorCode::timeout);
    EXPECT_FALSE(calls.answer({ours, request, "late"}));
    EXPECT_EQ(calls.size(), 0u);
}

TEST_F(WaitingCallsTest, PlacesAreFewAndEveryTenantHasItsShare) {
    std::optional<WaitingCalls::Place> first(enter(ours));
    const WaitingCalls::Place second = enter(ours);
    EXPECT_EQ(calls.enter(ours, context.get_executor()).error().code, ErrorCode::rate_limited);
    const WaitingCalls::Place third = enter(theirs);
    EXPECT_EQ(calls.enter(theirs, context.get_executor()).error().code, ErrorCode::unavailable);
    first.reset();
    const WaitingCalls::Place again = enter(ours);
    EXPECT_EQ(calls.size(), 3u);
}

}  // namespace
}  // namespace thingstead::core
