#include "queue/log/groups.h"

#include <algorithm>

namespace thingstead::queue::log {
namespace {

constexpr std::string_view group_magic = "TSQGRP01";
constexpr std::string_view group_name_end = ".group";
constexpr std::size_t offsets_at = 16;

std::vector<std::byte> encode_offsets(const std::vector<Offset>& offsets) {
    std::vector<std::byte> out(offsets_at + offsets.size() * 8 + 4);
    std::memcpy(out.data(), group_magic.data(), group_magic.size());
    store_little(out.data() + 8, static_cast<std::uint32_t>(offsets.size()));
    for (std::size_t i = 0; i < offsets.size(); ++i)
        store_little(out.data() + offsets_at + i * 8, static_cast<std::uint64_t>(offsets[i]));
    const ByteSpan covered = ByteSpan(out).first(out.size() - 4);
    store_little(out.data() + covered.size(), crc32c(covered));
    return out;
}

bool decode_offsets(ByteSpan bytes, std::vector<Offset>& offsets) {
    if (bytes.size() != offsets_at + offsets.size() * 8 + 4) return false;
    const ByteSpan covered = bytes.first(bytes.size() - 4);
    if (as_text(bytes.first(group_magic.size())) != group_magic ||
        load_little<std::uint32_t>(bytes.data() + 8) != offsets.size() ||
        load_little<std::uint32_t>(bytes.data() + covered.size()) != crc32c(covered))
        return false;
    for (std::size_t i = 0; i < offsets.size(); ++i)
        offsets[i] =
            static_cast<Offset>(load_little<std::uint64_t>(bytes.data() + offsets_at + i * 8));
    return true;
}

}  // namespace

Result<> Groups::load() {
    const Result<std::vector<std::string>> names = context_.files.list(directory_);
    if (!names) return names.error();
    for (const std::string& name : *names) {
        if (!name.ends_with(group_name_end)) continue;  // a draft that was not finished
        if (auto r = load_one(name, name.substr(0, name.size() - group_name_end.size())); !r)
            return r.error();
    }
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < partitions_.size(); ++i)
        update_floor(static_cast<PartitionIndex>(i));
    return {};
}

Result<> Groups::load_one(const std::string& file_name, const std::string& group) {
    std::vector<Offset> offsets(partitions_.size());
    const auto content =
        read_file(context_.files, directory_, file_name, offsets_at + offsets.size() * 8 + 5);
    if (!content) return content.error();
    if (!*content || !decode_offsets(**content, offsets))
        return Error{ErrorCode::unavailable,
                     "the committed offsets are damaged: " + directory_ + "/" + file_name};
    for (std::size_t i = 0; i < offsets.size(); ++i) {
        const Offset end = partitions_[i]->end();
        if (offsets[i] <= end) continue;
        context_.log.warn(
            "queue.log.commit_beyond_end",
            {
                {"group",     group     },
                {"partition", i         },
                {"committed", offsets[i]},
                {"end",       end       }
        });
        offsets[i] = end;
    }
    const std::size_t count = offsets.size();
    const std::lock_guard lock(mutex_);
    groups_[group] = Group{std::move(offsets), std::vector<bool>(count), false};
    return {};
}

Result<Offset> Groups::join(const std::string& group, PartitionIndex partition) {
    const auto p = static_cast<std::size_t>(partition);
    const std::lock_guard lock(mutex_);
    auto [it, added] = groups_.try_emplace(group);
    Group& g = it->second;
    if (added) {
        g.committed.assign(partitions_.size(), never);
        g.taken.assign(partitions_.size(), false);
    }
    if (g.taken[p])
        return Error{ErrorCode::conflict, "group " + group + " has a consumer of partition " +
                                              std::to_string(partition)};
    g.taken[p] = true;
    if (g.committed[p] == never) {
        g.committed[p] = partitions_[p]->begin();
        g.changed = true;
        update_floor(partition);
    }
    return std::max(g.committed[p], partitions_[p]->begin());
}

void Groups::leave(const std::string& group, PartitionIndex partition) {
    const std::lock_guard lock(mutex_);
    if (const auto it = groups_.find(group); it != groups_.end())
        it->second.taken[static_cast<std::size_t>(partition)] = false;
}

void Groups::commit(const std::string& group, PartitionIndex partition, Offset next) {
    const auto p = static_cast<std::size_t>(partition);
    next = std::clamp<Offset>(next, 0, partitions_[p]->end());
    const std::lock_guard lock(mutex_);
    const auto it = groups_.find(group);
    if (it == groups_.end() || it->second.committed[p] == next) return;
    it->second.committed[p] = next;
    it->second.changed = true;
    update_floor(partition);
}

Offset Groups::committed(const std::string& group, PartitionIndex partition) const {
    const std::lock_guard lock(mutex_);
    const auto it = groups_.find(group);
    return it == groups_.end() ? 0 : it->second.committed[static_cast<std::size_t>(partition)];
}

void Groups::update_floor(PartitionIndex partition) {
    const auto p = static_cast<std::size_t>(partition);
    Offset floor = never;
    for (const auto& [name, group] : groups_) {
        const Offset at = group.committed[p];
        if (at != never && (floor == never || at < floor)) floor = at;
    }
    partitions_[p]->set_floor(floor);
}

Result<> Groups::save() {
    const std::lock_guard save_lock(save_mutex_);
    std::vector<std::pair<std::string, std::vector<Offset>>> changed;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [name, group] : groups_)
            if (std::exchange(group.changed, false)) changed.emplace_back(name, group.committed);
    }
    Result<> result;
    for (const auto& [name, offsets] : changed) {
        const auto saved =
            replace_file(context_.files, directory_, name + std::string(group_name_end),
                         encode_offsets(offsets));
        if (saved) continue;
        result = saved.error();
        const std::lock_guard lock(mutex_);
        if (const auto it = groups_.find(name); it != groups_.end()) it->second.changed = true;
    }
    return result;
}

Result<> Groups::remove(const std::string& group) {
    const std::lock_guard save_lock(save_mutex_);
    {
        const std::lock_guard lock(mutex_);
        const auto it = groups_.find(group);
        if (it == groups_.end()) return Error{ErrorCode::not_found, "no such group: " + group};
        const auto& taken = it->second.taken;
        if (std::find(taken.begin(), taken.end(), true) != taken.end())
            return Error{ErrorCode::conflict, "group " + group + " has consumers"};
        groups_.erase(it);
        for (std::size_t i = 0; i < partitions_.size(); ++i)
            update_floor(static_cast<PartitionIndex>(i));
    }
    const std::string path = directory_ + "/" + group + std::string(group_name_end);
    if (auto r = context_.files.remove(path); !r) return r.error();
    return context_.files.sync_directory(directory_);
}

}  // namespace thingstead::queue::log
