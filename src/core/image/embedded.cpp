#include "core/image/embedded.h"

#include <array>

#include "core/crypto.h"
#include "core/resource/resource_key.h"

namespace thingstead::core {
namespace {

using model::ResourceType;
using model::TbResource;

constexpr std::string_view data_prefix = "data:image/";
constexpr std::string_view described_prefix = "tb-image:";
constexpr std::string_view coding = ";base64,";

bool may_be_embedded(std::string_view text) {
    return text.starts_with(data_prefix) || text.starts_with(described_prefix);
}

/// Every text of the document that may be an image.
void collect(json::value& value, std::vector<json::string*>& out) {
    if (json::string* text = value.if_string()) {
        if (may_be_embedded(*text) && out.size() <= embedded_images_max) out.push_back(text);
    } else if (json::array* items = value.if_array()) {
        for (json::value& each : *items) collect(each, out);
    } else if (json::object* members = value.if_object()) {
        for (auto& member : *members) collect(member.value(), out);
    }
}

void replace_links(json::value& value, const MovedLinks& moved) {
    if (json::string* text = value.if_string()) {
        const std::optional<std::string> changed =
            with_moved_links(std::optional<std::string>(std::string(*text)), moved);
        if (*changed != std::string_view(*text)) *text = *changed;
    } else if (json::array* items = value.if_array()) {
        for (json::value& each : *items) replace_links(each, moved);
    } else if (json::object* members = value.if_object()) {
        for (auto& member : *members) replace_links(member.value(), moved);
    }
}

/// Not a coroutine's own lambda: finds what is stored already.
Task<Result<std::optional<TbResource>>> find_stored(const Platform& platform, Caller caller,
                                                    ResourceType type, std::string etag) {
    const std::function<Result<std::optional<TbResource>>(store::Reader&)> work =
        [&](store::Reader& reader) { return find_same(reader, caller, type, etag); };
    co_return co_await read<std::optional<TbResource>>(platform, work);
}

/// The link of an image with these bytes, which is made if it is not there.
Task<Result<std::string>> store_embedded(const Platform& platform, Caller caller, std::string title,
                                         EmbeddedImage embedded) {
    Content bytes = content_of(std::move(embedded.bytes));
    Result<ImageFile> file = co_await image_file(platform, bytes);
    if (!file) co_return file.error();
    const Result<std::optional<TbResource>> same =
        co_await find_stored(platform, caller, ResourceType::image, file->file.etag);
    if (!same) co_return same.error();
    if (*same) co_return link_of(**same);
    TbResource image;
    image.resource_type = ResourceType::image;
    image.resource_sub_type = embedded.sub_type.value_or(model::ResourceSubType::image);
    image.title = embedded.title.empty() ? std::move(title) : embedded.title;
    if (model::characters(image.title) > 200) image.title = "image";
    image.file_name = embedded.key;
    if (image.file_name.empty()) {
        image.file_name = image.title + "." + file->extension;
        for (char& c : image.file_name)
            if (c == '/' || c == '\\') c = '_';
    }
    image.is_public = true;
    image.descriptor = std::move(file->descriptor);
    std::optional<ResourceFile> content = std::move(file->file);
    const Result<Saved<TbResource>> saved =
        co_await save_resource(platform, std::move(caller), std::move(image), std::move(content));
    if (!saved) co_return saved.error();
    co_return link_of(saved->entity);
}

/// One text of a document, if the caller may store images.
Task<Result<std::string>> linked(const Platform& platform, Caller caller, std::string title,
                                 std::string text) {
    Result<std::optional<EmbeddedImage>> embedded = parse_embedded_image(text);
    if (!embedded) co_return embedded.error();
    if (!*embedded) co_return text;
    const Result<std::string> link = co_await store_embedded(
        platform, std::move(caller), std::move(title), **std::move(embedded));
    if (!link) co_return link.error();
    co_return std::string(image_link_prefix) + *link;
}

bool may_store(const Caller& caller) {
    return check(caller, Operation::create, core::Resource::tb_resource).has_value();
}

/// An image brings a preview, anything else its bytes alone.
Task<Result<std::string>> import_one(const Platform& platform, Caller caller,
                                     model::ResourceExportData data) {
    if (data.type == ResourceType::image) {
        const Result<Saved<TbResource>> saved =
            co_await import_image(platform, std::move(caller), std::move(data));
        if (!saved) co_return saved.error();
        co_return link_of(saved->entity);
    }
    Result<ImportedResource> imported = imported_resource(data);
    if (!imported) co_return imported.error();
    Result<ResourceFile> file = co_await resource_file(platform, imported->bytes);
    if (!file) co_return file.error();
    const Result<std::optional<TbResource>> same =
        co_await find_stored(platform, caller, data.type, file->etag);
    if (!same) co_return same.error();
    if (*same) co_return link_of(**same);
    std::optional<ResourceFile> content = *std::move(file);
    const Result<Saved<TbResource>> saved = co_await save_resource(
        platform, std::move(caller), std::move(imported->resource), std::move(content));
    if (!saved) co_return saved.error();
    co_return link_of(saved->entity);
}

}  // namespace

Result<std::optional<EmbeddedImage>> parse_embedded_image(std::string_view text) {
    EmbeddedImage out;
    if (text.starts_with(described_prefix)) {
        const std::size_t end = text.find(';');
        if (end == text.npos) return std::optional<EmbeddedImage>();
        std::string_view facts = text.substr(0, end).substr(described_prefix.size());
        std::array<std::string, 3> parts;
        for (std::string& part : parts) {
            const std::size_t colon = std::min(facts.find(':'), facts.size());
            std::optional<std::string> decoded = base64_decode(facts.substr(0, colon));
            if (!decoded) return invalid("Image is malformed!");
            part = *std::move(decoded);
            facts.remove_prefix(std::min(colon + 1, facts.size()));
        }
        out.key = std::move(parts[0]);
        out.title = std::move(parts[1]);
        out.sub_type = enum_value<model::ResourceSubType>(parts[2]);
        text.remove_prefix(end + 1);
    }
    if (!text.starts_with(data_prefix)) return std::optional<EmbeddedImage>();
    const std::size_t at = text.find(coding);
    if (at == text.npos || at > 100) return std::optional<EmbeddedImage>();
    std::optional<std::string> bytes = base64_decode(text.substr(at + coding.size()));
    if (!bytes || bytes->empty()) return invalid("Image is malformed: it is not in base64!");
    out.bytes = *std::move(bytes);
    return std::optional<EmbeddedImage>(std::move(out));
}

Task<Result<std::optional<std::string>>> link_image(const Platform& platform, Caller caller,
                                                    std::string title,
                                                    std::optional<std::string> text) {
    if (!text || !may_be_embedded(*text) || !may_store(caller)) co_return text;
    Result<std::string> link =
        co_await linked(platform, std::move(caller), std::move(title), *std::move(text));
    if (!link) co_return link.error();
    co_return std::optional<std::string>(*std::move(link));
}

Task<Result<json::value>> link_images(const Platform& platform, Caller caller, std::string title,
                                      json::value document) {
    std::vector<json::string*> texts;
    collect(document, texts);
    if (texts.empty() || !may_store(caller)) co_return document;
    if (texts.size() > embedded_images_max)
        co_return invalid("More than " + std::to_string(embedded_images_max) +
                          " images are embedded!");
    for (json::string* text : texts) {
        Result<std::string> link = co_await linked(platform, caller, title, std::string(*text));
        if (!link) co_return link.error();
        *text = *link;
    }
    co_return document;
}

Task<Result<std::optional<std::string>>> inline_image(const Platform& platform, Caller caller,
                                                      std::optional<std::string> text) {
    const std::optional<LinkTarget> target = text ? parse_link(*text) : std::nullopt;
    if (!target || target->type != ResourceType::image) co_return text;
    ResourceName name;
    name.type = ResourceType::image;
    name.system = target->system;
    name.key = target->key;
    const Result<ResourceBytes> image =
        co_await download_resource(platform, std::move(caller), std::move(name), {});
    if (!image || !image->bytes) co_return text;
    co_return "data:" + media_type_of(image->resource) + std::string(coding) +
        base64(*image->bytes);
}

Task<Result<MovedLinks>> import_resources(const Platform& platform, Caller caller,
                                          std::vector<model::ResourceExportData> resources) {
    MovedLinks moved;
    if (resources.empty()) co_return moved;
    if (resources.size() > embedded_images_max)
        co_return invalid("More than " + std::to_string(embedded_images_max) +
                          " resources are brought along!");
    if (!may_store(caller)) co_return permission_denied();
    for (model::ResourceExportData& each : resources) {
        std::string from = each.link.value_or("");
        Result<std::string> to = co_await import_one(platform, caller, std::move(each));
        if (!to) co_return to.error();
        if (!from.empty() && from != *to) moved.emplace_back(std::move(from), *std::move(to));
    }
    co_return moved;
}

json::value with_moved_links(const json::value& document, const MovedLinks& moved) {
    json::value out = document;
    if (!moved.empty()) replace_links(out, moved);
    return out;
}

std::optional<std::string> with_moved_links(std::optional<std::string> text,
                                            const MovedLinks& moved) {
    if (!text || moved.empty()) return text;
    std::string out;
    std::size_t done = 0;
    for (const LinkPlace& place : link_places(*text)) {
        if (place.at < done) continue;
        std::string_view to = place.link;
        for (const auto& [from, now] : moved)
            if (from == place.link) to = now;
        out.append(*text, done, place.at - done).append(to);
        done = place.at + place.link.size();
    }
    return out.append(*text, done);
}

}  // namespace thingstead::core
