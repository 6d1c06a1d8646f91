// What stands on the server: names of keys, and values that tell a value from a lease.
//   key    prefix region ':' key
//   value  bytes, 8 bytes little-endian: its time to live in ms when it was put, 'V'
//   lease  8 bytes little-endian: its token, 'L'
#pragma once
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "store/cache.h"

namespace thingstead::store::valkey {

std::string wire_key(std::string_view prefix, CacheRegion region, std::string_view key);

struct ReadKey {
    CacheRegion region;
    std::string_view key;
};
/// Nullopt: not one of ours.
std::optional<ReadKey> read_wire_key(std::string_view prefix, std::string_view wire);
/// Matches all keys of a region, as SCAN wants it.
std::string region_pattern(std::string_view prefix, CacheRegion region);

/// A command as it goes to the server.
std::string command_of(std::initializer_list<std::string_view> words);

std::string wire_lease(std::uint64_t token);
void append_value_mark(std::string& value, std::chrono::milliseconds ttl);

/// What the server holds under a key.
struct Held {
    CacheValue value{};  ///< Null: a lease, or nothing that we wrote.
    std::chrono::milliseconds ttl{};
    std::uint64_t lease = 0;
};
Held read_held(std::string wire);

/// KEYS[1] becomes ARGV[2] for ARGV[3] ms if it still is the lease ARGV[1]; 1 if so.
extern const std::string_view put_script;
/// Its name on the server: SHA-1 in hexadecimal.
std::string put_script_name();

}  // namespace thingstead::store::valkey
