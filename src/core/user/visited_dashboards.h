// Dashboards that a user saw last, and those it marked with a star.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/describe.h"
#include "base/error.h"
#include "core/caller.h"
#include "core/platform.h"
#include "model/dashboard.h"
#include "net/task.h"

namespace thingstead::core {

enum class DashboardAction : std::uint8_t { visit, star, unstar };
constexpr auto enum_names(DashboardAction) {
    using namespace std::literals;
    return std::array{
        std::pair{DashboardAction::visit,  "VISIT"sv },
        std::pair{DashboardAction::star,   "STAR"sv  },
        std::pair{DashboardAction::unstar, "UNSTAR"sv}
    };
}

struct LastVisited {
    Uuid id{};
    std::string title;
    bool starred = false;
    EpochMs last_visited = 0;
};
constexpr auto describe(const LastVisited*) {
    return fields(field("id", &LastVisited::id), field("title", &LastVisited::title),
                  field("starred", &LastVisited::starred),
                  field("lastVisited", &LastVisited::last_visited));
}

struct Starred {
    Uuid id{};
    std::string title;
    EpochMs starred_at = 0;
};
constexpr auto describe(const Starred*) {
    return fields(field("id", &Starred::id), field("title", &Starred::title),
                  field("starredAt", &Starred::starred_at));
}

/// Each list is sorted, the newest first, and has at most as many as are kept.
struct VisitedDashboards {
    std::vector<LastVisited> last;
    std::vector<Starred> starred;
};
constexpr auto describe(const VisitedDashboards*) {
    return fields(field("last", &VisitedDashboards::last),
                  field("starred", &VisitedDashboards::starred));
}

/// With the titles of now, without dashboards that are gone or not readable any more.
Task<Result<VisitedDashboards>> visited_dashboards(const Platform& platform, Caller caller);
/// Notes an action and returns the same. Errors: not_found, forbidden - the dashboard.
Task<Result<VisitedDashboards>> note_dashboard(const Platform& platform, Caller caller,
                                               model::DashboardId dashboard,
                                               DashboardAction action);

}  // namespace thingstead::core
