#include "core/resource/files.h"

#include <algorithm>

namespace thingstead::core {
namespace {

using model::file_part_bytes;
using model::FileKind;
using model::FilePart;

store::Filter parts_of(Uuid owner, FileKind kind) {
    return {
        {"ownerId", owner                       },
        {"kind",    std::string(enum_name(kind))}
    };
}

}  // namespace

Result<> write_file(store::Transaction& transaction, model::TenantId tenant, Uuid owner,
                    FileKind kind, std::string_view bytes) {
    if (const auto gone = transaction.remove<FilePart>(parts_of(owner, kind)); !gone)
        return gone.error();
    FilePart part;
    part.owner_id = owner;
    part.kind = kind;
    part.tenant_id = tenant;
    for (; !bytes.empty(); ++part.position) {
        part.bytes.bytes = bytes.substr(0, file_part_bytes);
        bytes.remove_prefix(part.bytes.bytes.size());
        if (Result<> made = transaction.insert(part); !made) return made;
    }
    return {};
}

Result<std::string> read_file(store::Reader& reader, Uuid owner, FileKind kind) {
    std::string out;
    // One row at a time: all at once would be twice in memory.
    for (std::int64_t position = 0;; ++position) {
        store::Filter filter = parts_of(owner, kind);
        filter.emplace_back("position", position);
        const auto part = reader.find<FilePart>(filter);
        if (!part) return part.error();
        if (!*part) return out;
        out += (*part)->bytes.bytes;
        if ((*part)->bytes.bytes.size() < file_part_bytes) return out;
    }
}

Result<std::string> read_file(store::Reader& reader, Uuid owner, FileKind kind, std::size_t offset,
                              std::size_t size) {
    std::string out;
    while (out.size() < size) {
        const std::size_t at = offset + out.size();
        store::Filter filter = parts_of(owner, kind);
        filter.emplace_back("position", static_cast<std::int64_t>(at / file_part_bytes));
        const auto part = reader.find<FilePart>(filter);
        if (!part) return part.error();
        const std::size_t inside = at % file_part_bytes;
        if (!*part || inside >= (*part)->bytes.bytes.size()) return out;
        out.append((*part)->bytes.bytes, inside, size - out.size());
    }
    return out;
}

Result<> remove_files(store::Transaction& transaction, Uuid owner) {
    const auto gone = transaction.remove<FilePart>({
        {"ownerId", owner}
    });
    if (!gone) return gone.error();
    return {};
}

}  // namespace thingstead::core
