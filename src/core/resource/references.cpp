#include "core/resource/references.h"

#include <algorithm>

#include "base/json.h"
#include "core/entity/kind.h"
#include "core/resource/resource_key.h"
#include "model/asset.h"
#include "model/dashboard.h"
#include "model/entities.h"
#include "model/widget.h"

namespace thingstead::core {
namespace {

/// Links to "a.png" are part of those to "a.png2": what stands behind one is looked at too.
bool has_link(std::string_view text, const std::string& link) {
    const std::vector<std::string> links = links_in(text);
    return std::find(links.begin(), links.end(), link) != links.end();
}

bool has_link(const json::value& document, const std::string& link) {
    return has_link(json::serialize(document), link);
}
bool has_link(const std::optional<std::string>& text, const std::string& link) {
    return text && has_link(std::string_view(*text), link);
}

/// Adds the entities of kind T in whose `members` the link is.
template <class T, class... Members>
Result<> look_in(store::Reader& reader, const model::TbResource& resource, const std::string& link,
                 References& out, std::pair<std::string_view, Members T::*>... members) {
    std::vector<store::Filter> ways;
    (ways.push_back({
         {members.first, store::Compare::contains, link}
    }),
     ...);
    store::Filter filter{store::either(std::move(ways))};
    if (resource.tenant_id != model::system_tenant)
        filter.emplace_back("tenantId", resource.tenant_id.uuid);
    const Result<std::vector<T>> found = reader.all<T>(filter, referrers_max);
    if (!found) return found.error();
    for (const T& entity : *found)
        if ((has_link(entity.*members.second, link) || ...))
            out[std::string(wire_name(EntityKind<T>::type))].push_back(
                {entity.id, EntityKind<T>::name(entity), EntityKind<T>::tenant(entity)});
    return {};
}

}  // namespace

Result<References> find_references(store::Reader& reader, const model::TbResource& resource) {
    const std::string link = link_of(resource);
    References out;
    using Type = model::WidgetTypeDetails;
    if (Result<> done = look_in<Type>(reader, resource, link, out,
                                      std::pair(std::string_view("descriptor"), &Type::descriptor),
                                      std::pair(std::string_view("image"), &Type::image));
        !done)
        return done.error();
    using Bundle = model::WidgetsBundle;
    if (Result<> done = look_in<Bundle>(reader, resource, link, out,
                                        std::pair(std::string_view("image"), &Bundle::image));
        !done)
        return done.error();
    using Dashboard = model::Dashboard;
    constexpr std::optional<std::string> Dashboard::* dashboard_image = &Dashboard::image;
    if (Result<> done = look_in<Dashboard>(
            reader, resource, link, out,
            std::pair(std::string_view("configuration"), &Dashboard::configuration),
            std::pair(std::string_view("image"), dashboard_image));
        !done)
        return done.error();
    using DeviceProfile = model::DeviceProfile;
    if (Result<> done =
            look_in<DeviceProfile>(reader, resource, link, out,
                                   std::pair(std::string_view("image"), &DeviceProfile::image));
        !done)
        return done.error();
    using AssetProfile = model::AssetProfile;
    if (Result<> done =
            look_in<AssetProfile>(reader, resource, link, out,
                                  std::pair(std::string_view("image"), &AssetProfile::image));
        !done)
        return done.error();
    return out;
}

}  // namespace thingstead::core
