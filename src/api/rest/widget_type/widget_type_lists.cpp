// Lists of widget types, and the types of a bundle.
#include "api/rest/entity_calls.h"
#include "api/rest/widget_type/handlers.h"
#include "core/resource/resource_export.h"
#include "core/widget/fqn.h"
#include "core/widget/widget_lists.h"

namespace thingstead::api::widget_type {
namespace {

void append_row(std::string& out, const core::WidgetTypeRow& row) {
    out += '{';
    append_members(out, row.type);
    out += ",\"bundles\":";
    append_text(out, row.bundles);
    out += '}';
}

Result<core::WidgetTypeFilter> list_filter(const Call& call) {
    core::WidgetTypeFilter filter;
    const std::pair<const char*, bool*> flags[] = {
        {"tenantOnly", &filter.tenant_only},
        {"fullSearch", &filter.full_search},
        {"scadaFirst", &filter.scada_first}
    };
    for (const auto& [name, target] : flags) {
        const Result<bool> flag = call.flag(name, false);
        if (!flag) return flag.error();
        *target = *flag;
    }
    const std::string deprecated = call.parameter("deprecatedFilter").value_or("ALL");
    if (deprecated == "ACTUAL")
        filter.deprecated = false;
    else if (deprecated == "DEPRECATED")
        filter.deprecated = true;
    else if (deprecated != "ALL")
        return core::invalid("DeprecatedFilter \"" + deprecated + "\" is not supported!");
    filter.kinds = call.list("widgetTypeList");
    return filter;
}

Task<Result<net::Reply>> answer_page(Call call, core::WidgetTypeFilter filter) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const Result<store::Page<core::WidgetTypeRow>> page = co_await core::list_widget_types(
        call.services.platform, call.caller, std::move(filter), *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page, append_row));
}

Result<model::WidgetsBundleId> asked_bundle(const Call& call) {
    const Result<std::string> text = call.required("widgetsBundleId");
    if (!text) return text.error();
    const Result<Uuid> id = parse_uuid(*text);
    if (!id) return id.error();
    return model::WidgetsBundleId{*id};
}

Result<BundleOf> bundle_of_alias(const Call& call) {
    const Result<bool> system = call.flag("isSystem", false);
    if (!system) return system.error();
    return BundleOf{std::nullopt, *system, call.parameter("bundleAlias").value_or("")};
}

Result<model::WidgetsBundleId> readable_bundle(store::Reader& reader, const core::Caller& caller,
                                               const BundleOf& of) {
    const Result<model::WidgetsBundle> bundle =
        of.id ? core::load<model::WidgetsBundle>(reader, caller, core::Operation::read, *of.id)
              : core::bundle_by_alias(reader, caller, of.system, of.alias);
    if (!bundle) return bundle.error();
    return bundle->id;
}

/// The types of a bundle as T, in its order.
template <class T>
Task<Result<std::vector<T>>> read_members(Call call, BundleOf of) {
    const std::function<Result<std::vector<T>>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::vector<T>> {
        const auto id = readable_bundle(reader, call.caller, of);
        if (!id) return id.error();
        return core::bundle_members<T>(reader, *id);
    };
    co_return co_await core::read<std::vector<T>>(call.services.platform, work);
}

template <class T>
Task<Result<net::Reply>> answer_members(Call call, BundleOf of) {
    const Result<std::vector<T>> types = co_await read_members<T>(std::move(call), std::move(of));
    if (!types) co_return types.error();
    co_return json_reply_of(*types);
}

template <class T>
Task<Result<net::Reply>> answer_members_of_alias(Call call) {
    Result<BundleOf> of = bundle_of_alias(call);
    if (!of) co_return of.error();
    co_return co_await answer_members<T>(std::move(call), *std::move(of));
}

template <class T>
Task<Result<net::Reply>> answer_members_of_id(Call call) {
    const Result<model::WidgetsBundleId> id = asked_bundle(call);
    if (!id) co_return id.error();
    BundleOf of;
    of.id = *id;
    co_return co_await answer_members<T>(std::move(call), std::move(of));
}

}  // namespace

Task<Result<net::Reply>> list_types(Call call) {
    Result<core::WidgetTypeFilter> filter = list_filter(call);
    if (!filter) co_return filter.error();
    co_return co_await answer_page(std::move(call), *std::move(filter));
}

Task<Result<net::Reply>> list_bundle_infos(Call call) {
    Result<core::WidgetTypeFilter> filter = list_filter(call);
    if (!filter) co_return filter.error();
    const Result<model::WidgetsBundleId> bundle = asked_bundle(call);
    if (!bundle) co_return bundle.error();
    filter->bundle = *bundle;
    co_return co_await answer_page(std::move(call), *std::move(filter));
}

Task<Result<net::Reply>> infos_of_alias(Call call) {
    Result<BundleOf> of = bundle_of_alias(call);
    if (!of) co_return of.error();
    const std::function<Result<std::string>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::string> {
        const auto id = readable_bundle(reader, call.caller, *of);
        if (!id) return id.error();
        const auto types = core::bundle_members<model::WidgetTypeInfo>(reader, *id);
        if (!types) return types.error();
        std::string body = "[";
        for (const model::WidgetTypeInfo& type : *types) {
            const Result<core::WidgetTypeRow> row = core::with_bundles(reader, type);
            if (!row) return row.error();
            if (body.size() > 1) body += ',';
            append_row(body, *row);
        }
        return body + ']';
    };
    Result<std::string> body = co_await core::read<std::string>(call.services.platform, work);
    if (!body) co_return body.error();
    co_return json_reply(*std::move(body));
}

Task<Result<net::Reply>> types_of_bundle(Call call) {
    return answer_members_of_id<model::WidgetType>(std::move(call));
}
Task<Result<net::Reply>> types_of_alias(Call call) {
    return answer_members_of_alias<model::WidgetType>(std::move(call));
}
Task<Result<net::Reply>> details_of_alias(Call call) {
    return answer_members_of_alias<model::WidgetTypeDetails>(std::move(call));
}

Task<Result<net::Reply>> types_of_path(Call call) {
    const auto id = call.id<model::WidgetsBundleId>("widgetsBundleId");
    if (!id) co_return id.error();
    BundleOf of;
    of.id = *id;
    co_return co_await answer_members<model::WidgetType>(std::move(call), std::move(of));
}

Task<Result<net::Reply>> details_of_bundle(Call call) {
    const Result<bool> with_resources = call.flag("includeResources", false);
    if (!with_resources) co_return with_resources.error();
    if (!*with_resources)
        co_return co_await answer_members_of_id<model::WidgetTypeDetails>(std::move(call));
    const Result<model::WidgetsBundleId> id = asked_bundle(call);
    if (!id) co_return id.error();
    BundleOf of;
    of.id = *id;
    const std::function<Result<std::string>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<std::string> {
        const auto bundle = readable_bundle(reader, call.caller, of);
        if (!bundle) return bundle.error();
        const auto types = core::bundle_members<model::WidgetTypeDetails>(reader, *bundle);
        if (!types) return types.error();
        std::string body = "[";
        for (const model::WidgetTypeDetails& type : *types) {
            const auto linked = core::export_linked(
                reader, call.caller,
                json::serialize(type.descriptor) + " \"" + type.image.value_or("") + "\"");
            if (!linked) return linked.error();
            body += body.size() > 1 ? ",{" : "{";
            append_members(body, type);
            body += ",\"resources\":";
            append_text(body, *linked);
            body += '}';
        }
        return body + ']';
    };
    Result<std::string> body = co_await core::read<std::string>(call.services.platform, work);
    if (!body) co_return body.error();
    co_return json_reply(*std::move(body));
}

Task<Result<net::Reply>> fqns_of_bundle(Call call) {
    const Result<model::WidgetsBundleId> id = asked_bundle(call);
    if (!id) co_return id.error();
    BundleOf of;
    of.id = *id;
    const auto types = co_await read_members<model::WidgetTypeInfo>(std::move(call), std::move(of));
    if (!types) co_return types.error();
    std::vector<std::string> names;
    for (const model::WidgetTypeInfo& type : *types)
        names.push_back(core::scoped_fqn(type.tenant_id, type.fqn));
    co_return json_reply_of(names);
}

}  // namespace thingstead::api::widget_type
