#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include "base/settings.h"
#include "base/settings_reader.h"

namespace thingstead {
namespace {

std::string capital(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return out;
}

std::string quoted(const std::string& text) {
    return boost::json::serialize(boost::json::string(text));
}

std::string_view when(const SettingEntry& entry) {
    return entry.facts.live ? "takes effect at once" : "needs a restart";
}

/// For a cell of a Markdown table.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

/// The values directly in a section, as a table.
void append_fields(std::string& out, const SettingsTable& table, std::string_view section) {
    bool first = true;
    for (const SettingEntry& entry : table) {
        if (entry.section || entry.parent() != section) continue;
        if (std::exchange(first, false))
            out +=
                "\n| key | what it does | default | allowed | a change | variable |\n"
                "|---|---|---|---|---|---|\n";
        out += "| `" + entry.path + "` | " + cell(entry.text) + " | `" + cell(entry.yaml()) +
               "` | " + cell(entry.allowed) + " | " + std::string(when(entry)) + " | `" +
               entry.environment_name() + "` |\n";
    }
}

}  // namespace

std::string quote_setting(std::string_view text) {
    constexpr std::size_t shown_max = 64;
    std::string out = "\"";
    for (const char c : text.substr(0, shown_max))
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    out += text.size() > shown_max ? "...\"" : "\"";
    return out;
}

std::string_view SettingEntry::name() const {
    const std::size_t dot = path.rfind('.');
    return std::string_view(path).substr(dot == std::string::npos ? 0 : dot + 1);
}

std::string_view SettingEntry::parent() const {
    const std::size_t dot = path.rfind('.');
    return std::string_view(path).substr(0, dot == std::string::npos ? 0 : dot);
}

std::size_t SettingEntry::depth() const {
    return static_cast<std::size_t>(std::count(path.begin(), path.end(), '.'));
}

std::string SettingEntry::environment_name() const {
    return std::string(settings_environment_prefix) + capital(path);
}

std::string SettingEntry::yaml() const {
    const bool hidden =
        facts.secret && !(value.items.empty() || (!value.list && value.items[0].empty()));
    if (hidden) return "\"***\"";
    const auto one = [&](const std::string& item) { return is_text ? quoted(item) : item; };
    if (!value.list) return one(value.items[0]);
    std::string out;
    for (const std::string& item : value.items) out += (out.empty() ? "" : ", ") + one(item);
    return "[" + out + "]";
}

std::string settings_sample(const SettingsTable& table) {
    std::string out =
        "# Settings of Thingstead. Every value below is the default: take the # away to change "
        "it.\n"
        "# The environment variable named with a value wins over this file, --set over both.\n";
    for (const SettingEntry& entry : table) {
        const std::string indent(2 * entry.depth(), ' ');
        out += '\n';
        if (!entry.text.empty()) out += indent + "# " + std::string(entry.text) + '\n';
        if (entry.section) {
            out += indent + std::string(entry.name()) + ":\n";
            continue;
        }
        out += indent + "# Is " + entry.allowed + "; " + std::string(when(entry)) + "; " +
               entry.environment_name() + '\n';
        out += indent + '#' + std::string(entry.name()) + ": " + entry.yaml() + '\n';
    }
    return out;
}

std::string settings_listing(const SettingsTable& table) {
    std::string out;
    for (const SettingEntry& entry : table) {
        out += std::string(2 * entry.depth(), ' ') + std::string(entry.name()) + ':';
        if (!entry.section) out += ' ' + entry.yaml();
        out += '\n';
    }
    return out;
}

std::string settings_reference_markdown(const SettingsTable& table) {
    std::string out =
        "# Settings\n\n"
        "<!-- Generated from the code: change the text there. -->\n\n"
        "A value comes from, the later winning: its default, the YAML file, its environment\n"
        "variable, `--set key=value`. A list in a variable has commas between its items.\n";
    append_fields(out, table, {});
    for (const SettingEntry& entry : table) {
        if (!entry.section) continue;
        out += "\n## `" + entry.path + "`\n";
        if (!entry.text.empty()) out += '\n' + std::string(entry.text) + '\n';
        append_fields(out, table, entry.path);
    }
    return out;
}

}  // namespace thingstead
