#include "core/ota/ota_packages.h"

#include <algorithm>

#include "core/resource/checksum.h"
#include "core/resource/resource_rules.h"
#include "model/entities.h"

namespace thingstead::core {
namespace {

using model::OtaPackage;

bool is_empty(const std::optional<std::string>& text) { return !text || text->empty(); }

template <class T>
bool changes(const std::optional<T>& before, const std::optional<T>& after) {
    return before && before != after;
}

Error prohibited(std::string_view what) {
    return invalid("Updating otaPackage " + std::string(what) + " is prohibited!");
}

Result<> check_unchanged(const OtaPackage& before, const OtaPackage& after) {
    if (before.type != after.type) return invalid("Updating type is prohibited!");
    if (before.title != after.title) return prohibited("title");
    if (before.version != after.version) return prohibited("version");
    if (before.tag != after.tag) return prohibited("tag");
    if (before.device_profile_id != after.device_profile_id) return prohibited("deviceProfile");
    if (changes(before.url, after.url)) return prohibited("url");
    if (changes(before.file_name, after.file_name)) return prohibited("file name");
    if (changes(before.content_type, after.content_type)) return prohibited("content type");
    if (changes(before.checksum_algorithm, after.checksum_algorithm))
        return prohibited("checksum algorithm");
    if (changes(before.checksum, after.checksum)) return prohibited("checksum");
    if (changes(before.data_size, after.data_size)) return prohibited("data size");
    return {};
}

Result<> check_profile(Save<OtaPackage>& save) {
    const OtaPackage& package = save.entity;
    if (!package.device_profile_id) return {};
    const auto profile = save.transaction.find<model::DeviceProfile>({
        {"id", package.device_profile_id->uuid}
    });
    if (!profile) return profile.error();
    if (!*profile || (*profile)->tenant_id != package.tenant_id)
        return invalid("OtaPackage is referencing to non-existent device profile!");
    return {};
}

/// Refuses if rows of T refer to the package.
template <class T>
Result<> check_unused(store::Reader& reader, const OtaPackage& package, std::string_view field,
                      std::string_view noun, std::string_view by) {
    const Result<std::int64_t> count = reader.count<T>({
        {field, package.id.uuid}
    });
    if (!count) return count.error();
    if (*count == 0) return {};
    return invalid("The " + std::string(noun) + " referenced by the " + std::string(by) +
                   " cannot be deleted!");
}

/// Who, of the columns that a device has for packages, has this one.
Result<> check_unused(store::Reader& reader, const OtaPackage& package) {
    struct Column {
        std::string_view field, noun;
    };
    for (const Column& each : {
             Column{"firmwareId", "otaPackage"},
             Column{"softwareId", "software"  }
    }) {
        if (Result<> done =
                check_unused<model::Device>(reader, package, each.field, each.noun, "devices");
            !done)
            return done;
        if (Result<> done = check_unused<model::DeviceProfile>(reader, package, each.field,
                                                               each.noun, "device profile");
            !done)
            return done;
    }
    return {};
}

/// The package with what the server owns, which no body brings.
void keep_owned(const OtaPackage& before, OtaPackage& after) {
    after.has_data = before.has_data;
    after.file_name = before.file_name;
    after.content_type = before.content_type;
    after.checksum_algorithm = before.checksum_algorithm;
    after.checksum = before.checksum;
    after.data_size = before.data_size;
    if (!after.external_id) after.external_id = before.external_id;
}

bool same_hex(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

Result<std::string> checked_sum(const OtaFile& file) {
    std::string sum = checksum(file.algorithm, *file.bytes);
    if (!file.checksum.empty() && !same_hex(sum, file.checksum))
        return invalid("Wrong otaPackage file!");
    return sum;
}

Result<Saved<OtaPackage>> store_file(store::Transaction& transaction, const Caller& caller,
                                     EpochMs now_ms, model::OtaPackageId id, const OtaFile& file,
                                     const std::string& sum, EntityChange& change) {
    Result<OtaPackage> package = load<OtaPackage>(transaction, caller, Operation::write, id);
    if (!package) return package.error();
    if (package->has_url()) return invalid("File can't be saved if URL present!");
    if (package->has_data) return prohibited("data");
    const auto bytes = static_cast<std::int64_t>(file.bytes->size());
    if (Result<> within = check_total_size<OtaPackage>(transaction, package->tenant_id,
                                                       "maxOtaPackagesInBytes", bytes);
        !within)
        return within.error();
    package->file_name = file.file_name;
    package->content_type = file.content_type;
    package->checksum_algorithm = file.algorithm;
    package->checksum = sum;
    package->data_size = bytes;
    package->has_data = true;
    if (Result<> written = write_file(transaction, package->tenant_id, id.uuid,
                                      model::FileKind::content, *file.bytes);
        !written)
        return written.error();
    return save_in(transaction, caller, now_ms, *std::move(package), change);
}

}  // namespace

Result<> EntityRules<OtaPackage>::prepare(Save<OtaPackage>& save) {
    if (save.before)
        if (Result<> same = check_unchanged(*save.before, save.entity); !same) return same;
    return check_profile(save);
}

Result<> EntityRules<OtaPackage>::removing(Removal<OtaPackage>& removal) {
    if (Result<> unused = check_unused(removal.transaction, removal.entity); !unused) return unused;
    return remove_files(removal.transaction, removal.entity.id.uuid);
}

Task<Result<Saved<OtaPackage>>> save_ota_package(const Platform& platform, Caller caller,
                                                 OtaPackage package, bool uses_url) {
    if (uses_url && is_empty(package.url))
        co_return invalid("Ota package URL should be specified!");
    EntityChange change{ChangeKind::updated, caller.tenant, package.id};
    const std::function<Result<Saved<OtaPackage>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<Saved<OtaPackage>> {
        OtaPackage saving = package;
        if (saving.url && saving.url->empty()) saving.url.reset();
        if (saving.id.uuid != Uuid{}) {
            const Result<OtaPackage> before =
                load<OtaPackage>(transaction, caller, Operation::write, saving.id);
            if (!before) return before.error();
            keep_owned(*before, saving);
        }
        if (saving.has_url()) {
            if (saving.data_size) return invalid("URL can't be saved if file present!");
            saving.has_data = true;
        }
        return save_in(transaction, caller, platform.clock.now_ms(), std::move(saving), change);
    };
    Result<Saved<OtaPackage>> saved = co_await write<Saved<OtaPackage>>(platform, work);
    if (saved) platform.events.publish(change);
    co_return saved;
}

Task<Result<Saved<OtaPackage>>> save_ota_file(const Platform& platform, Caller caller,
                                              model::OtaPackageId id, OtaFile file) {
    // Asked before the bytes are hashed, and again where they are stored.
    const Result<OtaPackage> asked =
        co_await get<OtaPackage>(platform, caller, id, Operation::write);
    if (!asked) co_return asked.error();
    if (file.file_name.empty()) co_return invalid("OtaPackage file name should be specified!");
    if (file.bytes->empty()) co_return invalid("OtaPackage data should be specified!");
    if (file.content_type.empty()) file.content_type = "application/octet-stream";
    const std::function<Result<std::string>()> hash = [&] { return checked_sum(file); };
    const Result<std::string> sum = co_await on_file_threads<std::string>(platform, hash);
    if (!sum) co_return sum.error();
    EntityChange change{ChangeKind::updated, caller.tenant, id};
    const std::function<Result<Saved<OtaPackage>>(store::Transaction&)> work =
        [&](store::Transaction& transaction) {
            return store_file(transaction, caller, platform.clock.now_ms(), id, file, *sum, change);
        };
    Result<Saved<OtaPackage>> saved = co_await write<Saved<OtaPackage>>(platform, work);
    if (saved) platform.events.publish(change);
    co_return saved;
}

Task<Result<OtaBytes>> load_ota_bytes(const Platform& platform, Caller caller,
                                      model::OtaPackageId id) {
    const std::function<Result<OtaBytes>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<OtaBytes> {
        Result<OtaPackage> package = load<OtaPackage>(reader, caller, Operation::read, id);
        if (!package) return package.error();
        OtaBytes out{*std::move(package), {}};
        if (out.package.has_url() || !out.package.has_data) return out;
        Result<std::string> bytes = read_file(reader, id.uuid, model::FileKind::content);
        if (!bytes) return bytes.error();
        out.bytes = content_of(*std::move(bytes));
        return out;
    };
    co_return co_await read<OtaBytes>(platform, work);
}

Task<Result<store::Page<OtaPackage>>> list_ota_packages(
    const Platform& platform, Caller caller, std::optional<model::DeviceProfileId> profile,
    std::optional<model::OtaPackageType> type, store::PageLink link) {
    store::Filter filter;
    if (profile) filter.emplace_back("deviceProfileId", profile->uuid);
    if (type) {
        filter.emplace_back("type", std::string(enum_name(*type)));
        filter.emplace_back("hasData", true);
    }
    core::OwnerFields fields;
    fields.owner = {};
    co_return co_await page<OtaPackage>(platform, std::move(caller), std::move(filter),
                                        std::move(link), fields);
}

}  // namespace thingstead::core
