#include "store/cassandra/ring.h"

#include <algorithm>
#include <set>

namespace thingstead::store::cassandra {

Ring::Ring(std::vector<std::pair<cql::Token, std::uint32_t>> tokens) : tokens_(std::move(tokens)) {
    std::sort(tokens_.begin(), tokens_.end());
    std::set<std::uint32_t> hosts;
    for (const auto& [token, host] : tokens_) hosts.insert(host);
    hosts_ = hosts.size();
}

void Ring::owners(cql::Token token, std::size_t count, std::vector<std::uint32_t>& out) const {
    count = std::min(count, hosts_);
    auto at = std::lower_bound(tokens_.begin(), tokens_.end(), token,
                               [](const auto& entry, cql::Token t) { return entry.first < t; });
    const std::size_t first = out.size();
    for (std::size_t seen = 0; seen < tokens_.size() && out.size() - first < count; ++seen, ++at) {
        if (at == tokens_.end()) at = tokens_.begin();
        const auto begin = out.begin() + static_cast<std::ptrdiff_t>(first);
        if (std::find(begin, out.end(), at->second) == out.end()) out.push_back(at->second);
    }
}

}  // namespace thingstead::store::cassandra
