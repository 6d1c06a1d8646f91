#include "queue/log/topic.h"

#include "queue/names.h"

namespace thingstead::queue::log {
namespace {

constexpr std::string_view magic = "TSQTOP01";
constexpr std::string_view meta_name = "topic";
constexpr std::size_t meta_bytes = 16;

std::vector<std::byte> encode_meta(PartitionIndex partitions) {
    std::vector<std::byte> out(meta_bytes);
    std::memcpy(out.data(), magic.data(), magic.size());
    store_little(out.data() + 8, static_cast<std::uint32_t>(partitions));
    store_little(out.data() + 12, crc32c(ByteSpan(out).first(12)));
    return out;
}

/// Number of partitions of an existing topic; 0: there is none.
Result<PartitionIndex> read_meta(FileSystem& files, const std::string& directory) {
    const auto content = read_file(files, directory, std::string(meta_name), meta_bytes + 1);
    if (!content) return content.error();
    if (!*content) return 0;
    const ByteSpan bytes = **content;
    PartitionIndex partitions = 0;
    if (bytes.size() == meta_bytes && as_text(bytes.first(8)) == magic &&
        load_little<std::uint32_t>(bytes.data() + 12) == crc32c(bytes.first(12)))
        partitions = static_cast<PartitionIndex>(load_little<std::uint32_t>(bytes.data() + 8));
    if (partitions < 1 || partitions > partitions_max)
        return Error{ErrorCode::unavailable,
                     "the queue log is damaged: " + directory + "/" + std::string(meta_name)};
    return partitions;
}

/// Makes the directories; the topic exists when its file does, which comes last.
Result<> create(FileSystem& files, const std::string& directory, PartitionIndex partitions) {
    if (auto r = files.make_directory(directory); !r) return r.error();
    if (auto r = files.make_directory(directory + "/groups"); !r) return r.error();
    for (PartitionIndex p = 0; p < partitions; ++p)
        if (auto r = files.make_directory(directory + "/" + std::to_string(p)); !r)
            return r.error();
    if (auto r = replace_file(files, directory, std::string(meta_name), encode_meta(partitions));
        !r)
        return r.error();
    return files.sync_directory(directory.substr(0, directory.rfind('/')));
}

}  // namespace

Result<std::shared_ptr<Topic>> Topic::open(Context& context, TopicSettings settings,
                                           const std::string& parent) {
    if (auto r = check(settings); !r) return r.error();
    const std::string directory = parent + "/" + settings.name;
    const Result<PartitionIndex> existing = read_meta(context.files, directory);
    if (!existing) return existing.error();
    if (*existing > 0) {
        settings.partitions = *existing;
    } else if (auto r = create(context.files, directory, settings.partitions); !r) {
        return r.error();
    }
    auto topic = std::make_shared<Topic>(context, settings, directory);
    for (PartitionIndex p = 0; p < settings.partitions; ++p) {
        auto partition = Partition::open(context, settings, p, directory + "/" + std::to_string(p));
        if (!partition) return partition.error();
        topic->partitions.push_back(*std::move(partition));
    }
    if (auto r = topic->groups.load(); !r) return r.error();
    return topic;
}

}  // namespace thingstead::queue::log
