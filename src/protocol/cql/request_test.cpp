#include "protocol/cql/request.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "protocol/cql/stream_ids.h"

namespace thingstead::cql {
namespace {

std::string hex(const std::string& bytes) { return to_hex(as_bytes(bytes)); }

TEST(CqlRequest, EachKindIsTheFrameOfTheSpecification) {
    Values none, values;
    values.text("k");
    values.bigint(-2);
    values.null();
    values.unset();
    values.boolean(true);
    const struct {
        const char* name;
        std::function<void(std::string&)> append;
        const char* hex;
    } rows[] = {
        {"startup",                [](auto& out) { append_startup(out, 1, "x"); },
         "0400000101"
         "00000026"
         "0002"
         "000b43514c5f56455253494f4e"
         "0005332e302e30"
         "000b4452495645525f4e414d45"
         "000178"                        },
        {"options",                [](auto& out) { append_options(out, 2); },
         "0400000205"
         "00000000"                      },
        {"auth",                   [](auto& out) { append_auth_plain(out, 0, "u", "pw"); },
         "040000000f"
         "00000009"
         "00000005"
         "0075007077"                    },
        {"prepare",                [](auto& out) { append_prepare(out, 3, "Q"); },
         "0400000309"
         "00000005"
         "0000000151"                    },
        {"register",               [](auto& out) { append_register(out, 0); },
         "040000000b"
         "00000031"
         "0003"
         "000f544f504f4c4f47595f4348414e4745"
         "000d5354415455535f4348414e4745"
         "000d534348454d415f4348414e4745"},
        {"query",                  [&](auto& out) { append_query(out, 0, "Q", none, {}); },
         "0400000007"
         "00000008"
         "0000000151"
         "0001"
         "00"                            },
        {"query with all options",
         [&](auto& out) {
             append_query(out, 0, "Q", values,
                          {.consistency = Consistency::local_quorum,
                           .skip_metadata = true,
                           .page_rows = 5000,
                           .paging_state = "ps",
                           .serial = Consistency::local_serial,
                           .timestamp_us = -1});
         },                                                                                         "0400000007"
         "0000003c"
         "0000000151"
         "0006"
         "3f"
         "0005"
         "000000016b"
         "00000008fffffffffffffffe"
         "ffffffff"
         "fffffffe"
         "0000000101"
         "00001388"
         "000000027073"
         "0009"
         "ffffffffffffffff"   },
        {"execute",                [&](auto& out) { append_execute(out, 0x7FFF, "id", none, {}); },
         "04007fff0a"
         "00000007"
         "00026964"
         "0001"
         "00"                            },
        {"batch",
         [&](auto& out) {
             BatchFrame batch(out, 0, BatchKind::unlogged, 2);
             batch.add("a", none);
             batch.add("b", values);
             batch.end(Consistency::one, 7);
         },                                                                                         "040000000d"
         "00000038"
         "01"
         "0002"
         "01000161"
         "0000"
         "01000162"
         "0005"
         "000000016b"
         "00000008fffffffffffffffe"
         "ffffffff"
         "fffffffe"
         "0000000101"
         "0001"
         "20"
         "0000000000000007"   },
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.name);
        std::string out = "before";
        row.append(out);
        EXPECT_EQ(hex(out.substr(6)), row.hex);
        const std::string frame = out.substr(6);
        for (std::size_t cut = 0; cut < frame.size(); ++cut)
            EXPECT_EQ(read_frame(frame.substr(0, cut), 1000).value(), std::nullopt);
        EXPECT_EQ(read_frame(frame + "more", 1000).value()->size(), frame.size());
    }
}

TEST(CqlRequest, ParametersBehindAnIdAreTheSameAsTheWhole) {
    Values values;
    values.real(1.5);
    values.integer(3);
    std::string whole, parameters, joined;
    append_execute(whole, 4, "0123456789abcdef", values, {.page_rows = 3});
    append_parameters(parameters, values, {.page_rows = 3});
    append_execute(joined, 0, "0123456789abcdef", parameters);
    set_stream(joined, 0, 4);
    EXPECT_EQ(hex(joined), hex(whole));
}

TEST(StreamIds, EachIsUsedOnceAndTheLastFreedComesFirst) {
    StreamIds ids(3);
    EXPECT_EQ(ids.take(), 0);
    EXPECT_EQ(ids.take(), 1);
    EXPECT_EQ(ids.take(), 2);
    EXPECT_EQ(ids.take(), std::nullopt);
    ids.release(0);
    ids.release(1);
    EXPECT_EQ(ids.used(), 1u);
    EXPECT_EQ(ids.take(), 1);
    EXPECT_EQ(ids.take(), 0);
    EXPECT_EQ(ids.take(), std::nullopt);
}

}  // namespace
}  // namespace thingstead::cql
