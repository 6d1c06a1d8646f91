// Any source compiles or is refused with a place in it; what compiles ends within its limits, and
// twice with the same end, or in a timeout. A line of the input that starts with "#" is a JSON
// document for the variable msg.
#include <boost/json/parse.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "script/tbel/engine.h"

namespace {

using namespace thingstead;
using namespace thingstead::script;

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static tbel::TbelEngine engine([] {
        tbel::Environment environment;
        environment.limits.time_max = std::chrono::milliseconds(50);
        environment.limits.memory_bytes_max = std::size_t{1} << 20;
        return environment;
    }());
    static const auto context = engine.make_context();
    std::string_view body(reinterpret_cast<const char*>(data), size);
    json::value msg(json::object{});
    if (body.starts_with('#')) {
        const std::size_t line = std::min(body.find('\n'), body.size());
        boost::system::error_code failed;
        json::value parsed = json::parse(body.substr(1, line - 1), failed);
        if (!failed) msg = std::move(parsed);
        body.remove_prefix(std::min(line + 1, body.size()));
    }
    const std::vector<std::string> names{"msg"};
    const auto script = engine.compile(body, names);
    if (!script) {
        require(script.error().code == ErrorCode::malformed ||
                script.error().code == ErrorCode::too_large);
        return 0;
    }
    const std::vector<Input> inputs{&msg};
    const auto first = context->run(**script, inputs);
    const auto second = context->run(**script, inputs);
    const auto timed_out = [](const auto& result) {
        return !result && result.error().code == ErrorCode::timeout;
    };
    require(timed_out(first) || timed_out(second) || first.has_value() == second.has_value());
    return 0;
}
