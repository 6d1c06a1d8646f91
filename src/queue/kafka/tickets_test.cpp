#include "queue/kafka/tickets.h"

#include <gtest/gtest.h>

#include "queue/kafka/room.h"
#include "queue/queue_testing.h"

namespace thingstead::queue::kafka {
namespace {

struct TicketsTest : testing::Test {
    Tickets::Slot& take() {
        Tickets::Slot* slot = nullptr;
        tickets->take(1, slot);
        return *slot;
    }
    Ear ear;
    std::shared_ptr<Tickets> tickets = std::make_shared<Tickets>(ear.events());
};

TEST_F(TicketsTest, HoldsBackWhatCompletesOutOfOrder) {
    Tickets::Slot& one = take();
    Tickets::Slot& two = take();
    Tickets::Slot& three = take();
    tickets->settle(two, std::nullopt);
    tickets->report();
    EXPECT_EQ(ear.reported(), 0u);
    tickets->settle(one, std::nullopt);
    tickets->report();
    EXPECT_EQ(ear.reported(), 2u);
    tickets->settle(three, std::nullopt);
    tickets->report();
    EXPECT_EQ(ear.reported(), 3u);
    EXPECT_TRUE(ear.in_order() && ear.failed().empty());
}

TEST_F(TicketsTest, NamesTheTicketThatFailedAmongThoseThatDidNot) {
    std::vector<Tickets::Slot*> slots;
    for (int i = 0; i < 5; ++i) slots.push_back(&take());
    tickets->settle(*slots[0], std::nullopt);
    tickets->settle(*slots[1], Error{ErrorCode::too_large, ""});
    tickets->settle(*slots[2], Error{ErrorCode::unavailable, ""});
    tickets->settle(*slots[3], std::nullopt);
    tickets->settle(*slots[4], std::nullopt);
    tickets->report();
    EXPECT_EQ(ear.reported(), 5u);
    EXPECT_EQ(ear.failed(), (std::map<Producer::Ticket, ErrorCode>{
                                {2, ErrorCode::too_large  },
                                {3, ErrorCode::unavailable}
    }));
}

TEST_F(TicketsTest, NumbersOnAfterOneWasTakenBack) {
    Tickets::Slot* slot = nullptr;
    EXPECT_EQ(tickets->take(1, slot), 1u);
    EXPECT_EQ(tickets->take(1, slot), 2u);
    tickets->take_back();
    EXPECT_EQ(tickets->take(1, slot), 2u);
}

TEST_F(TicketsTest, OutliveTheirProducerUntilTheLastRecordSettled) {
    Tickets::Slot& one = take();
    Tickets::Slot& two = take();
    std::weak_ptr<Tickets> watched = tickets;
    tickets->close();
    Tickets* const raw = std::exchange(tickets, nullptr).get();
    ASSERT_FALSE(watched.expired());
    raw->settle(one, std::nullopt);
    raw->report();
    ASSERT_FALSE(watched.expired());
    raw->settle(two, std::nullopt);
    raw->report();
    EXPECT_TRUE(watched.expired());
    EXPECT_EQ(ear.reported(), 0u);  // a producer that is gone hears nothing
}

TEST(Room, RefusesWhatIsOverABoundAndTellsWhenHalfIsFree) {
    Ear ear;
    const auto tickets = std::make_shared<Tickets>(ear.events());
    Room room(100, 3);
    EXPECT_TRUE(room.take(60));
    EXPECT_FALSE(room.take(60));
    ASSERT_TRUE(room.starve(tickets));
    EXPECT_TRUE(room.take(40));
    room.give(40, 1);
    room.tell_starving();
    EXPECT_EQ(ear.rooms(), 0);
    room.give(60, 1);
    room.tell_starving();
    EXPECT_EQ(ear.rooms(), 1);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(room.take(0));
    EXPECT_FALSE(room.take(0));
    EXPECT_EQ(room.bytes(), 0u);
}

TEST(Room, TakesARecordThatIsLargerThanAllWhenItIsAlone) {
    Room room(100, 10);
    EXPECT_TRUE(room.take(200));
    EXPECT_FALSE(room.take(1));
    room.give(200, 1);
    EXPECT_TRUE(room.take(1));
    EXPECT_FALSE(room.take(200));
}

TEST(Room, DoesNotLetARefusedProducerWaitWhenThereIsRoom) {
    Ear ear;
    Room room(100, 10);
    EXPECT_FALSE(room.starve(std::make_shared<Tickets>(ear.events())));
}

TEST(Room, IsEmptyForGoodOnceItClosed) {
    Room room(100, 10);
    ASSERT_TRUE(room.take(1));
    room.close();
    EXPECT_FALSE(room.take(1));
    EXPECT_FALSE(room.wait_empty(std::chrono::milliseconds(0)));
    room.give(1, 1);
    EXPECT_TRUE(room.wait_empty(std::chrono::milliseconds(0)));
}

}  // namespace
}  // namespace thingstead::queue::kafka
