// The dashboards of the demo tenant, put together from a few kinds of widgets. Their documents
// follow the interface's: widgets, one state, entity aliases, a time window.
#include <string>
#include <string_view>
#include <utility>

#include "base/uuid.h"
#include "core/demo.h"

namespace thingstead::core {
namespace {

constexpr std::string_view red = "#d32f2f", blue = "#1976d2", green = "#388e3c", orange = "#f57c00";

struct Key {
    std::string_view name;
    std::string_view type;  ///< timeseries, attribute or entityField.
    std::string_view label;
    std::string_view color;
    std::string_view units = {};
};

json::object key_document(const Key& key) {
    return {
        {"name",     key.name      },
        {"type",     key.type      },
        {"label",    key.label     },
        {"color",    key.color     },
        {"units",    key.units     },
        {"settings", json::object()},
    };
}

json::array key_documents(std::initializer_list<Key> keys) {
    json::array out;
    for (const Key& each : keys) out.push_back(key_document(each));
    return out;
}

json::object last_minutes(int minutes, std::string_view aggregation) {
    return {
        {"selectedTab", 0                                         },
        {"realtime",
         {{"realtimeType", 0},
          {"timewindowMs", minutes * 60'000},
          {"interval", minutes * 60'000 / 60}}                    },
        {"aggregation", {{"type", aggregation}, {"limit", 25'000}}},
    };
}

/// A dashboard in the making.
class Board {
  public:
    Board(std::string title, std::string description)
        : title_(std::move(title)), description_(std::move(description)) {}

    /// Entities that widgets show; its id.
    std::string alias(std::string_view name, json::object filter) {
        const std::string id = new_random_uuid().to_string();
        filter["resolveMultiple"] = true;
        aliases_[id] = json::object{
            {"id",     id               },
            {"alias",  name             },
            {"filter", std::move(filter)}
        };
        return id;
    }

    struct Place {
        int row, col, width, height;
    };

    /// A widget that shows `keys` of the entities of `alias`.
    void widget(std::string_view fqn, std::string_view type, std::string_view title, Place place,
                const std::string& alias, json::array keys) {
        json::object source{
            {"type",          "entity"       },
            {"name",          ""             },
            {"entityAliasId", alias          },
            {"dataKeys",      std::move(keys)}
        };
        json::object config{
            {"title",                  title              },
            {"showTitle",              true               },
            {"useDashboardTimewindow", true               },
            {"datasources",            json::array{source}},
            {"settings",               json::object()     },
            {"actions",                json::object()     },
        };
        if (type == "alarm") {
            config["alarmSource"] = std::move(source);
            config["datasources"] = json::array();
        }
        const std::string id = new_random_uuid().to_string();
        widgets_[id] = json::object{
            {"id",          id                          },
            {"typeFullFqn", "system." + std::string(fqn)},
            {"type",        type                        },
            {"sizeX",       place.width                 },
            {"sizeY",       place.height                },
            {"row",         place.row                   },
            {"col",         place.col                   },
            {"config",      std::move(config)           },
        };
        layout_[id] = json::object{
            {"sizeX", place.width },
            {"sizeY", place.height},
            {"row",   place.row   },
            {"col",   place.col   }
        };
    }

    model::Dashboard finish(model::TenantId tenant, EpochMs now_ms, json::object timewindow) {
        model::Dashboard dashboard;
        dashboard.id = model::DashboardId::make();
        dashboard.created_time = now_ms;
        dashboard.tenant_id = tenant;
        dashboard.title = title_;
        dashboard.version = 1;
        json::object main{
            {"widgets",      std::move(layout_)                                               },
            {"gridSettings", {{"columns", 24}, {"margin", 10}, {"backgroundColor", "#eeeeee"}}},
        };
        json::object state{
            {"name",    title_                                 },
            {"root",    true                                   },
            {"layouts", json::object{{"main", std::move(main)}}}
        };
        dashboard.configuration = json::object{
            {"description",   description_                               },
            {"widgets",       std::move(widgets_)                        },
            {"states",        json::object{{"default", std::move(state)}}},
            {"entityAliases", std::move(aliases_)                        },
            {"filters",       json::object()                             },
            {"timewindow",    std::move(timewindow)                      },
            {"settings",
             {{"stateControllerId", "entity"},
              {"showTitle", false},
              {"showDashboardsSelect", true},
              {"showEntitiesSelect", true},
              {"showDashboardTimewindow", true},
              {"showDashboardExport", true},
              {"toolbarAlwaysOpen", true}}                               },
        };
        return dashboard;
    }

  private:
    std::string title_;
    std::string description_;
    json::object widgets_{};
    json::object layout_{};
    json::object aliases_{};
};

model::Dashboard thermostats(model::TenantId tenant, EpochMs now_ms) {
    Board board("Thermostats", "Temperature and humidity of all thermostats, and their alarms");
    const std::string devices =
        board.alias("Thermostats", {
                                       {"type",             "deviceType"             },
                                       {"deviceTypes",      json::array{"thermostat"}},
                                       {"deviceNameFilter", ""                       }
    });
    board.widget("cards.entities_table", "latest", "Thermostats",
                 {
                     0, 0, 12, 6
    },
                 devices,
                 key_documents({{"name", "entityField", "Thermostat", blue},
                                {"active", "attribute", "Active", green},
                                {"temperature", "timeseries", "Temperature", red,
                                 "\xC2\xB0"
                                 "C"},
                                {"humidity", "timeseries", "Humidity", blue, "%"}}));
    board.widget("map", "latest", "Where they are",
                 {
                     0, 12, 12, 6
    },
                 devices,
                 key_documents({{"latitude", "attribute", "latitude", green},
                                {"longitude", "attribute", "longitude", orange},
                                {"temperature", "timeseries", "Temperature", red,
                                 "\xC2\xB0"
                                 "C"}}));
    board.widget("time_series_chart", "timeseries", "Temperature and humidity",
                 {
                     6, 0, 24, 6
    },
                 devices,
                 key_documents({{"temperature", "timeseries", "Temperature", red,
                                 "\xC2\xB0"
                                 "C"},
                                {"humidity", "timeseries", "Humidity", blue, "%"}}));
    board.widget("alarm_widgets.alarms_table", "alarm", "Alarms",
                 {
                     12, 0, 24, 6
    },
                 devices,
                 key_documents({{"createdTime", "alarm", "Created time", blue},
                                {"originator", "alarm", "Originator", green},
                                {"type", "alarm", "Type", orange},
                                {"severity", "alarm", "Severity", red},
                                {"status", "alarm", "Status", blue}}));
    return board.finish(tenant, now_ms, last_minutes(60, "AVG"));
}

/// Which version of a package the devices run, and how far updates are. `prefix`: fw or sw.
model::Dashboard packages(model::TenantId tenant, EpochMs now_ms, const char* title,
                          const std::string& prefix) {
    Board board(title, "Versions that devices run, and the state of their updates");
    const std::string devices =
        board.alias("Devices", {
                                   {"type",       "entityType"},
                                   {"entityType", "DEVICE"    }
    });
    const std::string current = "current_" + prefix + "_version", state = prefix + "_state",
                      target = "target_" + prefix + "_version", error = prefix + "_error";
    board.widget("cards.entities_table", "latest", std::string(title) + " of devices",
                 {
                     0, 0, 24, 9
    },
                 devices,
                 key_documents({{"name", "entityField", "Device", blue},
                                {"type", "entityField", "Profile", blue},
                                {current, "timeseries", "Current version", green},
                                {target, "timeseries", "Target version", orange},
                                {state, "timeseries", "State", blue},
                                {error, "timeseries", "Error", red}}));
    board.widget("cards.timeseries_table", "timeseries", "Steps of updates",
                 {
                     9, 0, 24, 6
    },
                 devices,
                 key_documents({{state, "timeseries", "State", blue},
                                {target, "timeseries", "Target version", orange},
                                {error, "timeseries", "Error", red}}));
    return board.finish(tenant, now_ms, last_minutes(24 * 60, "NONE"));
}

model::Dashboard rule_engine_statistics(model::TenantId tenant, EpochMs now_ms) {
    Board board("Rule Engine Statistics", "Messages that the rule engine worked on, by queue");
    const std::string queues =
        board.alias("Queues", {
                                  {"type",       "entityType" },
                                  {"entityType", "QUEUE_STATS"}
    });
    board.widget("time_series_chart", "timeseries", "Messages",
                 {
                     0, 0, 12, 8
    },
                 queues,
                 key_documents({{"totalMsgs", "timeseries", "All", blue},
                                {"successfulMsgs", "timeseries", "Successful", green},
                                {"failedMsgs", "timeseries", "Failed", red},
                                {"timeoutMsgs", "timeseries", "Timed out", orange}}));
    board.widget("time_series_chart", "timeseries", "Failures",
                 {
                     0, 12, 12, 8
    },
                 queues,
                 key_documents({{"tmpFailed", "timeseries", "Failed, tried again", red},
                                {"tmpTimeout", "timeseries", "Timed out, tried again", orange},
                                {"failedIterations", "timeseries", "Failed packs", blue}}));
    board.widget("cards.timeseries_table", "timeseries", "Errors",
                 {
                     8, 0, 24, 6
    },
                 queues, key_documents({{"ruleEngineException", "timeseries", "Error", red}}));
    return board.finish(tenant, now_ms, last_minutes(60, "SUM"));
}

}  // namespace

std::vector<model::Dashboard> demo_dashboards(model::TenantId tenant, EpochMs now_ms) {
    std::vector<model::Dashboard> out;
    out.push_back(thermostats(tenant, now_ms));
    out.push_back(packages(tenant, now_ms, "Firmware", "fw"));
    out.push_back(packages(tenant, now_ms, "Software", "sw"));
    out.push_back(rule_engine_statistics(tenant, now_ms));
    return out;
}

}  // namespace thingstead::core
