// Ids of keys, as key_dictionary has them. Used by one thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "store/postgres/pending_points.h"

namespace thingstead::store::postgres {

class KeyIds {
  public:
    /// Gives each point its key_id; keys that are new to the database are put there.
    /// Errors: those of the connection.
    Result<> resolve(Connection& connection, PendingPoints& points);

  private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    /// Devices may make up keys without end: at this many all are forgotten and asked for again.
    static constexpr std::size_t known_max = 100'000;
    std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> known_;
};

}  // namespace thingstead::store::postgres
