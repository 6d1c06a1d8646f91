#include "script/tbel/tbel_testing.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <chrono>
#include <fstream>
#include <vector>

#include "script/tbel/compiler.h"
#include "script/tbel/convert.h"
#include "script/tbel/engine.h"
#include "script/tbel/json_text.h"

namespace thingstead::script::tbel {
namespace {

std::string described(Run& run, const Value& value) {
    switch (value.kind) {
        case Kind::long_:       return text_of(run, value) + " L";
        case Kind::double_:     return text_of(run, value) + " D";
        case Kind::float_:      return text_of(run, value) + " F";
        case Kind::big_decimal: return text_of(run, value) + " BigDecimal";
        case Kind::big_integer: return text_of(run, value) + " BigInteger";
        case Kind::byte_:       return text_of(run, value) + " By";
        case Kind::character:   return json_text(run, value) + " Character";
        default:                return json_text(run, value);
    }
}

std::string described(const Error& error) {
    return "error: " + std::string(to_string(error.code)) + ": " + error.message;
}

std::string trimmed(const std::string& text) {
    const std::size_t from = text.find_first_not_of(' ');
    if (from == text.npos) return "";
    return text.substr(from, text.find_last_not_of(' ') - from + 1);
}

}  // namespace

Environment patient() {
    Environment environment;
    environment.limits.time_max = std::chrono::seconds(30);
    return environment;
}

std::string outcome(std::string_view script, std::string_view inputs,
                    const Environment& environment) {
    json::object members;
    if (!inputs.empty()) members = json::parse(inputs).as_object();
    std::vector<std::string> names;
    std::vector<Input> values;
    for (const auto& [name, value] : members) {
        names.emplace_back(name);
        values.emplace_back(&value);
    }
    const auto code = compile(script, names, environment);
    if (!code) return described(code.error());
    Run run(environment);
    try {
        return described(run, execute(run, **code, values));
    } catch (const Failure& failure) {
        return described(Error{failure.code, describe_failure(failure, script)});
    }
}

std::vector<Golden> read_golden(const std::string& path) {
    std::ifstream file(path);
    std::vector<Golden> out;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        const std::size_t arrow = line.rfind("  =>  ");
        Golden golden;
        golden.expected = trimmed(line.substr(arrow + 6));
        golden.script = trimmed(line.substr(0, arrow));
        if (const std::size_t at = golden.script.rfind("@{"); at != std::string::npos) {
            golden.inputs = golden.script.substr(at + 1);
            golden.script = trimmed(golden.script.substr(0, at));
        }
        out.push_back(golden);
    }
    return out;
}

void expect_holds(const Golden& golden) {
    const std::string got = outcome(golden.script, golden.inputs);
    if (golden.expected.starts_with("error"))
        EXPECT_TRUE(got.starts_with("error")) << golden.script << " gave " << got;
    else
        EXPECT_EQ(got, golden.expected) << golden.script << "  @" << golden.inputs;
}

}  // namespace thingstead::script::tbel
