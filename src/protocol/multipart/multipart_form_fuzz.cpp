// What parses encodes to a form that parses to the same parts, if its texts can be written; the
// bodies of parts lie in the form, one behind the other.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/multipart/form.h"

namespace {

using namespace thingstead::multipart;

void require(bool holds) {
    if (!holds) std::abort();
}

bool is_writable(const Part& part) {
    const auto plain = [](std::string_view text) {
        return text.find_first_of("\r\n") == text.npos && text.find("%22") == text.npos;
    };
    return plain(part.name) && plain(part.content_type) &&
           (!part.file_name || plain(*part.file_name));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // The first line is a Content-Type header, the rest the form.
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line = std::min(input.find('\n'), input.size());
    const auto boundary = boundary_of(input.substr(0, line));
    if (!boundary) return 0;
    const std::string_view form = input.substr(std::min(line + 1, input.size()));
    const FormLimits limits{.parts_max = 4, .head_bytes_max = 256};
    const auto parts = parse_form(form, *boundary, limits);
    if (!parts) return 0;
    require(parts->size() <= limits.parts_max);
    const char* last = form.data();
    bool writable = true;
    for (const Part& part : *parts) {
        require(part.body.data() >= last &&
                part.body.data() + part.body.size() <= form.data() + form.size());
        last = part.body.data() + part.body.size();
        writable = writable && is_writable(part);
    }
    if (!writable) return 0;
    const std::string again = encode_form(*parts, *boundary);
    const auto read = parse_form(again, *boundary, {.parts_max = 4, .head_bytes_max = 4096});
    require(read && read->size() == parts->size());
    for (std::size_t i = 0; i < read->size(); ++i) {
        require((*read)[i].name == (*parts)[i].name && (*read)[i].body == (*parts)[i].body);
        require((*read)[i].file_name == (*parts)[i].file_name);
        require((*read)[i].content_type == (*parts)[i].content_type);
    }
    return 0;
}
