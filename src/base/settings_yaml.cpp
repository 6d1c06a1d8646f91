#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>

#include "base/settings_reader.h"

namespace thingstead {
namespace {

class Walk {
  public:
    Walk(const std::string& name, SettingsReader& reader) : name_(name), reader_(reader) {}

    void section(const YAML::Node& node, const std::string& prefix) {
        if (node.IsNull()) return;  // all of its values are commented out
        if (!node.IsMap()) {
            reader_.mistake(place(node), prefix.empty() ? "expected sections and their fields"
                                                        : prefix + " is a section, not a value");
            return;
        }
        for (const auto& pair : node) member(pair.first, pair.second, prefix);
    }

  private:
    std::string place(const YAML::Node& node) const {
        return name_ + ":" + std::to_string(node.Mark().line + 1);
    }

    void member(const YAML::Node& key, const YAML::Node& value, const std::string& prefix) {
        if (!key.IsScalar()) return reader_.mistake(place(key), "a key must be a name");
        const std::string path = prefix.empty() ? key.Scalar() : prefix + "." + key.Scalar();
        const SettingEntry* const entry = reader_.find(path);
        if (!entry) return reader_.unknown(path, place(key));
        const auto [first, added] = seen_.emplace(path, key.Mark().line + 1);
        if (!added)
            return reader_.mistake(place(key), path + " is given twice, first in line " +
                                                   std::to_string(first->second));
        if (entry->section) return section(value, path);
        assign(*entry, value, place(key));
    }

    void assign(const SettingEntry& entry, const YAML::Node& value, const std::string& where) {
        if (value.IsScalar()) return reader_.assign(entry, {{value.Scalar()}}, where);
        if (value.IsNull())
            return reader_.mistake(where, entry.path +
                                              " has no value; leave the line out for the "
                                              "default, or write \"\" for an empty text");
        SettingText list{{}, true};
        bool plain = value.IsSequence();
        if (plain)
            for (const YAML::Node& item : value) {
                plain = plain && item.IsScalar();
                if (plain) list.items.push_back(item.Scalar());
            }
        if (plain) return reader_.assign(entry, list, where);
        reader_.mistake(where, entry.path + " is not " + entry.allowed);
    }

    const std::string& name_;
    SettingsReader& reader_;
    std::map<std::string, int> seen_;
};

}  // namespace

void read_settings_yaml(const std::string& name, const std::string& text, SettingsReader& reader) {
    try {
        const std::vector<YAML::Node> documents = YAML::LoadAll(text);
        if (documents.size() > 1) return reader.mistake(name, "holds more than one YAML document");
        if (!documents.empty()) Walk(name, reader).section(documents[0], {});
    } catch (const YAML::Exception& failed) {
        const std::string line =
            failed.mark.is_null() ? "" : ":" + std::to_string(failed.mark.line + 1);
        reader.mistake(name + line, "is not YAML: " + failed.msg);
    }
}

void read_settings_file(const std::string& path, SettingsReader& reader) {
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    std::string text(settings_file_bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!in.eof() && in.fail()) {
        const int why = errno;
        return reader.mistake(path, std::string("cannot be read: ") +
                                        (why ? std::strerror(why) : "input/output error"));
    }
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > settings_file_bytes_max)
        return reader.mistake(
            path, "is longer than " + format_size(std::int64_t{settings_file_bytes_max}));
    read_settings_yaml(path, text, reader);
}

}  // namespace thingstead
