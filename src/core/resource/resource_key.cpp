#include "core/resource/resource_key.h"

#include <algorithm>
#include <unordered_set>

#include "core/entity/kind.h"

namespace thingstead::core {
namespace {

constexpr int tries_max = 10'000;
constexpr std::string_view images_path = "/api/images/";
constexpr std::string_view resources_path = "/api/resource/";
constexpr std::string_view public_path = "/api/images/public/";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
    return out;
}

std::optional<model::ResourceType> type_of_path(std::string_view name) {
    for (const auto& [type, wire] : enum_names(model::ResourceType{}))
        if (lower(wire) == lower(name)) return type;
    return std::nullopt;
}

}  // namespace

Result<std::string> free_key(const std::string& name,
                             const std::function<Result<bool>(const std::string&)>& taken) {
    const std::size_t dot = std::min(name.rfind('.'), name.size());
    std::string wanted = name;
    for (int i = 1; i <= tries_max; ++i) {
        const Result<bool> found = taken(wanted);
        if (!found) return found.error();
        if (!*found) return wanted;
        wanted = name.substr(0, dot) + "_(" + std::to_string(i) + ")" + name.substr(dot);
    }
    return invalid("No free key for " + name + " was found!");
}

Result<> check_file_key(std::string_view key) {
    if (key.find_first_of("/\\") != key.npos)
        return invalid("File name should not contain '/' or '\\'!");
    if (key == "." || key == "..") return invalid("File name is malformed!");
    return {};
}

std::string linkable(std::string_view name) {
    std::string out(name);
    for (char& c : out)
        if ((c >= 0 && c < ' ') || c == '\x7F' ||
            std::string_view("\"'`<>?#;").find(c) != name.npos)
            c = '_';
    return out;
}

std::string link_of(const model::TbResource& resource) {
    const std::string_view scope =
        resource.tenant_id == model::system_tenant ? "system/" : "tenant/";
    std::string out;
    if (resource.resource_type == model::ResourceType::image) {
        out = images_path;
    } else {
        out = resources_path;
        out += lower(enum_name(resource.resource_type)) + '/';
    }
    return out.append(scope).append(resource.resource_key);
}

void show_links(model::TbResource& resource) {
    resource.link = link_of(resource);
    resource.public_link.reset();
    if (resource.resource_type == model::ResourceType::image && resource.is_public &&
        resource.public_resource_key)
        resource.public_link = std::string(public_path) + *resource.public_resource_key;
}

std::optional<LinkTarget> parse_link(std::string_view link) {
    if (link.starts_with(image_link_prefix)) link.remove_prefix(image_link_prefix.size());
    LinkTarget target;
    if (link.starts_with(images_path)) {
        link.remove_prefix(images_path.size());
    } else if (link.starts_with(resources_path)) {
        link.remove_prefix(resources_path.size());
        const std::size_t slash = link.find('/');
        if (slash == link.npos) return std::nullopt;
        const auto type = type_of_path(link.substr(0, slash));
        if (!type) return std::nullopt;
        target.type = *type;
        link.remove_prefix(slash + 1);
    } else {
        return std::nullopt;
    }
    const std::size_t slash = link.find('/');
    if (slash == link.npos) return std::nullopt;
    const Result<bool> system = is_system_scope(link.substr(0, slash));
    if (!system) return std::nullopt;
    target.system = *system;
    target.key = link.substr(slash + 1);
    if (target.key.empty() || target.key.find('/') != target.key.npos) return std::nullopt;
    return target;
}

std::vector<LinkPlace> link_places(std::string_view text) {
    constexpr std::size_t places_max = 10'000;
    std::vector<LinkPlace> found;
    for (std::size_t at = text.find("/api/"); at != text.npos && found.size() < places_max;
         at = text.find("/api/", at + 1)) {
        const std::string_view rest = text.substr(at);
        if (!rest.starts_with(images_path) && !rest.starts_with(resources_path)) continue;
        std::string link(
            rest.substr(0, std::min(rest.find_first_of("\"'`<>\\\n\r\t"), rest.size())));
        if (const std::size_t end = link.find_first_of("?#"); end != link.npos) link.resize(end);
        // In `url(…)` of a style; names of files may have parentheses too.
        const bool in_style = at >= 4 && text.substr(at - 4, 4) == "url(";
        if (in_style) link.resize(std::min(link.find(')'), link.size()));
        if (parse_link(link)) found.push_back({at, std::move(link)});
    }
    return found;
}

std::vector<std::string> links_in(std::string_view text) {
    std::vector<std::string> found;
    std::unordered_set<std::string> seen;
    for (LinkPlace& place : link_places(text))
        if (seen.insert(place.link).second) found.push_back(std::move(place.link));
    return found;
}

Result<bool> is_system_scope(std::string_view scope) {
    if (scope == "system") return true;
    if (scope == "tenant") return false;
    return invalid("Invalid scope \"" + std::string(scope) + "\"");
}

}  // namespace thingstead::core
