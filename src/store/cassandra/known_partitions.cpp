#include "store/cassandra/known_partitions.h"

#include <algorithm>
#include <bit>

namespace thingstead::store::cassandra {

KnownPartitions::KnownPartitions(std::size_t entries_max)
    : mask_(std::bit_ceil(std::max<std::size_t>(entries_max / ways, 1)) - 1),
      tokens_((mask_ + 1) * ways),
      names_(tokens_.size()),
      oldest_(mask_ + 1) {}

std::size_t KnownPartitions::find(cql::Token token, std::string_view name) const {
    const std::size_t set = set_of(token);
    for (std::size_t i = set; i < set + ways; ++i)
        if (tokens_[i] == token && names_[i] == name) return i;
    return tokens_.size();
}

bool KnownPartitions::has(cql::Token token, std::string_view name) const {
    return find(token, name) < tokens_.size();
}

void KnownPartitions::put(cql::Token token, std::string_view name) {
    if (has(token, name)) return;
    const std::size_t set = set_of(token);
    std::uint8_t& oldest = oldest_[set / ways];
    tokens_[set + oldest] = token;
    names_[set + oldest] = name;
    oldest = static_cast<std::uint8_t>((oldest + 1) % ways);
}

void KnownPartitions::erase(cql::Token token, std::string_view name) {
    const std::size_t at = find(token, name);
    if (at < tokens_.size()) names_[at].clear();
}

}  // namespace thingstead::store::cassandra
