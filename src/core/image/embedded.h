// Images inside of entities: pictures that clients put into a document as `data:` URLs become
// resources, and the document links to them. Kinds with images call this before they are saved.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/image/images.h"

namespace thingstead::core {

/// Most images that one document may bring.
inline constexpr std::size_t embedded_images_max = 100;

/// `data:image/png;base64,…`, or the same behind `tb-image:` and the key, title and sub type that
/// the image had where it comes from (each in base64, parted by colons, before a semicolon).
struct EmbeddedImage {
    std::string bytes;
    std::string key{};
    std::string title{};
    std::optional<model::ResourceSubType> sub_type{};
};

/// Nullopt: the text is no such URL. Errors: invalid_argument - it is, but not in base64.
Result<std::optional<EmbeddedImage>> parse_embedded_image(std::string_view text);

/// The text, or "tb-image;" and the link of what became of it. `title` is what a new image is
/// called if it brings no title. A caller that may not create resources keeps the text as it is.
/// Errors: invalid_argument; those of create_image().
Task<Result<std::optional<std::string>>> link_image(const Platform& platform, Caller caller,
                                                    std::string title,
                                                    std::optional<std::string> text);
/// The same for every text in a document.
Task<Result<json::value>> link_images(const Platform& platform, Caller caller, std::string title,
                                      json::value document);

/// The other way: a link becomes a `data:` URL. What cannot be read stays.
Task<Result<std::optional<std::string>>> inline_image(const Platform& platform, Caller caller,
                                                      std::optional<std::string> text);

/// Where exported resources were, and where they are now.
using MovedLinks = std::vector<std::pair<std::string, std::string>>;

/// Saves what a document brings along (member `resources`); the same bytes are not stored twice.
Task<Result<MovedLinks>> import_resources(const Platform& platform, Caller caller,
                                          std::vector<model::ResourceExportData> resources);
/// The document with links to where its resources are now.
json::value with_moved_links(const json::value& document, const MovedLinks& moved);
std::optional<std::string> with_moved_links(std::optional<std::string> text,
                                            const MovedLinks& moved);

}  // namespace thingstead::core
