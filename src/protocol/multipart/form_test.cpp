#include "protocol/multipart/form.h"

#include <gtest/gtest.h>

namespace thingstead::multipart {
namespace {

constexpr std::string_view boundary = "XbX";
const std::string form =
    "skipped\r\n--XbX\r\n"
    "Content-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".png\"\r\n"
    "Content-Type: image/png\r\n\r\n"
    "\x89PNG\r\n--Xb\r\nrest\r\n--XbX \t\r\n"
    "content-disposition: FORM-DATA; name=title\r\n\r\n\r\n--XbX\r\n"
    "Content-Disposition: form-data; name=\"n\"; filename=\"x\"; "
    "filename*=UTF-8''na%C3%AFve.txt\r\n\r\n"
    "text\r\n--XbX--";

TEST(Form, HasItsPartsInOrder) {
    const std::string with_epilogue = form + "\r\nskipped too";
    const auto parts = parse_form(with_epilogue, boundary);
    ASSERT_TRUE(parts) << parts.error().message;
    ASSERT_EQ(parts->size(), 3u);
    EXPECT_EQ((*parts)[0].name, "file");
    EXPECT_EQ((*parts)[0].file_name, "a \"b\".png");
    EXPECT_EQ((*parts)[0].content_type, "image/png");
    EXPECT_EQ((*parts)[0].body, "\x89PNG\r\n--Xb\r\nrest");
    EXPECT_EQ((*parts)[1].name, "title");
    EXPECT_EQ((*parts)[1].file_name, std::nullopt);
    EXPECT_EQ((*parts)[1].body, "");
    EXPECT_EQ((*parts)[2].file_name, "na\xC3\xAFve.txt");
    EXPECT_EQ(find_part(*parts, "n")->body, "text");
    EXPECT_EQ(find_part(*parts, "m"), nullptr);
}

TEST(Form, CutAtAnyByteIsRefused) {
    for (std::size_t cut = 0; cut < form.size(); ++cut) {
        const auto parts = parse_form(std::string_view(form).substr(0, cut), boundary);
        ASSERT_FALSE(parts) << cut;
        EXPECT_EQ(parts.error().code, ErrorCode::malformed) << cut;
    }
    EXPECT_TRUE(parse_form(form, boundary));
}

TEST(Form, KeepsItsLimits) {
    const FormLimits two{.parts_max = 2};
    EXPECT_EQ(parse_form(form, boundary, two).error().code, ErrorCode::too_large);
    const FormLimits short_heads{.head_bytes_max = 40};
    EXPECT_EQ(parse_form(form, boundary, short_heads).error().code, ErrorCode::too_large);
}

TEST(Form, PartsWithoutAName) {
    for (const std::string_view head :
         {"Content-Disposition: form-data\r\n\r\n", "Content-Type: text/plain\r\n\r\n", "\r\n",
          "Content-Disposition: attachment; name=\"a\"\r\n\r\n", "no colon\r\n\r\n",
          "Content-Disposition: form-data; name=\"a\r\n\r\n"})
        EXPECT_FALSE(parse_form("--XbX\r\n" + std::string(head) + "x\r\n--XbX--", boundary))
            << head;
}

TEST(Form, EncodesToWhatItReads) {
    const std::vector<Part> parts = {
        {"a\"\\b", "c.bin", "application/octet-stream", "\r\n--\r\n"},
        {"plain",  {},      "",                         ""          }
    };
    const std::string encoded = encode_form(parts, "q");
    const auto read = parse_form(encoded, "q");
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 2u);
    EXPECT_EQ((*read)[0].name, parts[0].name);
    EXPECT_EQ((*read)[0].body, parts[0].body);
    EXPECT_EQ((*read)[1].body, "");
}

TEST(Boundary, ComesFromTheContentType) {
    EXPECT_EQ(*boundary_of("multipart/form-data; boundary=abc"), "abc");
    EXPECT_EQ(*boundary_of("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\""), "a b");
    EXPECT_EQ(boundary_of("application/json").error().code, ErrorCode::unsupported);
    for (const std::string_view bad : {"multipart/form-data", "multipart/form-data; boundary=",
                                       "multipart/form-data; boundary=\"a"})
        EXPECT_EQ(boundary_of(bad).error().code, ErrorCode::malformed) << bad;
    EXPECT_FALSE(boundary_of("multipart/form-data; boundary=" + std::string(71, 'x')));
}

}  // namespace
}  // namespace thingstead::multipart
