#include "script/script_cache.h"

#include <gtest/gtest.h>

namespace thingstead::script {
namespace {

class FakeScript final : public Script {};

class FakeEngine final : public Engine {
  public:
    Result<ScriptRef> compile(std::string_view body, std::span<const std::string>) override {
        ++compiled;
        if (body == "bad") return Error{ErrorCode::malformed, "bad"};
        return ScriptRef(std::make_shared<FakeScript>());
    }
    std::unique_ptr<Context> make_context() override { return nullptr; }

    int compiled = 0;
};

TEST(ScriptCache, SharesOneScriptForEqualBodiesAndNames) {
    FakeEngine engine;
    ScriptCache cache(engine);
    const std::vector<std::string> two{"a", "b"}, other{"ab"};
    const ScriptRef first = *cache.compile("x", two);
    EXPECT_EQ(*cache.compile("x", two), first);
    EXPECT_NE(*cache.compile("x", other), first);
    EXPECT_NE(*cache.compile("y", two), first);
    EXPECT_EQ(engine.compiled, 3);
}

TEST(ScriptCache, ForgetsWhatWasNotUsedAndWhatFailed) {
    FakeEngine engine;
    ScriptCache cache(engine, 16);
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(cache.compile(std::to_string(i), {}));
    EXPECT_LE(cache.size(), 16u);
    EXPECT_FALSE(cache.compile("bad", {}));
    EXPECT_FALSE(cache.compile("bad", {}));
    EXPECT_EQ(engine.compiled, 202);
}

}  // namespace
}  // namespace thingstead::script
