#include "api/rest/router.h"

#include <algorithm>
#include <unordered_map>

#include "base/error.h"

namespace thingstead::api {
namespace {

struct SegmentHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

bool is_variable(std::string_view segment) { return segment.starts_with('{'); }

/// "/a/b" → "a", "b"; a path that ends with '/' has an empty last segment.
std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

std::size_t parameter_count(const Route& route) {
    std::size_t count = 0;
    for_each_part(route.selected_by, [&](std::string_view) { ++count; });
    return count;
}

bool selected(const Route& route, const net::Query& query) {
    bool all = true;
    for_each_part(route.selected_by,
                  [&](std::string_view name) { all = all && query.find(name).has_value(); });
    return all;
}

}  // namespace

struct Router::Node {
    std::unordered_map<std::string, std::unique_ptr<Node>, SegmentHash, std::equal_to<>> literal;
    std::unique_ptr<Node> variable;
    std::vector<const Route*> routes;  ///< Those with more selecting parameters first.

    Node& child(std::string_view segment) {
        std::unique_ptr<Node>& node =
            is_variable(segment) ? variable : literal[std::string(segment)];
        if (!node) node = std::make_unique<Node>();
        return *node;
    }

    void add(const Route& route) {
        for (const Route* other : routes)
            TS_ASSERT(other->method != route.method || other->selected_by != route.selected_by);
        routes.push_back(&route);
        std::stable_sort(routes.begin(), routes.end(), [](const Route* a, const Route* b) {
            return parameter_count(*a) > parameter_count(*b);
        });
    }
};

namespace {

/// One walk down the tree; literal children first, then the variable one, until a node has a row
/// of the method.
template <class Node>
struct Search {
    net::Method method;
    const net::Query& query;
    const std::vector<std::string_view>& segments;
    std::vector<std::string_view> taken{};  ///< What the variables on the way stand for.
    RouteMatch match{};

    bool visit(const Node& node, std::size_t depth) {
        if (depth == segments.size()) return choose(node);
        const std::string_view segment = segments[depth];
        if (const auto it = node.literal.find(segment); it != node.literal.end())
            if (visit(*it->second, depth + 1)) return true;
        if (!node.variable || segment.empty()) return false;
        taken.push_back(segment);
        if (visit(*node.variable, depth + 1)) return true;
        taken.pop_back();
        return false;
    }

    bool choose(const Node& node) {
        for (const Route* route : node.routes) {
            if (route->method != method) {
                allow(route->method);
                continue;
            }
            match.why = NoRoute::parameters;
            if (!selected(*route, query)) continue;
            match.route = route;
            match.variables.assign(taken.begin(), taken.end());
            return true;
        }
        return false;
    }

    void allow(net::Method other) {
        if (match.why == NoRoute::path) match.why = NoRoute::method;
        const std::string_view name = to_string(other);
        if (match.allowed_methods.find(name) != std::string::npos) return;
        if (!match.allowed_methods.empty()) match.allowed_methods += ", ";
        match.allowed_methods += name;
    }
};

}  // namespace

Router::Router(std::span<const Resource* const> resources)
    : resources_(resources), root_(std::make_unique<Node>()) {
    for (const Resource* resource : resources)
        for (const Route& route : resource->routes) {
            Node* node = root_.get();
            for (const std::string_view segment : segments_of(route.pattern))
                node = &node->child(segment);
            node->add(route);
        }
}

Router::~Router() = default;

RouteMatch Router::find(net::Method method, std::string_view path, const net::Query& query) const {
    if (!path.starts_with('/')) return {};
    const std::vector<std::string_view> segments = segments_of(path);
    Search<Node> search{method, query, segments};
    search.visit(*root_, 0);
    return std::move(search.match);
}

}  // namespace thingstead::api
