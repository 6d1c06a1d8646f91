// The files of the page, as the binary carries them.
#pragma once
#include <string_view>

namespace thingstead::api::api_page {

extern const std::string_view html, css, script;

}  // namespace thingstead::api::api_page
