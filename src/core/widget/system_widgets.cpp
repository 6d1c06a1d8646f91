#include "core/widget/system_widgets.h"

#include <map>
#include <string>

#include "core/widget/system_types.h"
#include "model/entities.h"
#include "model/widget.h"

namespace thingstead::core {
namespace {

using store::Transaction;

/// Goes up when types or bundles are added below.
constexpr std::int64_t content_version = 1;
constexpr std::string_view settings_key = "systemWidgets";

struct SystemBundle {
    std::string_view alias, title;
    std::int32_t order;
    bool scada;
};

constexpr SystemBundle bundles[] = {
    {"charts",                                "Charts",                                 1000,  false},
    {"cards",                                 "Cards",                                  2000,  false},
    {"alarm_widgets",                         "Alarm widgets",                          3000,  false},
    {"tables",                                "Tables",                                 4000,  false},
    {"count_widgets",                         "Count widgets",                          5000,  false},
    {"maps_v2",                               "Maps",                                   6000,  false},
    {"analogue_gauges",                       "Analogue gauges",                        7000,  false},
    {"buttons",                               "Buttons",                                7500,  false},
    {"control_widgets",                       "Control widgets",                        8000,  false},
    {"status_indicators",                     "Status indicators",                      9000,  false},
    {"scada_symbols",                         "SCADA symbols",                          9200,  true },
    {"scada_fluid_system",                    "Traditional SCADA fluid system",         9300,  true },
    {"general_high_performance_scada_symbol", "General high-performance SCADA symbols", 9400,  true },
    {"high_performance_scada_oil_gas",        "High-performance SCADA oil & gas",       9405,  true },
    {"high_performance_scada_energy_system",  "High-performance SCADA energy system",   9410,  true },
    {"high_performance_scada_fluid_system",   "High-performance SCADA fluid system",    9415,  true },
    {"liquid_level_tanks",                    "Liquid level",                           12000, false},
    {"digital_gauges",                        "Digital gauges",                         12500, false},
    {"entity_admin_widgets",                  "Entity admin widgets",                   13000, false},
    {"input_widgets",                         "Input widgets",                          14000, false},
    {"gateway_widgets",                       "Gateway widgets",                        15000, false},
    {"edge_widgets",                          "Edge widgets",                           16000, false},
    {"entity_widgets",                        "Entity widgets",                         17000, false},
    {"home_page_widgets",                     "Home page widgets",                      18000, false},
    {"navigation_widgets",                    "Navigation widgets",                     19000, false},
    {"date",                                  "Date",                                   20000, false},
    {"html_widgets",                          "HTML widgets",                           21000, false},
    {"gpio_widgets",                          "GPIO widgets",                           22000, false},
};

json::value parsed(std::string_view text) {
    Result<json::value> value = parse_json(text);
    TS_ASSERT(value);  // a table of ours
    return *std::move(value);
}

/// Keys whose values are made up, so that a preview shows something.
json::array preview_sources(const SystemWidget& widget) {
    constexpr std::string_view colours[] = {"#2196f3", "#4caf50"};
    json::array keys;
    const json::value names = parsed(widget.keys);
    for (const json::value& name : names.get_array())
        keys.push_back(json::object{
            {"name",     name                                        },
            {"label",    name                                        },
            {"type",     "function"                                  },
            {"color",    colours[keys.size() % std::size(colours)]   },
            {"settings", json::object()                              },
            {"funcBody", "return prevValue + Math.random() * 10 - 5;"}
        });
    if (keys.empty()) return {};
    return {
        json::object{{"type", "function"}, {"name", "function"}, {"dataKeys", std::move(keys)}}
    };
}

/// What a new widget of the type is made of; the interface keeps it as a text.
std::string default_config(const SystemWidget& widget) {
    json::object config{
        {"datasources",      preview_sources(widget)                   },
        {"timewindow",       {{"realtime", {{"timewindowMs", 60'000}}}}},
        {"showTitle",        true                                      },
        {"title",            widget.name                               },
        {"backgroundColor",  "#ffffff"                                 },
        {"color",            "rgba(0, 0, 0, 0.87)"                     },
        {"padding",          "8px"                                     },
        {"dropShadow",       true                                      },
        {"enableFullscreen", true                                      },
        {"settings",         parsed(widget.settings)                   }
    };
    return json::serialize(config);
}

json::object descriptor_of(const SystemWidget& widget) {
    return {
        {"type",                widget.kind           },
        {"sizeX",               widget.size_x         },
        {"sizeY",               widget.size_y         },
        {"resources",           json::array()         },
        {"templateHtml",        widget.html           },
        {"templateCss",         widget.css            },
        {"controllerScript",    widget.script         },
        {"settingsForm",        json::array()         },
        {"dataKeySettingsForm", json::array()         },
        {"defaultConfig",       default_config(widget)}
    };
}

Result<model::WidgetsBundleId> ensure_bundle(Transaction& transaction, const SystemBundle& row,
                                             EpochMs now_ms) {
    const auto found = transaction.find<model::WidgetsBundle>({
        {"tenantId", model::system_tenant.uuid},
        {"alias",    std::string(row.alias)   }
    });
    if (!found) return found.error();
    if (*found) return (*found)->id;
    model::WidgetsBundle bundle;
    bundle.id = model::WidgetsBundleId::make();
    bundle.created_time = now_ms;
    bundle.tenant_id = model::system_tenant;
    bundle.alias = row.alias;
    bundle.title = row.title;
    bundle.order = row.order;
    bundle.scada = row.scada;
    bundle.version = 1;
    if (Result<> made = transaction.insert(bundle); !made) return made.error();
    return bundle.id;
}

/// Nullopt: it is there already.
Result<std::optional<model::WidgetTypeId>> ensure_type(Transaction& transaction,
                                                       const SystemWidget& row, EpochMs now_ms) {
    const Result<std::int64_t> there = transaction.count<model::WidgetTypeInfo>({
        {"tenantId", model::system_tenant.uuid},
        {"fqn",      std::string(row.fqn)     }
    });
    if (!there) return there.error();
    if (*there > 0) return std::optional<model::WidgetTypeId>();
    model::WidgetTypeDetails type;
    type.id = model::WidgetTypeId::make();
    type.created_time = now_ms;
    type.tenant_id = model::system_tenant;
    type.fqn = row.fqn;
    type.name = row.name;
    type.description = std::string(row.description);
    type.descriptor = descriptor_of(row);
    type.widget_type = std::string(row.kind);
    type.version = 1;
    if (Result<> made = transaction.insert(type); !made) return made.error();
    return std::optional<model::WidgetTypeId>(type.id);
}

using Bundles = std::map<std::string, model::WidgetsBundleId, std::less<>>;

Result<> ensure_member(Transaction& transaction, model::WidgetsBundleId bundle,
                       model::WidgetTypeId type) {
    const Result<std::int64_t> members = transaction.count<model::WidgetsBundleWidget>({
        {"widgetsBundleId", bundle.uuid}
    });
    if (!members) return members.error();
    model::WidgetsBundleWidget row;
    row.widgets_bundle_id = bundle;
    row.widget_type_id = type;
    row.widget_type_order = static_cast<std::int32_t>(*members);
    return transaction.insert(row);
}

Result<> ensure_types(Transaction& transaction, const Bundles& made, EpochMs now_ms) {
    for (const SystemWidget& widget : system_widget_types()) {
        const auto id = ensure_type(transaction, widget, now_ms);
        if (!id) return id.error();
        if (!*id) continue;
        std::string_view rest = widget.bundles;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(','), rest.size());
            const auto bundle = made.find(rest.substr(0, end));
            TS_ASSERT(bundle != made.end());  // a table of ours
            if (Result<> done = ensure_member(transaction, bundle->second, **id); !done)
                return done;
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return {};
}

/// Notes that this version's content was made.
Result<> note_version(Transaction& transaction, std::optional<model::AdminSettings> noted,
                      EpochMs now_ms) {
    const bool is_new = !noted;
    model::AdminSettings settings = noted.value_or(model::AdminSettings());
    settings.json_value = json::object{
        {"version", content_version}
    };
    if (!is_new) return transaction.update(settings);
    settings.id = {new_time_uuid()};
    settings.created_time = now_ms;
    settings.tenant_id = model::system_tenant;
    settings.key = settings_key;
    return transaction.insert(settings);
}

bool is_current(const std::optional<model::AdminSettings>& noted) {
    const json::object* members = noted ? noted->json_value.if_object() : nullptr;
    const json::value* version = members ? members->if_contains("version") : nullptr;
    return version && version->is_int64() && version->get_int64() >= content_version;
}

}  // namespace

Result<> ensure_system_widgets(Transaction& transaction, EpochMs now_ms) {
    const auto noted = transaction.find<model::AdminSettings>({
        {"tenantId", model::system_tenant.uuid},
        {"key",      std::string(settings_key)}
    });
    if (!noted) return noted.error();
    if (is_current(*noted)) return {};
    Bundles made;
    for (const SystemBundle& row : bundles) {
        const Result<model::WidgetsBundleId> id = ensure_bundle(transaction, row, now_ms);
        if (!id) return id.error();
        made.emplace(row.alias, *id);
    }
    if (Result<> done = ensure_types(transaction, made, now_ms); !done) return done;
    return note_version(transaction, *noted, now_ms);
}

}  // namespace thingstead::core
