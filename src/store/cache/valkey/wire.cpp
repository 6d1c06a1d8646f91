#include "store/cache/valkey/wire.h"

#include <openssl/sha.h>

#include <array>
#include <cstring>

#include "base/bytes.h"
#include "protocol/resp/encode.h"

namespace thingstead::store::valkey {
namespace {

constexpr std::size_t mark_bytes = 9;

void append_number(std::string& out, std::uint64_t number) {
    std::array<std::byte, 8> bytes;
    store_little(bytes.data(), number);
    out += as_text(bytes);
}

}  // namespace

std::string command_of(std::initializer_list<std::string_view> words) {
    std::string out;
    resp::append_command(out, std::span(words.begin(), words.size()));
    return out;
}

const std::string_view put_script =
    "if redis.call('GET',KEYS[1])==ARGV[1] then "
    "redis.call('SET',KEYS[1],ARGV[2],'PX',ARGV[3]) return 1 end return 0";

std::string put_script_name() {
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
    SHA1(reinterpret_cast<const unsigned char*>(put_script.data()), put_script.size(),
         digest.data());
    return to_hex(std::as_bytes(std::span(digest)));
}

std::string wire_key(std::string_view prefix, CacheRegion region, std::string_view key) {
    const std::string_view name = enum_name(region);
    std::string wire;
    wire.reserve(prefix.size() + name.size() + 1 + key.size());
    wire += prefix;
    wire += name;
    wire += ':';
    wire += key;
    return wire;
}

std::optional<ReadKey> read_wire_key(std::string_view prefix, std::string_view wire) {
    if (!wire.starts_with(prefix)) return std::nullopt;
    wire.remove_prefix(prefix.size());
    const std::size_t colon = wire.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::optional<CacheRegion> region = enum_value<CacheRegion>(wire.substr(0, colon));
    if (!region) return std::nullopt;
    return ReadKey{*region, wire.substr(colon + 1)};
}

std::string region_pattern(std::string_view prefix, CacheRegion region) {
    std::string pattern;
    for (const char c : prefix) {
        if (c == '*' || c == '?' || c == '[' || c == ']' || c == '\\') pattern += '\\';
        pattern += c;
    }
    pattern += enum_name(region);
    return pattern + ":*";
}

std::string wire_lease(std::uint64_t token) {
    std::string lease;
    append_number(lease, token);
    return lease + 'L';
}

void append_value_mark(std::string& value, std::chrono::milliseconds ttl) {
    append_number(value, static_cast<std::uint64_t>(ttl.count()));
    value += 'V';
}

Held read_held(std::string wire) {
    Held held;
    if (wire.size() < mark_bytes) return held;
    const std::uint64_t number =
        load_little<std::uint64_t>(as_bytes(wire).subspan(wire.size() - mark_bytes).data());
    if (wire.back() == 'L' && wire.size() == mark_bytes) held.lease = number;
    if (wire.back() != 'V') return held;
    wire.resize(wire.size() - mark_bytes);
    held.ttl = std::chrono::milliseconds(number);
    held.value = std::make_shared<const std::string>(std::move(wire));
    return held;
}

}  // namespace thingstead::store::valkey
