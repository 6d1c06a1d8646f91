// For tests: runs a script and writes what it gives as golden.txt does.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "script/tbel/run.h"

namespace thingstead::script::tbel {

/// That of a server, but a run may take long: a machine may be busy, and a sanitizer slow.
Environment patient();

/// `inputs` is a JSON object: name → value, or empty. "7", "7 L", "1.5 D", "[1,2]", "\"y\"
/// Character", or "error: …" with the code of the failure before its text.
std::string outcome(std::string_view script, std::string_view inputs = {},
                    const Environment& environment = patient());

/// A line `script  @{inputs}  =>  expected` of golden.txt or a table of its kind.
struct Golden {
    std::string script, inputs, expected;
};

/// All of a file, without lines that are empty or begin with #.
std::vector<Golden> read_golden(const std::string& path);

/// That the script gives what is expected; "error…" is any failure.
void expect_holds(const Golden& golden);

}  // namespace thingstead::script::tbel
