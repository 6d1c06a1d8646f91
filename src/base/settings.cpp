#include "base/settings.h"

#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "base/settings_reader.h"

namespace thingstead {
namespace {

/// Edit distance where two swapped neighbours are one edit.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> rows(a.size() + 1,
                                               std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) rows[i][0] = i;
    std::iota(rows[0].begin(), rows[0].end(), 0u);
    for (std::size_t i = 1; i <= a.size(); ++i)
        for (std::size_t j = 1; j <= b.size(); ++j) {
            rows[i][j] = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1,
                                   rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    return rows[a.size()][b.size()];
}

std::vector<std::string> read_environment(const SettingsTable& table,
                                          const SettingsSources& sources, SettingsReader& reader) {
    std::vector<std::string> names, warnings;
    for (const SettingEntry& entry : table)
        if (!entry.section) names.push_back(entry.environment_name());
    for (const auto& [name, value] : sources.environment) {
        if (!name.starts_with(settings_environment_prefix)) continue;
        const auto entry = std::find_if(table.begin(), table.end(), [&](const SettingEntry& each) {
            return !each.section && each.environment_name() == name;
        });
        if (entry != table.end()) {
            reader.assign(*entry, {{value}}, "environment variable " + name);
        } else if (std::find(sources.other_variables.begin(), sources.other_variables.end(),
                             name) == sources.other_variables.end()) {
            std::string warning = "environment variable " + quote_setting(name) + " is no setting";
            if (const std::string_view meant = nearest_name(name, names); !meant.empty())
                warning += "; did you mean " + std::string(meant) + "?";
            warnings.push_back(std::move(warning));
        }
    }
    return warnings;
}

void read_pairs(const SettingsSources& sources, SettingsReader& reader) {
    for (const std::string& pair : sources.set) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos) {
            reader.mistake("--set " + quote_setting(pair), "expected section.field=value");
            continue;
        }
        const std::string path = pair.substr(0, equals);
        const SettingEntry* const entry = reader.find(path);
        if (!entry)
            reader.unknown(path, "--set");
        else if (entry->section)
            reader.mistake("--set: " + path, "is a section; name one of its fields");
        else
            reader.assign(*entry, {{pair.substr(equals + 1)}}, "--set");
    }
}

// What describe() says is ours to get right: no two values share a variable, and each default is
// within its own bounds.
void check_table(const SettingsTable& table) {
    std::set<std::string> names;
    for (const SettingEntry& entry : table) {
        if (entry.section) continue;
        const bool variable_is_its_own = names.insert(entry.environment_name()).second;
        TS_ASSERT(variable_is_its_own);
        const bool default_is_allowed = entry.assign(entry.value);
        TS_ASSERT(default_is_allowed);
    }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> process_environment() {
    std::vector<std::pair<std::string, std::string>> out;
    for (char** each = ::environ; each && *each; ++each) {
        const std::string_view text = *each;
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos)
            out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return out;
}

std::string_view nearest_name(std::string_view wrong, const std::vector<std::string>& names) {
    std::string_view best;
    std::size_t best_distance =
        std::max<std::size_t>(1, std::min<std::size_t>(wrong.size(), 64) / 3);
    if (wrong.size() > 128) return best;
    for (const std::string& name : names) {
        const std::size_t edits = distance(wrong, name);
        if (edits > best_distance || (edits == best_distance && !best.empty())) continue;
        best = name;
        best_distance = edits;
    }
    return best;
}

const SettingEntry* SettingsReader::find(std::string_view path) const {
    for (const SettingEntry& entry : table_)
        if (entry.path == path) return &entry;
    return nullptr;
}

void SettingsReader::assign(const SettingEntry& entry, const SettingText& value,
                            const std::string& place) {
    if (entry.assign(value)) return;
    std::string given = "the given value";
    if (!entry.facts.secret) {
        given.clear();
        for (const std::string& item : value.items)
            given += (given.empty() ? "" : ", ") + quote_setting(item);
        if (value.list) given = "[" + given + "]";
    }
    mistake(place + ": " + entry.path, given + " is not " + entry.allowed);
}

void SettingsReader::unknown(std::string_view path, const std::string& place) {
    const std::size_t dot = path.rfind('.');
    const std::string_view parent = dot == std::string_view::npos ? "" : path.substr(0, dot);
    const std::string_view name = dot == std::string_view::npos ? path : path.substr(dot + 1);
    std::vector<std::string> siblings, everywhere;
    for (const SettingEntry& entry : table_) {
        if (entry.parent() == parent) siblings.emplace_back(entry.name());
        if (entry.name() == name) everywhere.push_back(entry.path);
    }
    std::string meant(nearest_name(name, siblings));
    if (!meant.empty() && !parent.empty()) meant = std::string(parent) + "." + meant;
    if (meant.empty() && !everywhere.empty()) meant = everywhere.front();
    mistake(place, "unknown key " + quote_setting(path) +
                       (meant.empty() ? "" : "; did you mean " + meant + "?"));
}

void SettingsReader::mistake(const std::string& place, std::string_view what) {
    mistakes_.push_back(place + ": " + std::string(what));
}

Result<std::vector<std::string>> read_settings(const SettingsTable& table,
                                               const SettingsSources& sources) {
    check_table(table);
    SettingsReader reader(table);
    if (!sources.file.empty()) read_settings_file(sources.file, reader);
    std::vector<std::string> warnings = read_environment(table, sources, reader);
    read_pairs(sources, reader);
    if (reader.mistakes().empty()) return warnings;
    Error error{ErrorCode::invalid_argument, {}};
    for (const std::string& mistake : reader.mistakes())
        error.message += (error.message.empty() ? "" : "\n") + mistake;
    return error;
}

SettingsChanges settings_changes(const SettingsTable& before, const SettingsTable& after) {
    TS_ASSERT(before.size() == after.size());
    SettingsChanges changes;
    for (std::size_t i = 0; i < before.size(); ++i)
        if (before[i].value != after[i].value)
            (after[i].facts.live ? changes.live : changes.on_restart).push_back(after[i].path);
    return changes;
}

}  // namespace thingstead
