// The inside of settings.cpp: finding rows, assigning texts, collecting mistakes.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/settings.h"

namespace thingstead {

class SettingsReader {
  public:
    explicit SettingsReader(const SettingsTable& table) : table_(table) {}

    const SettingEntry* find(std::string_view path) const;
    /// `place` is where the value stands: "thingstead.yml:12".
    void assign(const SettingEntry& entry, const SettingText& value, const std::string& place);
    void unknown(std::string_view path, const std::string& place);
    void mistake(const std::string& place, std::string_view what);

    const std::vector<std::string>& mistakes() const { return mistakes_; }

  private:
    const SettingsTable& table_;
    std::vector<std::string> mistakes_;
};

/// Reads the file `path` into the rows.
void read_settings_file(const std::string& path, SettingsReader& reader);
/// The same for its text; `name` is its name in mistakes.
void read_settings_yaml(const std::string& name, const std::string& text, SettingsReader& reader);

/// What `wrong` may have been meant to be: the nearest within a third of its letters, or empty.
std::string_view nearest_name(std::string_view wrong, const std::vector<std::string>& names);

/// For a message: in quotes, printable, not too long.
std::string quote_setting(std::string_view text);

}  // namespace thingstead
