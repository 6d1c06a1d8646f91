// How busy this machine is, from /proc.
#include <sys/statvfs.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>

#include "api/rest/admin/handlers.h"
#include "api/rest/json_text.h"
#include "net/timer.h"

namespace thingstead::api::admin {
namespace {

constexpr std::chrono::milliseconds sample{100};

struct CpuTimes {
    std::uint64_t busy = 0, all = 0;
};

/// The first line of /proc/stat: user, nice, system, idle, iowait, …
CpuTimes cpu_times() {
    std::ifstream file("/proc/stat");
    std::string word;
    file >> word;
    CpuTimes times;
    std::uint64_t value = 0;
    for (int column = 0; column < 8 && file >> value; ++column) {
        times.all += value;
        if (column != 3 && column != 4) times.busy += value;
    }
    return times;
}

struct Memory {
    std::uint64_t total_bytes = 0, free_bytes = 0;
};

Memory memory_of_machine() {
    std::ifstream file("/proc/meminfo");
    std::string name, unit;
    std::uint64_t kilobytes = 0;
    Memory memory;
    while (file >> name >> kilobytes) {
        std::getline(file, unit);
        if (name == "MemTotal:") memory.total_bytes = kilobytes * 1024;
        if (name == "MemAvailable:") memory.free_bytes = kilobytes * 1024;
    }
    return memory;
}

std::uint64_t percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : (part * 100 + whole / 2) / whole;
}

Task<Result<net::Reply>> answer_load(Call call) {
    const core::ServerFacts& facts = call.services.facts;
    const CpuTimes before = cpu_times();
    co_await net::sleep_for(sample);
    const CpuTimes after = cpu_times();
    const Memory memory = memory_of_machine();
    struct statvfs disk{};
    const std::string folder = facts.data_folder.empty() ? "/" : facts.data_folder;
    const bool known = ::statvfs(folder.c_str(), &disk) == 0;
    const std::uint64_t disk_bytes = known ? std::uint64_t{disk.f_blocks} * disk.f_frsize : 0;
    const std::uint64_t disk_free = known ? std::uint64_t{disk.f_bfree} * disk.f_frsize : 0;
    json::object data;
    data["serviceId"] = facts.service_id;
    data["serviceType"] = facts.monolith ? "MONOLITH" : "TB_CORE";
    data["cpuUsage"] = percent(after.busy - before.busy, after.all - before.all);
    data["cpuCount"] = ::sysconf(_SC_NPROCESSORS_ONLN);
    data["memoryUsage"] = percent(memory.total_bytes - memory.free_bytes, memory.total_bytes);
    data["totalMemory"] = memory.total_bytes;
    data["discUsage"] = percent(disk_bytes - disk_free, disk_bytes);
    data["totalDiscSpace"] = disk_bytes;
    json::object body;
    body["systemData"] = json::array{std::move(data)};
    body["monolith"] = facts.monolith;
    co_return json_reply(text_of(json::value(std::move(body))));
}

}  // namespace

// Not a coroutine itself: what one keeps must not be of a type that only this file knows.
Task<Result<net::Reply>> system_info(Call call) { return answer_load(std::move(call)); }

}  // namespace thingstead::api::admin
