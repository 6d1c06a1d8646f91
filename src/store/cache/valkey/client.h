// Commands to whoever has the key: follows redirections, retries what is worth it.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/cache/valkey/nodes.h"

namespace thingstead::store::valkey {

/// Thread-safe.
class Client {
  public:
    /// `on_map_wrong` hears that a node redirected: the slots should be asked for.
    Client(Nodes& nodes, std::shared_ptr<Link> link, std::function<void()> on_map_wrong)
        : nodes_(nodes), link_(std::move(link)), on_map_wrong_(std::move(on_map_wrong)) {}

    /// One encoded command about one key. An answer that is an error is what the last node said.
    Task<Answer> ask(std::string key, std::string command);
    /// UNLINK of each key; one flag a key: whether the server did it.
    Task<std::vector<bool>> unlink(std::vector<std::string> keys);
    /// UNLINK of every key of `pattern` that every node had when it began. False: not all.
    Task<bool> unlink_matching(std::string pattern);

  private:
    struct Next {
        std::shared_ptr<Connection> connection{};  ///< Null: it ends here.
        bool asking = false;
        bool pause = false;
    };
    Next after_error(const Connection& from, const std::string& key, const resp::Value& error);
    Task<bool> unlink_matching_of(NodePtr node, std::string pattern);

    Nodes& nodes_;
    const std::shared_ptr<Link> link_;
    const std::function<void()> on_map_wrong_;
};

}  // namespace thingstead::store::valkey
