#include "core/component_catalogue.h"

#include <algorithm>

#include "core/crypto.h"

namespace thingstead::core {

ComponentCatalogue::ComponentCatalogue(std::vector<Component> components)
    : sorted_(std::move(components)) {
    std::sort(sorted_.begin(), sorted_.end(),
              [](const Component& a, const Component& b) { return a.name < b.name; });
    for (const Component& each : sorted_) by_class_.emplace(each.clazz, &each);
}

const Component* ComponentCatalogue::find(std::string_view clazz) const {
    const auto it = by_class_.find(clazz);
    return it == by_class_.end() ? nullptr : it->second;
}

std::vector<Component> ComponentCatalogue::list(const std::vector<ComponentType>& types,
                                                model::RuleChainType chain_type) const {
    std::vector<Component> found;
    for (const Component& each : sorted_) {
        const bool fits =
            chain_type == model::RuleChainType::core ? each.in_core_chains : each.in_edge_chains;
        if (fits && std::find(types.begin(), types.end(), each.type) != types.end())
            found.push_back(each);
    }
    return found;
}

Uuid component_id(std::string_view clazz) {
    const std::string digits = sha3_256_hex(clazz);
    const auto part = [&](std::size_t at) {
        return std::stoull(digits.substr(at, 16), nullptr, 16);
    };
    // Version 8 (made of a hash of ours), variant 1: RFC 9562 section 5.8.
    Uuid id{part(0), part(16)};
    id.msb = (id.msb & ~0xF000ull) | 0x8000ull;
    id.lsb = (id.lsb & ~(0xC0ull << 56)) | (0x80ull << 56);
    return id;
}

}  // namespace thingstead::core
