// OTA packages.
#include "api/rest/entity_calls.h"
#include "api/rest/file_calls.h"
#include "core/crypto.h"
#include "core/ota/ota_packages.h"

namespace thingstead::api::ota_package {
namespace {

using model::OtaPackage;
using SavedPackage = Result<core::Saved<OtaPackage>>;

Task<Result<net::Reply>> answer_saved(Call call, OtaPackage asked, SavedPackage saved) {
    co_await tell_saved(call.services, call.caller, std::move(asked), saved);
    if (!saved) co_return saved.error();
    co_return json_reply_of(saved->entity);
}

Task<Result<net::Reply>> save_info(Call call) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    const Result<OtaPackage> package = from_json<OtaPackage>(*body);
    if (!package) co_return package.error();
    const json::object* members = body->if_object();
    const json::value* uses_url = members ? members->if_contains("usesUrl") : nullptr;
    const bool by_url = uses_url && uses_url->is_bool() && uses_url->get_bool();
    SavedPackage saved =
        co_await core::save_ota_package(call.services.platform, call.caller, *package, by_url);
    co_return co_await answer_saved(std::move(call), *package, std::move(saved));
}

Result<model::ChecksumAlgorithm> checksum_algorithm(const Call& call) {
    const Result<std::string> text = call.required("checksumAlgorithm");
    if (!text) return text.error();
    std::string upper = *text;
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if (const auto known = enum_value<model::ChecksumAlgorithm>(upper)) return *known;
    return core::invalid("ChecksumAlgorithm \"" + *text + "\" is not supported!");
}

Task<Result<net::Reply>> save_data(Call call) {
    const auto id = call.id<model::OtaPackageId>("otaPackageId");
    if (!id) co_return id.error();
    const Result<model::ChecksumAlgorithm> algorithm = checksum_algorithm(call);
    if (!algorithm) co_return algorithm.error();
    const Result<FileForm> form = file_form(call);
    if (!form) co_return form.error();
    Result<SentFile> sent = sent_file(*form);
    if (!sent) co_return sent.error();
    core::OtaFile file;
    file.bytes = std::move(sent->bytes);
    file.file_name = std::move(sent->name);
    file.content_type = std::move(sent->media_type);
    file.algorithm = *algorithm;
    file.checksum = call.parameter("checksum").value_or(form->text("checksum"));
    SavedPackage saved =
        co_await core::save_ota_file(call.services.platform, call.caller, *id, std::move(file));
    OtaPackage asked;
    asked.id = *id;
    co_return co_await answer_saved(std::move(call), std::move(asked), std::move(saved));
}

Task<Result<core::OtaBytes>> load_bytes(Call call) {
    const auto id = call.id<model::OtaPackageId>("otaPackageId");
    if (!id) co_return id.error();
    co_return co_await core::load_ota_bytes(call.services.platform, call.caller, *id);
}

Task<Result<net::Reply>> get_package(Call call) {
    const Result<core::OtaBytes> found = co_await load_bytes(std::move(call));
    if (!found) co_return found.error();
    std::string body = "{";
    append_members(body, found->package);
    body += ",\"data\":";
    if (found->bytes)
        append_text(body, core::base64(*found->bytes));
    else
        body += "null";
    body += '}';
    co_return json_reply(std::move(body));
}

/// What the bytes are sent as: never a type that a browser would show.
std::string sent_type(const OtaPackage& package) {
    const std::string type = package.content_type.value_or("");
    return type.starts_with("application/") ? type : "application/octet-stream";
}

Task<Result<net::Reply>> download(Call call) {
    const Result<core::OtaBytes> found = co_await load_bytes(std::move(call));
    if (!found) co_return found.error();
    if (found->package.has_url())
        co_return Error{ErrorCode::invalid_argument,
                        "The package is not kept here, but at the URL that it names!"};
    if (!found->bytes) co_return core::item_not_found();
    FileAnswer answer;
    answer.bytes = found->bytes;
    answer.media_type = sent_type(found->package);
    answer.file_name = found->package.file_name.value_or("package");
    co_return file_reply(answer);
}

Task<Result<net::Reply>> list(Call call) {
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page = co_await core::list_ota_packages(call.services.platform, call.caller, {}, {},
                                                       *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

Task<Result<net::Reply>> list_of_profile(Call call) {
    const auto profile = call.id<model::DeviceProfileId>("deviceProfileId");
    if (!profile) co_return profile.error();
    const std::string& name = call.variable("type");
    const auto type = enum_value<model::OtaPackageType>(name);
    if (!type) co_return core::invalid("OtaPackageType \"" + name + "\" is not supported!");
    Result<store::PageLink> link = call.page_link();
    if (!link) co_return link.error();
    const auto page = co_await core::list_ota_packages(call.services.platform, call.caller,
                                                       *profile, *type, *std::move(link));
    if (!page) co_return page.error();
    co_return json_reply(page_text(*page));
}

json::object with_data() {
    json::object out = struct_schema<OtaPackage>();
    out["properties"].as_object()["data"] = {
        {"type",   "string"},
        {"format", "byte"  }
    };
    return out;
}

using enum net::Method;

constexpr std::string_view page_parameters = "pageSize!,page!,textSearch,sortProperty,sortOrder";

constexpr Route routes[] = {
    {.method = post,
     .pattern = "/api/otaPackage",
     .allowed = allow::tenant,
     .handler = &save_info,
     .summary = "Creates or updates what is said of a package",
     .body = BodyKind::json,
     .answer = "OtaPackageInfo",
     .takes = "SaveOtaPackageInfoRequest"},
    {.method = get,
     .pattern = "/api/otaPackage/info/{otaPackageId}",
     .allowed = allow::tenant_or_customer,
     .handler = &get_entity<OtaPackage>,
     .summary = "What is said of a package",
     .answer = "OtaPackageInfo"},
    {.method = get,
     .pattern = "/api/otaPackage/{otaPackageId}",
     .allowed = allow::tenant,
     .handler = &get_package,
     .summary = "A package with its bytes in base64",
     .answer = "OtaPackage"},
    {.method = post,
     .pattern = "/api/otaPackage/{otaPackageId}",
     .allowed = allow::tenant,
     .handler = &save_data,
     .summary = "Stores the bytes of a package, once",
     .body = BodyKind::multipart,
     .parameters = "checksum,checksumAlgorithm!",
     .answer = "OtaPackageInfo"},
    {.method = del,
     .pattern = "/api/otaPackage/{otaPackageId}",
     .allowed = allow::tenant,
     .handler = &delete_entity<OtaPackage>,
     .summary = "Deletes a package that no device and no profile has"},
    {.method = get,
     .pattern = "/api/otaPackage/{otaPackageId}/download",
     .allowed = allow::tenant,
     .handler = &download,
     .summary = "The bytes of a package"},
    {.method = get,
     .pattern = "/api/otaPackages",
     .allowed = allow::tenant_or_customer,
     .handler = &list,
     .summary = "A page of packages",
     .parameters = page_parameters,
     .answer = "PageData<OtaPackageInfo>"},
    {.method = get,
     .pattern = "/api/otaPackages/{deviceProfileId}/{type}",
     .allowed = allow::tenant_or_customer,
     .handler = &list_of_profile,
     .summary = "A page of the packages with bytes for a device profile",
     .parameters = page_parameters,
     .answer = "PageData<OtaPackageInfo>"},
};

constexpr SchemaEntry schemas[] = {
    {"OtaPackage",     &with_data                },
    {"OtaPackageInfo", &struct_schema<OtaPackage>},
};

}  // namespace

extern const Resource descriptor{"ota-package", "Firmware and software of devices.", routes,
                                 schemas};

}  // namespace thingstead::api::ota_package
