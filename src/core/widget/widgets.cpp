#include "core/widget/widgets.h"

#include <algorithm>
#include <set>

#include "core/image/embedded.h"
#include "core/widget/fqn.h"

namespace thingstead::core {
namespace {

using model::WidgetsBundle;
using model::WidgetsBundleId;
using model::WidgetsBundleWidget;
using model::WidgetTypeDetails;
using model::WidgetTypeId;

constexpr std::size_t bundle_types_max = 10'000;

/// Where the fqn is taken by the tenant's own type, that one is what is saved.
Result<> take_place_of_same(store::Reader& reader, const Caller& caller, WidgetTypeDetails& type) {
    if (type.id.uuid != Uuid{} || type.fqn.empty()) return {};
    const auto found = reader.find<WidgetTypeDetails>({
        {"tenantId", caller.tenant.uuid},
        {"fqn",      type.fqn          }
    });
    if (!found) return found.error();
    if (!*found) return {};
    type.id = (*found)->id;
    type.version.reset();
    return {};
}

Result<WidgetsBundle> replace_members(store::Transaction& transaction, const Caller& caller,
                                      WidgetsBundleId id, const std::vector<WidgetTypeId>& types) {
    if (types.size() > bundle_types_max) return invalid("Too many widget types!");
    Result<WidgetsBundle> bundle = load<WidgetsBundle>(transaction, caller, Operation::write, id);
    if (!bundle) return bundle;
    const auto gone = transaction.remove<WidgetsBundleWidget>({
        {"widgetsBundleId", id.uuid}
    });
    if (!gone) return gone.error();
    WidgetsBundleWidget row;
    row.widgets_bundle_id = id;
    std::set<WidgetTypeId> seen;
    for (const WidgetTypeId type : types) {
        if (!seen.insert(type).second) continue;
        row.widget_type_id = type;
        if (Result<> made = transaction.insert(row); !made) return made.error();
        ++row.widget_type_order;
    }
    return bundle;
}

/// The type of that name, of the one it says or else of the tenant before the installation.
Result<std::optional<WidgetTypeId>> find_type(store::Reader& reader, const Caller& caller,
                                              const std::string& name) {
    const ScopedFqn scoped = parse_fqn(name);
    for (const bool system : {false, true}) {
        if (scoped.system && *scoped.system != system) continue;
        const auto type = type_by_fqn<model::WidgetTypeInfo>(reader, caller, system, scoped.fqn);
        if (type) return std::optional<WidgetTypeId>(type->id);
        if (type.error().code != ErrorCode::not_found && type.error().code != ErrorCode::forbidden)
            return type.error();
    }
    return std::optional<WidgetTypeId>();
}

}  // namespace

Task<Result<Saved<WidgetTypeDetails>>> save_widget_type(const Platform& platform, Caller caller,
                                                        WidgetTypeSave wanted) {
    const Operation operation =
        wanted.type.id.uuid == Uuid{} ? Operation::create : Operation::write;
    if (Result<> allowed = check(caller, operation, core::Resource::widget_type); !allowed)
        co_return allowed.error();
    if (Result<> valid = model::validate(wanted.type); !valid) co_return valid.error();
    const Result<MovedLinks> moved =
        co_await import_resources(platform, caller, std::move(wanted.resources));
    if (!moved) co_return moved.error();
    WidgetTypeDetails type = std::move(wanted.type);
    const std::string title = type.name + " image";
    Result<json::value> descriptor =
        co_await link_images(platform, caller, title, with_moved_links(type.descriptor, *moved));
    if (!descriptor) co_return descriptor.error();
    type.descriptor = *std::move(descriptor);
    Result<std::optional<std::string>> image =
        co_await link_image(platform, caller, title, with_moved_links(type.image, *moved));
    if (!image) co_return image.error();
    type.image = *std::move(image);

    EntityChange change{ChangeKind::updated, caller.tenant, type.id};
    const bool by_fqn = wanted.update_by_fqn;
    const std::function<Result<Saved<WidgetTypeDetails>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Saved<WidgetTypeDetails>> {
        WidgetTypeDetails saving = type;
        if (by_fqn)
            if (Result<> done = take_place_of_same(transaction, caller, saving); !done)
                return done.error();
        return save_in(transaction, caller, platform.clock.now_ms(), std::move(saving), change);
    };
    Result<Saved<WidgetTypeDetails>> saved =
        co_await write<Saved<WidgetTypeDetails>>(platform, work);
    if (saved) platform.events.publish(change);
    co_return saved;
}

Task<Result<Saved<WidgetsBundle>>> save_widgets_bundle(const Platform& platform, Caller caller,
                                                       WidgetsBundle bundle) {
    const Operation operation = bundle.id.uuid == Uuid{} ? Operation::create : Operation::write;
    if (Result<> allowed = check(caller, operation, core::Resource::widgets_bundle); !allowed)
        co_return allowed.error();
    if (Result<> valid = model::validate(bundle); !valid) co_return valid.error();
    std::string title = bundle.title + " image";
    Result<std::optional<std::string>> image =
        co_await link_image(platform, caller, std::move(title), bundle.image);
    if (!image) co_return image.error();
    bundle.image = *std::move(image);
    co_return co_await save<WidgetsBundle>(platform, std::move(caller), std::move(bundle));
}

Task<Result<WidgetsBundle>> set_bundle_types(const Platform& platform, Caller caller,
                                             WidgetsBundleId bundle,
                                             std::vector<WidgetTypeId> types) {
    const std::function<Result<WidgetsBundle>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<WidgetsBundle> {
        for (const WidgetTypeId id : types) {
            const auto type = load<model::WidgetTypeInfo>(transaction, caller, Operation::read, id);
            if (!type) return type.error();
        }
        return replace_members(transaction, caller, bundle, types);
    };
    co_return co_await write<WidgetsBundle>(platform, work);
}

Task<Result<WidgetsBundle>> set_bundle_types_by_fqn(const Platform& platform, Caller caller,
                                                    WidgetsBundleId bundle,
                                                    std::vector<std::string> fqns) {
    const std::function<Result<WidgetsBundle>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<WidgetsBundle> {
        if (fqns.size() > bundle_types_max) return invalid("Too many widget types!");
        std::vector<WidgetTypeId> types;
        for (const std::string& name : fqns) {
            const auto id = find_type(transaction, caller, name);
            if (!id) return id.error();
            if (*id) types.push_back(**id);
        }
        return replace_members(transaction, caller, bundle, types);
    };
    co_return co_await write<WidgetsBundle>(platform, work);
}

Result<std::vector<WidgetTypeId>> types_of_bundle(store::Reader& reader, WidgetsBundleId bundle) {
    Result<std::vector<WidgetsBundleWidget>> rows = reader.all<WidgetsBundleWidget>({
        {"widgetsBundleId", bundle.uuid}
    });
    if (!rows) return rows.error();
    std::stable_sort(rows->begin(), rows->end(), [](const auto& a, const auto& b) {
        return a.widget_type_order < b.widget_type_order;
    });
    std::vector<WidgetTypeId> ids;
    for (const WidgetsBundleWidget& row : *rows) ids.push_back(row.widget_type_id);
    return ids;
}

Result<WidgetsBundle> bundle_by_alias(store::Reader& reader, const Caller& caller, bool system,
                                      const std::string& alias) {
    const model::TenantId tenant = system ? model::system_tenant : caller.tenant;
    auto found = reader.find<WidgetsBundle>({
        {"tenantId", tenant.uuid},
        {"alias",    alias      }
    });
    if (!found) return found.error();
    if (!*found) return item_not_found();
    if (Result<> allowed = check(reader, caller, Operation::read, subject_of(**found)); !allowed)
        return allowed.error();
    return **std::move(found);
}

}  // namespace thingstead::core
