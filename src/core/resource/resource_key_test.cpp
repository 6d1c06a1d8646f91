#include "core/resource/resource_key.h"

#include <gtest/gtest.h>

#include <set>

namespace thingstead::core {
namespace {

TEST(ResourceKey, TakenNamesGetANumberBeforeTheirEnding) {
    const std::set<std::string> taken = {"logo.png", "logo_(1).png", "plain", ".dot", "a.b.c"};
    const std::function<Result<bool>(const std::string&)> is_taken =
        [&](const std::string& key) -> Result<bool> { return taken.contains(key); };
    EXPECT_EQ(*free_key("new.png", is_taken), "new.png");
    EXPECT_EQ(*free_key("logo.png", is_taken), "logo_(2).png");
    EXPECT_EQ(*free_key("plain", is_taken), "plain_(1)");
    EXPECT_EQ(*free_key(".dot", is_taken), "_(1).dot");
    EXPECT_EQ(*free_key("a.b.c", is_taken), "a.b_(1).c");
    const std::function<Result<bool>(const std::string&)> all = [](const std::string&) {
        return Result<bool>(true);
    };
    EXPECT_FALSE(free_key("x", all));
}

TEST(ResourceKey, CanStandInALink) {
    EXPECT_EQ(linkable("a (1) \xC3\xA4.png"), "a (1) \xC3\xA4.png");
    EXPECT_EQ(linkable("\"a\"?#'<b>.png"), "_a_____b_.png");
}

TEST(ResourceKey, HasNoFolders) {
    EXPECT_TRUE(check_file_key("a b (1).png"));
    for (const std::string_view bad : {"a/b", "..\\b", "..", "."})
        EXPECT_FALSE(check_file_key(bad)) << bad;
}

TEST(ResourceLink, LeadsBackToTheResource) {
    model::TbResource resource;
    resource.tenant_id = model::system_tenant;
    resource.resource_type = model::ResourceType::js_module;
    resource.resource_key = "a.js";
    EXPECT_EQ(link_of(resource), "/api/resource/js_module/system/a.js");
    resource.tenant_id = model::TenantId::make();
    resource.resource_type = model::ResourceType::image;
    resource.public_resource_key = "abc";
    show_links(resource);
    EXPECT_EQ(resource.link, "/api/images/tenant/a.js");
    EXPECT_EQ(resource.public_link, std::nullopt);
    resource.is_public = true;
    show_links(resource);
    EXPECT_EQ(resource.public_link, "/api/images/public/abc");

    const auto target = parse_link("tb-image;/api/images/system/x y.png");
    ASSERT_TRUE(target);
    EXPECT_TRUE(target->system);
    EXPECT_EQ(target->key, "x y.png");
    EXPECT_EQ(parse_link("/api/resource/JS_MODULE/tenant/m.js")->type,
              model::ResourceType::js_module);
    for (const std::string_view none :
         {"/api/images/public/abc", "/api/images/tenant/", "/api/images/tenant/a/b",
          "/api/device/x", "/api/resource/none/tenant/x",
          "https://example.org/api/images/tenant/a.png"})
        EXPECT_FALSE(parse_link(none)) << none;
}

TEST(ResourceLink, IsFoundInTexts) {
    const std::string text =
        R"({"a":"tb-image;/api/images/tenant/a (1).png","b":"url(/api/images/system/b.png) x",)"
        R"("c":"/api/resource/js_module/tenant/m.js?v=1","d":"/api/images/tenant/a (1).png"})";
    EXPECT_EQ(links_in(text),
              (std::vector<std::string>{"/api/images/tenant/a (1).png", "/api/images/system/b.png",
                                        "/api/resource/js_module/tenant/m.js"}));
}

}  // namespace
}  // namespace thingstead::core
