// Keys of resources: what they are called in links.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/resource.h"

namespace thingstead::core {

/// `name`, or with a number before its ending, "logo_(1).png", until `taken` says no. Errors: those
/// of `taken`; invalid_argument - none is free within a bounded number of tries.
Result<std::string> free_key(const std::string& name,
                             const std::function<Result<bool>(const std::string&)>& taken);

/// Errors: invalid_argument - the name of a file has folders in it.
Result<> check_file_key(std::string_view key);

/// The name with `_` for what would end a link in a document: quotes, brackets, `?` and the like.
std::string linkable(std::string_view name);

/// "/api/images/tenant/logo.png", "/api/resource/js_module/system/a.js"
std::string link_of(const model::TbResource& resource);
/// Fills what answers show and no row has: link and public link.
void show_links(model::TbResource& resource);

/// What stands before links to images in documents.
inline constexpr std::string_view image_link_prefix = "tb-image;";

/// Where a link leads.
struct LinkTarget {
    bool system = false;  ///< The installation's; else the tenant's.
    model::ResourceType type = model::ResourceType::image;
    std::string key;
};

/// Of a link, with or without image_link_prefix. Nullopt: it is none of ours.
std::optional<LinkTarget> parse_link(std::string_view link);
struct LinkPlace {
    std::size_t at = 0;  ///< Its first byte in the text.
    std::string link;
};
/// Where links stand in a text.
std::vector<LinkPlace> link_places(std::string_view text);
/// Every link in a text, each once, in the order of their first places.
std::vector<std::string> links_in(std::string_view text);

/// "tenant" or "system". Errors: invalid_argument.
Result<bool> is_system_scope(std::string_view scope);

}  // namespace thingstead::core
