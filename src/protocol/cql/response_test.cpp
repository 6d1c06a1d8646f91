#include "protocol/cql/response.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "protocol/cql/response_writer.h"
#include "protocol/cql/value.h"

namespace thingstead::cql {
namespace {

std::string bytes(std::string_view hex) { return std::string(as_text(from_hex(hex))); }

Frame frame_of(std::string_view input) { return read_frame(input, 1 << 20).value().value(); }

TEST(CqlFrame, BadHeadersAreRefusedBeforeTheirBodyIsThere) {
    const struct {
        const char* hex;
        ErrorCode code;
    } rows[] = {
        {"48545450",           ErrorCode::malformed}, // HTTP
        {"82000008",           ErrorCode::malformed}, // a version without a stream of two bytes
        {"850000000800000000", ErrorCode::malformed}, // not an error, and not our version
        {"840000000400000000", ErrorCode::malformed}, // CREDENTIALS is gone
        {"840000001100000000", ErrorCode::malformed}, // no such opcode
        {"8400000008ffffffff", ErrorCode::malformed}, // a negative length
        {"840100000800000000", ErrorCode::malformed}, // compressed
        {"840000000800000401", ErrorCode::too_large},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.hex);
        const auto frame = read_frame(bytes(row.hex), 1024);
        ASSERT_FALSE(frame);
        EXPECT_EQ(frame.error().code, row.code);
    }
}

TEST(CqlFrame, AnErrorOfAnotherVersionIsRead) {
    const std::string input = bytes(
        "830000000000000008"
        "0000000a"
        "00026e6f");
    const Response response = decode_response(frame_of(input)).value();
    EXPECT_EQ(std::get<ServerError>(response).message, "no");
}

struct Row {
    const char* name;
    Opcode opcode;
    const char* body;
    Response response;
};

template <std::size_t Size>
std::string_view raw(const char (&text)[Size]) {
    return {text, Size - 1};
}

const Column text_column{
    "ks", "t", "a", {TypeId::text, raw("\0\x0d")}
};
const Column bigint_column{
    "ks", "t", "b", {TypeId::bigint, raw("\0\x02")}
};
const Column map_column{
    "ks", "t", "m", {TypeId::map, raw("\0\x21\0\x0d\0\x22\0\x09")}
};
const Column tuple_column{
    "ks", "t", "u", {TypeId::tuple, raw("\0\x31\0\x02\0\0\0\x01x\0\x0c")}
};
const Column udt_column{
    "ks", "t", "v", {TypeId::udt, raw("\0\x30\0\x01k\0\x01u\0\x01\0\x01\x66\0\x20\0\x02")}
};

std::vector<Row> results() {
    return {
        {"void",                             Opcode::result, "00000001",                                        Void{}                                                         },
        {"keyspace",                         Opcode::result, "00000003 0002 6b73",                              SetKeyspace{"ks"}                                              },
        {"schema change of a keyspace",      Opcode::result,
         "00000005 0007 44524f50504544 0008 4b45595350414345 0001 6b",                                          SchemaChange{"DROPPED", "KEYSPACE", "k"}                       },
        {"schema change of a function",      Opcode::result,
         "00000005 0007 55504441544544 0008 46554e4354494f4e 0001 6b 0001 66 0002 0001 69 0000",                SchemaChange{"UPDATED", "FUNCTION", "k", "f", {"i", ""}}       },
        {"rows",                             Opcode::result,
         "00000002 00000003 00000002 00000002 7073 0002 6b73 0001 74 0001 61 000d 0001 62 0002"
         "00000002 00000001 78 ffffffff 00000000 00000008 0000000000000009",                                    Rows{{text_column, bigint_column},
              2,
              2,
              "ps",
              raw("\0\0\0\x01x\xff\xff\xff\xff\0\0\0\0\0\0\0\x08\0\0\0\0\0\0\0\x09")}              },
        {"rows without columns",             Opcode::result, "00000002 00000004 00000001 00000001 00000001 78",
         Rows{{}, 1, 1, {}, raw("\0\0\0\x01x")}                                                                                                                                },
        {"rows of several tables and types", Opcode::result,
         "00000002 00000000 00000003 0002 6b73 0001 74 0001 6d 0021 000d 0022 0009"
         "0002 6b73 0001 74 0001 75 0031 0002 0000 0001 78 000c"
         "0002 6b73 0001 74 0001 76 0030 0001 6b 0001 75 0001 0001 66 0020 0002 00000000",                      Rows{{map_column, tuple_column, udt_column}, 3, 0, {}, {}}     },
        {"prepared",                         Opcode::result,
         "00000004 0002 6964 00000001 00000002 00000001 0001 0002 6b73 0001 74 0001 61 000d"
         "0001 62 0002 00000001 00000001 0002 6b73 0001 74 0001 6d 0021 000d 0022 0009",                        Prepared{"id", {text_column, bigint_column}, {1}, {map_column}}},
    };
}

std::vector<Row> errors() {
    using enum ServerErrorCode;
    const auto cl = Consistency::one;
    return {
        {"plain",             Opcode::error, "00002200 0004 6f6f7073",
         ServerError{.code = invalid, .message = "oops"}                                          },
        {"of a later server", Opcode::error, "0000abcd 0000",
         ServerError{.code = static_cast<ServerErrorCode>(0xabcd)}                                },
        {"unavailable",       Opcode::error, "00001000 0000 0001 00000002 00000003",
         ServerError{.code = unavailable, .consistency = cl, .required = 2, .received = 3}        },
        {"write timeout",     Opcode::error, "00001100 0000 0001 00000002 00000003 0001 43",
         ServerError{.code = write_timeout,
                     .consistency = cl,
                     .required = 3,
                     .received = 2,
                     .write_type = "C"}                                                           },
        {"read timeout",      Opcode::error, "00001200 0000 0001 00000002 00000003 01",
         ServerError{.code = read_timeout,
                     .consistency = cl,
                     .required = 3,
                     .received = 2,
                     .data_present = true}                                                        },
        {"read failure",      Opcode::error, "00001300 0000 0001 00000002 00000003 00000004 00",
         ServerError{
             .code = read_failure, .consistency = cl, .required = 3, .received = 2, .failures = 4}},
        {"write failure",     Opcode::error, "00001500 0000 0001 00000002 00000003 00000004 0001 43",
         ServerError{.code = write_failure,
                     .consistency = cl,
                     .required = 3,
                     .received = 2,
                     .failures = 4,
                     .write_type = "C"}                                                           },
        {"unknown outcome",   Opcode::error, "00001700 0000 0001 00000002 00000003",
         ServerError{.code = cas_write_unknown, .consistency = cl, .required = 3, .received = 2}  },
        {"function failure",  Opcode::error, "00001400 0000 0001 6b 0001 66 0001 0001 69",
         ServerError{.code = function_failure, .keyspace = "k", .name = "f", .arguments = {"i"}}  },
        {"already exists",    Opcode::error, "00002400 0000 0001 6b 0001 74",
         ServerError{.code = already_exists, .keyspace = "k", .name = "t"}                        },
        {"unprepared",        Opcode::error, "00002500 0000 0002 6964",
         ServerError{.code = unprepared, .statement_id = "id"}                                    },
    };
}

std::vector<Row> all_rows() {
    std::vector<Row> out = {
        {"ready",          Opcode::ready,          "",                                          Ready{}                                                                       },
        {"authenticate",   Opcode::authenticate,   "0002 5041",                                 Authenticate{"PA"}                                                            },
        {"challenge",      Opcode::auth_challenge, "ffffffff",                                  AuthChallenge{{}}                                                             },
        {"success",        Opcode::auth_success,   "00000001 74",                               AuthSuccess{"t"}                                                              },
        {"supported",      Opcode::supported,      "0001 0001 43 0002 0001 78 0002 797a",
         Supported{{{"C", {"x", "yz"}}}}                                                                                                                                      },
        {"a node is down", Opcode::event,
         "000d 5354415455535f4348414e4745 0004 444f574e 04 7f000001 00002352",                  NodeChange{true, "DOWN", raw("\x7f\0\0\x01"), 9042}                           },
        {"a node is new",  Opcode::event,
         "000f 544f504f4c4f47595f4348414e4745 0008 4e45575f4e4f4445 10"
         "00000000000000000000000000000001 00002352",                                           NodeChange{false, "NEW_NODE", raw("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"), 9042}},
        {"a table is new", Opcode::event,
         "000d 534348454d415f4348414e4745 0007 43524541544544 0005 5441424c45 0001 6b 0001 74", SchemaEvent{{"CREATED", "TABLE", "k", "t"}}                                   },
    };
    for (const auto& part : {results(), errors()}) out.insert(out.end(), part.begin(), part.end());
    return out;
}

Frame frame_with(Opcode opcode, std::string_view body, std::uint8_t flags = 0) {
    return {protocol_version | from_server, flags, 0, opcode, body};
}

TEST(CqlResponse, EachFrameIsReadAsItsValueAndWrittenBack) {
    for (const Row& row : all_rows()) {
        SCOPED_TRACE(row.name);
        const std::string body = bytes(row.body);
        const auto got = decode_response(frame_with(row.opcode, body));
        ASSERT_TRUE(got) << got.error().message;
        EXPECT_TRUE(*got == row.response);
        std::string written;
        append_response(written, 5, row.response);
        const Frame frame = frame_of(written);
        EXPECT_EQ(frame.opcode, row.opcode);
        EXPECT_EQ(frame.stream, 5);
        EXPECT_TRUE(decode_response(frame).value() == row.response);
    }
}

TEST(CqlResponse, ABodyThatEndsTooEarlyIsRefusedAtEveryByte) {
    for (const Row& row : all_rows()) {
        const std::string whole = bytes(row.body);
        for (std::size_t cut = 0; cut < whole.size(); ++cut) {
            SCOPED_TRACE(row.name + std::string(" cut at ") + std::to_string(cut));
            const std::string body = whole.substr(0, cut);  // a copy: reading behind it is caught
            const auto got = decode_response(frame_with(row.opcode, body));
            ASSERT_FALSE(got);
            EXPECT_EQ(got.error().code, ErrorCode::malformed);
        }
    }
}

TEST(CqlResponse, WhatStandsBeforeABodyIsPassedOver) {
    const std::string body = bytes(
        "000102030405060708090a0b0c0d0e0f"  // tracing id
        "0001 0002 6869"                    // warnings
        "0001 0001 6b 00000001 76"          // custom payload
        "00000001 ffff");                   // void, and more
    const Frame frame =
        frame_with(Opcode::result, body, flag_tracing | flag_warning | flag_custom_payload);
    EXPECT_TRUE(decode_response(frame).value() == Response(Void{}));
}

TEST(CqlResponse, ImpossibleCountsAreRefused) {
    const char* bodies[] = {
        "00000009",                                      // no such kind of result
        "00000002 00000004 ffffffff 00000000",           // columns
        "00000002 00000004 00000001 ffffffff",           // rows
        "00000002 00000004 00000000 7fffffff",           // rows of nothing
        "00000002 00000004 7fffffff 7fffffff 00000000",  // cells beyond the end
        "00000004 0000 00000000 00000001 00000001 0001 0000 0000 0000 0002 00000004 00000000",
    };
    for (const char* body : bodies) {
        SCOPED_TRACE(body);
        const std::string input = bytes(body);
        EXPECT_FALSE(decode_response(frame_with(Opcode::result, input)));
    }
    EXPECT_FALSE(decode_response(frame_with(Opcode::query, "")));
}

TEST(CqlResponse, TypesThatNestWithoutEndAreRefused) {
    std::string body = bytes("00000002 00000000 00000001 0000 0000 0000");
    for (int i = 0; i < 100'000; ++i) body += bytes("0020");
    EXPECT_FALSE(decode_response(frame_with(Opcode::result, body)));
}

TEST(CqlRows, TheCursorGivesEveryCellAndPassesOverThoseNotAskedFor) {
    const Row row = results()[4];
    const Rows rows = std::get<Rows>(row.response);
    RowCursor all(rows);
    ASSERT_TRUE(all.next());
    EXPECT_EQ(all.cell(), "x");
    EXPECT_EQ(all.cell(), std::nullopt);
    ASSERT_TRUE(all.next());
    EXPECT_EQ(all.cell(), "");
    EXPECT_EQ(read_bigint(all.cell()), 9);
    EXPECT_FALSE(all.next());
    RowCursor some(rows);
    ASSERT_TRUE(some.next());
    ASSERT_TRUE(some.next());
    EXPECT_EQ(some.cell(), "");
    EXPECT_FALSE(some.next());
}

TEST(CqlValue, CellsAreReadAndThoseOfAnotherSizeAreNot) {
    EXPECT_EQ(read_bigint(raw("\xff\xff\xff\xff\xff\xff\xff\xfe")), -2);
    EXPECT_EQ(read_bigint(raw("\0\0\0\x01")), std::nullopt);
    EXPECT_EQ(read_bigint(std::nullopt), std::nullopt);
    EXPECT_EQ(read_int(raw("\0\0\x01\0")), 256);
    EXPECT_EQ(read_int(""), std::nullopt);
    EXPECT_EQ(read_double(raw("\xbf\xf8\0\0\0\0\0\0")), -1.5);
    EXPECT_EQ(read_double("1"), std::nullopt);
    EXPECT_EQ(read_boolean(raw("\x01")), true);
    EXPECT_EQ(read_boolean(raw("\0")), false);
    EXPECT_EQ(read_boolean(""), std::nullopt);
    EXPECT_EQ(read_inet(raw("\x7f\0\0\x02")), "127.0.0.2");
    EXPECT_EQ(read_inet(raw("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01")), "::1");
    EXPECT_EQ(read_inet("abc"), std::nullopt);
    EXPECT_EQ(read_uuid(raw("0123456789abcdef"))->to_string(),
              "30313233-3435-3637-3839-616263646566");
    EXPECT_EQ(read_uuid("0"), std::nullopt);
    using Texts = std::vector<std::string_view>;
    EXPECT_EQ(read_text_list(raw("\0\0\0\x02\0\0\0\x01x\0\0\0\0")), (Texts{"x", ""}));
    EXPECT_EQ(read_text_list(raw("\0\0\0\x02\0\0\0\x01x")), std::nullopt);
    using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;
    EXPECT_EQ(read_text_map(raw("\0\0\0\x01\0\0\0\x01k\0\0\0\x01v")), (Pairs{
                                                                          {"k", "v"}
    }));
    EXPECT_EQ(read_text_map(raw("\0\0\0\x01\0\0\0\x01k")), std::nullopt);
}

}  // namespace
}  // namespace thingstead::cql
