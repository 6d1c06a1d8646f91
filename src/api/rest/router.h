// Finds the route of a request: a tree of path segments over the rows of every resource.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/rest/route.h"
#include "net/http.h"
#include "net/url.h"

namespace thingstead::api {

/// Why there is no route.
enum class NoRoute : std::uint8_t {
    path,        ///< Nothing is served at the path.
    method,      ///< Something is, under another method.
    parameters,  ///< Each row of the method asks for query parameters that are not there.
};

struct RouteMatch {
    const Route* route = nullptr;  ///< Null: see `why`.
    NoRoute why = NoRoute::path;
    std::vector<std::string> variables{};  ///< Of the route, in the order of its pattern.
    std::string allowed_methods{};         ///< With NoRoute::method: "GET, POST".
};

class Router {
  public:
    /// The tables outlive the router. TS_ASSERT: no two rows answer the same request.
    explicit Router(std::span<const Resource* const> resources);
    ~Router();

    RouteMatch find(net::Method method, std::string_view path, const net::Query& query) const;
    std::span<const Resource* const> resources() const { return resources_; }

  private:
    struct Node;

    std::span<const Resource* const> resources_;
    std::unique_ptr<Node> root_;
};

/// Calls `visit(std::string_view)` for each part of a comma-separated list.
template <class Visit>
void for_each_part(std::string_view list, Visit visit) {
    while (!list.empty()) {
        const std::size_t end =
            list.find(',') == std::string_view::npos ? list.size() : list.find(',');
        visit(list.substr(0, end));
        list.remove_prefix(end == list.size() ? end : end + 1);
    }
}

}  // namespace thingstead::api
