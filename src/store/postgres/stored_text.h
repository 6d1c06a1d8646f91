// Texts as PostgreSQL takes them: UTF-8 without NUL characters.
#pragma once
#include <string>
#include <string_view>

namespace thingstead::store::postgres {

/// Appends `text` without its NUL characters, and with U+FFFD in place of each byte that is no
/// UTF-8. One bad byte would make the database refuse the whole batch it is in.
void append_stored(std::string& out, std::string_view text);
std::string stored_text(std::string_view text);

}  // namespace thingstead::store::postgres
