#include "core/image/embedded.h"

#include <gtest/gtest.h>

namespace thingstead::core {
namespace {

TEST(EmbeddedImage, IsADataUrl) {
    const auto plain = parse_embedded_image("data:image/png;base64,aGVsbG8=");
    ASSERT_TRUE(plain && *plain);
    EXPECT_EQ((*plain)->bytes, "hello");
    EXPECT_EQ((*plain)->key, "");

    // a.svg, Title, SCADA_SYMBOL
    const auto described = parse_embedded_image(
        "tb-image:YS5zdmc=:VGl0bGU=:U0NBREFfU1lNQk9M;data:image/svg+xml;base64,aGVsbG8=");
    ASSERT_TRUE(described && *described);
    EXPECT_EQ((*described)->key, "a.svg");
    EXPECT_EQ((*described)->title, "Title");
    EXPECT_EQ((*described)->sub_type, model::ResourceSubType::scada_symbol);
    EXPECT_EQ((*described)->bytes, "hello");
}

TEST(EmbeddedImage, OtherTextsAreLeft) {
    for (const std::string_view text :
         {"", "tb-image;/api/images/tenant/a.png", "data:text/html;base64,aGVsbG8=",
          "data:image/svg+xml;utf8,<svg/>", "https://example.org/data:image/png;base64,aGVsbG8="})
        EXPECT_EQ(*parse_embedded_image(text), std::nullopt) << text;
    EXPECT_FALSE(parse_embedded_image("data:image/png;base64,%%%%"));
    EXPECT_FALSE(parse_embedded_image("data:image/png;base64,"));
}

TEST(MovedLinks, AreFollowedOnce) {
    const MovedLinks moved = {
        {"/api/images/tenant/a.png", "/api/images/tenant/b.png"},
        {"/api/images/tenant/b.png", "/api/images/tenant/c.png"}
    };
    const json::value document = {
        {"image", "tb-image;/api/images/tenant/a.png"                         },
        {"list",  {"/api/images/tenant/a.png2", "/api/images/tenant/b.png", 1}}
    };
    const json::value expected = {
        {"image", "tb-image;/api/images/tenant/b.png"                         },
        {"list",  {"/api/images/tenant/a.png2", "/api/images/tenant/c.png", 1}}
    };
    EXPECT_EQ(with_moved_links(document, moved), expected);
    EXPECT_EQ(with_moved_links(document, {}), document);
}

}  // namespace
}  // namespace thingstead::core
