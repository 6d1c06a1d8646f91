#include "core/user/visited_dashboards.h"

#include <algorithm>

#include "core/entity/read.h"
#include "core/user/user_settings.h"

namespace thingstead::core {
namespace {

/// Of each list.
constexpr std::size_t dashboards_max = 10;

Result<VisitedDashboards> read_visited(store::Reader& reader, model::UserId user) {
    const auto settings = read_settings(reader, user, model::UserSettingsType::visited_dashboards);
    if (!settings) return settings.error();
    return from_json<VisitedDashboards>(json::value(*settings), Binding::stored);
}

/// The dashboard with this id if it is there and the caller may read it.
Result<std::optional<std::string>> readable_title(store::Reader& reader, const Caller& caller,
                                                  const Uuid& id) {
    const auto found =
        load<model::DashboardInfo>(reader, caller, Operation::read, model::DashboardId{id});
    if (found) return std::optional<std::string>(found->title);
    if (found.error().code == ErrorCode::not_found || found.error().code == ErrorCode::forbidden)
        return std::optional<std::string>();
    return found.error();
}

template <class Entry>
Result<> refresh(store::Reader& reader, const Caller& caller, std::vector<Entry>& entries) {
    std::vector<Entry> kept;
    for (Entry& each : entries) {
        auto title = readable_title(reader, caller, each.id);
        if (!title) return title.error();
        if (!*title) continue;
        each.title = **std::move(title);
        kept.push_back(std::move(each));
    }
    entries = std::move(kept);
    return {};
}

template <class Entry>
auto find_entry(std::vector<Entry>& entries, const Uuid& id) {
    return std::find_if(entries.begin(), entries.end(),
                        [&](const Entry& each) { return each.id == id; });
}

/// Newest first.
void arrange(VisitedDashboards& visited) {
    std::stable_sort(visited.last.begin(), visited.last.end(),
                     [](const auto& a, const auto& b) { return a.last_visited > b.last_visited; });
    std::stable_sort(visited.starred.begin(), visited.starred.end(),
                     [](const auto& a, const auto& b) { return a.starred_at > b.starred_at; });
    if (visited.last.size() > dashboards_max) visited.last.resize(dashboards_max);
    if (visited.starred.size() > dashboards_max) visited.starred.resize(dashboards_max);
    for (LastVisited& each : visited.last)
        each.starred = find_entry(visited.starred, each.id) != visited.starred.end();
}

void note(VisitedDashboards& visited, const Uuid& id, DashboardAction action, EpochMs now_ms) {
    const auto starred = find_entry(visited.starred, id);
    switch (action) {
        case DashboardAction::visit:
            if (const auto last = find_entry(visited.last, id); last != visited.last.end())
                last->last_visited = now_ms;
            else
                visited.last.push_back({id, {}, false, now_ms});
            break;
        case DashboardAction::star:
            if (starred == visited.starred.end()) visited.starred.push_back({id, {}, now_ms});
            break;
        case DashboardAction::unstar:
            if (starred != visited.starred.end()) visited.starred.erase(starred);
            break;
    }
}

Result<> refresh_all(store::Reader& reader, const Caller& caller, VisitedDashboards& visited) {
    if (Result<> done = refresh(reader, caller, visited.last); !done) return done;
    return refresh(reader, caller, visited.starred);
}

}  // namespace

Task<Result<VisitedDashboards>> visited_dashboards(const Platform& platform, Caller caller) {
    const std::function<Result<VisitedDashboards>(store::Reader&)> work =
        [&](store::Reader& reader) -> Result<VisitedDashboards> {
        Result<VisitedDashboards> visited = read_visited(reader, caller.user);
        if (!visited) return visited;
        if (Result<> done = refresh_all(reader, caller, *visited); !done) return done.error();
        arrange(*visited);
        return visited;
    };
    co_return co_await read<VisitedDashboards>(platform, work);
}

Task<Result<VisitedDashboards>> note_dashboard(const Platform& platform, Caller caller,
                                               model::DashboardId dashboard,
                                               DashboardAction action) {
    const std::function<Result<VisitedDashboards>(store::Transaction&)> work =
        [&](store::Transaction& transaction) -> Result<VisitedDashboards> {
        const auto found =
            load<model::DashboardInfo>(transaction, caller, Operation::read, dashboard);
        if (!found) return found.error();
        Result<VisitedDashboards> visited = read_visited(transaction, caller.user);
        if (!visited) return visited;
        note(*visited, dashboard.uuid, action, platform.clock.now_ms());
        if (Result<> done = refresh_all(transaction, caller, *visited); !done) return done.error();
        arrange(*visited);
        if (Result<> done = write_settings(transaction, caller.user,
                                           model::UserSettingsType::visited_dashboards,
                                           to_json(*visited).get_object());
            !done)
            return done.error();
        return visited;
    };
    co_return co_await write<VisitedDashboards>(platform, work);
}

}  // namespace thingstead::core
