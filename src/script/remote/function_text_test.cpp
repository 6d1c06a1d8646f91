#include "script/remote/function_text.h"

#include <gtest/gtest.h>

namespace thingstead::script::remote {
namespace {

TEST(FunctionText, IsKnownByBodyAndNames) {
    const std::vector<std::string> names{"msg"}, others{"prevMsg"};
    const FunctionText one = function_text("return msg;", names);
    EXPECT_EQ(function_text("return msg;", names).hash, one.hash);
    EXPECT_NE(function_text("return msg ;", names).hash, one.hash);
    EXPECT_NE(function_text("return msg;", others).hash, one.hash);
    EXPECT_NE(one.code.find("{\nreturn msg;\n})"), std::string::npos) << one.code;
}

TEST(FunctionText, PlacesAreThoseOfTheBody) {
    EXPECT_EQ(with_place_in_body("Error: x\n[Line: 3, Column: 5]"),
              "Error: x\n[Line: 2, Column: 5]");
    EXPECT_EQ(with_place_in_body("Error: x\n[Line: 12]"), "Error: x\n[Line: 11]");
    EXPECT_EQ(with_place_in_body("Error: [Line: 9]"), "Error: [Line: 9]");
    EXPECT_EQ(with_place_in_body("Error: x\n[Line: 1, Column: 5]"), "Error: x");
    EXPECT_EQ(with_place_in_body("Error: x\n[Line: ]"), "Error: x\n[Line: ]");
    EXPECT_EQ(with_place_in_body(""), "");
}

TEST(FunctionText, InputsOfAllKindsAreJson) {
    const json::value document = json::object{
        {"a", 1}
    };
    const json::value single = "on";
    model::Metadata metadata;
    metadata.put("k", "\"v\"");
    const RollingArgument rolling{1, 5, {{2, 2.5}}};
    ArgumentsContext context;
    context.latest_ts = 9;
    context.args.emplace_back("s", SingleArgument{3, &single});
    context.args.emplace_back("r", &rolling);
    const std::vector<Input> inputs{&document, &metadata, std::string_view("T\n"), &rolling,
                                    &context};
    const std::string series =
        R"({"timeWindow":{"startTs":1,"endTs":5},"values":[{"ts":2,"value":2.5E0}]})";
    EXPECT_EQ(argument_texts(inputs),
              (std::vector<std::string>{
                  R"({"a":1})", R"({"k":"\"v\""})", R"("T\n")", series,
                  R"({"latestTs":9,"args":{"s":{"ts":3,"value":"on"},"r":)" + series + "}}"}));
}

TEST(FunctionText, FailuresHaveTheCodesOfLocalScripts) {
    struct Row {
        ErrorKind kind;
        const char* details;
        ErrorCode code;
    };
    const Row rows[] = {
        {ErrorKind::runtime_error,     "TypeError: a is null",                  ErrorCode::invalid_argument},
        {ErrorKind::runtime_error,     "Script memory overflow!\n[Line: 3]",    ErrorCode::limit_reached   },
        {ErrorKind::runtime_error,     "Script invocation result exceeds max",  ErrorCode::too_large       },
        {ErrorKind::runtime_error,     "Script failed: its process ended with",
         ErrorCode::limit_reached                                                                          },
        {ErrorKind::timeout_error,     "",                                      ErrorCode::timeout         },
        {ErrorKind::compilation_error, "SyntaxError",                           ErrorCode::malformed       },
        {ErrorKind::not_found_error,   "the script is not known",               ErrorCode::unavailable     },
    };
    for (const Row& row : rows)
        EXPECT_EQ(error_of({row.kind, row.details}).code, row.code) << row.details;
    EXPECT_EQ(error_of({ErrorKind::timeout_error, ""}).message, "Script timeout!");
}

TEST(FunctionText, ResultsAreJsonOrNothing) {
    EXPECT_EQ(*result_of(std::nullopt, {}), json::value(nullptr));
    EXPECT_EQ(*result_of("[1]", {}), json::value(json::array{1}));
    EXPECT_EQ(result_of("{", {}).error().code, ErrorCode::invalid_argument);
    EXPECT_FALSE(result_of(std::string(1'000, '['), {}));
}

}  // namespace
}  // namespace thingstead::script::remote
