// Settings of the server: one described struct whose described members are sections. Read from, the
// later winning: its defaults, a YAML file, the environment (THINGSTEAD_MQTT_PORT for mqtt.port),
// and `mqtt.port=1883` pairs of the command line. Every mistake is reported, not only the first.
//
//   Result<LoadedSettings<Settings>> loaded = load_settings<Settings>({.file = path});
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/describe.h"
#include "base/error.h"
#include "base/settings_codec.h"

namespace thingstead {

inline constexpr std::string_view settings_environment_prefix = "THINGSTEAD_";
inline constexpr std::size_t settings_file_bytes_max = 1 << 20;

struct SettingsSources {
    std::string file{};                                              ///< Empty: none.
    std::vector<std::pair<std::string, std::string>> environment{};  ///< All variables.
    std::vector<std::string> other_variables{};  ///< THINGSTEAD_ names that are no settings.
    std::vector<std::string> set{};              ///< `section.field=value`.
};

/// The variables of this process.
std::vector<std::pair<std::string, std::string>> process_environment();

template <class T>
struct LoadedSettings {
    T values;
    std::vector<std::string> warnings;  ///< THINGSTEAD_ variables that are no settings.
};

/// One row of a settings struct: a section, or a value bound to a member.
struct SettingEntry {
    std::string path;  ///< "mqtt.port"
    std::string_view text;
    FieldFacts facts;
    bool section = false;
    bool is_text = false;  ///< Needs quotes in YAML.
    std::string allowed{};
    SettingText value{};  ///< When the table was made.
    std::function<bool(const SettingText&)> assign{};

    std::string_view name() const;    ///< "port"
    std::string_view parent() const;  ///< "mqtt"
    std::size_t depth() const;        ///< 0 at the top.
    std::string environment_name() const;
    std::string yaml() const;  ///< The value; a secret that is set as "***".
};
using SettingsTable = std::vector<SettingEntry>;

/// Every section and value of `values`, in order; the rows point into `values`.
template <Described T>
SettingsTable settings_table(T& values, const std::string& prefix = {}) {
    SettingsTable table;
    for_each_field<T>([&](const auto& field) {
        using Member = typename std::decay_t<decltype(field)>::member_type;
        Member& member = values.*field.member;
        SettingEntry entry{prefix + std::string(field.name), field.text, field.facts};
        if constexpr (Described<Member>) {
            entry.section = true;
            SettingsTable inner = settings_table(member, entry.path + ".");
            table.push_back(std::move(entry));
            table.insert(table.end(), std::make_move_iterator(inner.begin()),
                         std::make_move_iterator(inner.end()));
        } else {
            using Codec = SettingCodec<Member>;
            entry.is_text = Codec::is_text;
            entry.allowed = Codec::allowed(field.facts);
            entry.value = Codec::write(member, field.facts);
            entry.assign = [&member, facts = field.facts](const SettingText& text) {
                return Codec::read(text, facts, member);
            };
            table.push_back(std::move(entry));
        }
    });
    return table;
}

/// Assigns what the sources say; gives the warnings.
Result<std::vector<std::string>> read_settings(const SettingsTable& table,
                                               const SettingsSources& sources);

/// Errors: invalid_argument - the message has one line per mistake, "thingstead.yml:12: mqtt.port:
/// "70000" is not an integer from 1 to 65535". It is for the operator who wrote them, so unlike
/// other messages it names files; values of secrets are left out.
template <Described T>
Result<LoadedSettings<T>> load_settings(const SettingsSources& sources) {
    LoadedSettings<T> loaded{};
    Result<std::vector<std::string>> warnings =
        read_settings(settings_table(loaded.values), sources);
    if (!warnings) return warnings.error();
    loaded.warnings = *std::move(warnings);
    return loaded;
}

std::string settings_sample(const SettingsTable& table);
std::string settings_listing(const SettingsTable& table);
std::string settings_reference_markdown(const SettingsTable& table);

/// A YAML file with every value commented out, and what there is to know about it.
template <Described T>
std::string settings_sample(T values = {}) {
    return settings_sample(settings_table(values));
}
/// The values as YAML, for people: secrets are "***".
template <Described T>
std::string settings_listing(T values) {
    return settings_listing(settings_table(values));
}
/// The page docs/reference/settings.md.
template <Described T>
std::string settings_reference_markdown(T values = {}) {
    return settings_reference_markdown(settings_table(values));
}

/// Paths that differ, for a reload: first those that take effect at once, then those that need a
/// restart.
struct SettingsChanges {
    std::vector<std::string> live, on_restart;
};
SettingsChanges settings_changes(const SettingsTable& before, const SettingsTable& after);
template <Described T>
SettingsChanges settings_changes(T before, T after) {
    return settings_changes(settings_table(before), settings_table(after));
}

}  // namespace thingstead
