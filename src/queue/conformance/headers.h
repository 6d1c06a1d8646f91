// Part of queue/conformance.h: names and values beside key and value. A driver that keeps none has
// no such producers, and passes.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "queue/conformance/fixture.h"
#include "queue/headers.h"

namespace thingstead::queue {

TEST_P(QueueConformance, HeadersComeWithTheirRecords) {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    open_topic();
    Ear ear;
    auto producer = queue_->open_producer("t", ear.events());
    ASSERT_TRUE(producer);
    auto* const with_headers = dynamic_cast<HeaderProducer*>(producer->get());
    if (!with_headers) GTEST_SKIP() << "the driver keeps no headers";
    const std::string zeros("\0\xff\0", 3);
    const std::vector<Header> some{
        {"requestId", as_bytes(zeros)     },
        {"",          as_bytes("nameless")},
        {"requestId", {}                  }
    };
    const std::vector<Header> too_many(headers_max + 1, Header{"n", {}});
    for (int i = 0; i < 50; ++i) {
        const std::string value = std::to_string(i);
        ASSERT_TRUE(i % 2 == 0 ? with_headers->append_with(0, as_bytes("k"), as_bytes(value), some)
                               : with_headers->append(0, as_bytes("k"), as_bytes(value)));
    }
    ASSERT_TRUE(with_headers->append_with(0, {}, {}, too_many));
    const auto last = with_headers->append_with(0, {}, {}, some);
    ASSERT_TRUE(last);
    ASSERT_TRUE(ear.wait_for(*last));
    EXPECT_EQ(ear.failed().size(), 1u);

    const auto c = consumer("g");
    Pairs expected{
        {"requestId", zeros     },
        {"",          "nameless"},
        {"requestId", ""        }
    };
    int seen = 0;
    while (seen < 51) {
        const auto batch = c->poll(7, 1u << 20, Ear::patience);
        ASSERT_TRUE(batch && *batch);
        for (std::size_t i = 0; i < (*batch)->records().size(); ++i, ++seen) {
            const Record& record = (*batch)->records()[i];
            Pairs got;
            for (const Header& each : headers_of(**batch, i))
                got.emplace_back(each.name, as_text(each.value));
            EXPECT_EQ(got, seen % 2 == 0 ? expected : Pairs()) << seen;
            EXPECT_EQ(as_text(record.key), seen < 50 ? "k" : "");
            EXPECT_EQ(as_text(record.value), seen < 50 ? std::to_string(seen) : "");
        }
    }
}

TEST_P(QueueConformance, HeadersOutliveARestart) {
    open_topic();
    {
        Ear ear;
        auto producer = queue_->open_producer("t", ear.events());
        auto* const with_headers = dynamic_cast<HeaderProducer*>(producer->get());
        if (!with_headers) GTEST_SKIP() << "the driver keeps no headers";
        const std::vector<Header> one{
            {"name", as_bytes("value")}
        };
        const auto ticket = with_headers->append_with(0, as_bytes("k"), as_bytes("v"), one);
        ASSERT_TRUE(ticket);
        ASSERT_TRUE(ear.wait_for(*ticket));
    }
    restart();
    open_topic();
    const auto c = consumer("g");
    const auto batch = c->poll(1, 1u << 20, Ear::patience);
    ASSERT_TRUE(batch && *batch);
    const std::vector<Header> headers = headers_of(**batch, 0);
    const Header* const found = find_header(headers, "name");
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(as_text(found->value), "value");
    EXPECT_EQ(as_text((*batch)->records()[0].key), "k");
}

}  // namespace thingstead::queue
