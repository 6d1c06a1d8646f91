#include "core/widget/system_types.h"

namespace thingstead::core {
namespace {

constexpr std::string_view table_css =
    "table { width: 100%; border-collapse: collapse; } "
    "th, td { text-align: left; padding: 6px 12px; border-bottom: 1px solid rgba(0,0,0,0.12); } "
    "th { color: rgba(0,0,0,0.54); font-weight: 500; }";

constexpr std::string_view table_html =
    R"(<div style="overflow: auto; height: 100%"><table><thead></thead><tbody></tbody></table></div>)";

constexpr std::string_view latest_table_script =
    R"js(self.onInit = function() { self.onDataUpdated(); };
self.onDataUpdated = function() {
    var body = self.ctx.$container[0].querySelector('tbody');
    body.textContent = '';
    self.ctx.data.forEach(function(series) {
        var row = body.insertRow();
        var last = series.data[series.data.length - 1];
        row.insertCell().textContent = series.dataKey.label;
        row.insertCell().textContent = last ? last[1] : '';
    });
};
self.onDestroy = function() {};)js";

constexpr std::string_view history_table_script =
    R"js(self.onInit = function() { self.onDataUpdated(); };
self.onDataUpdated = function() {
    var root = self.ctx.$container[0], rows = {};
    var head = root.querySelector('thead'), body = root.querySelector('tbody');
    head.textContent = body.textContent = '';
    var top = head.insertRow();
    top.insertCell().textContent = 'Timestamp';
    self.ctx.data.forEach(function(series, column) {
        top.insertCell().textContent = series.dataKey.label;
        series.data.forEach(function(point) {
            (rows[point[0]] = rows[point[0]] || [])[column] = point[1];
        });
    });
    Object.keys(rows).sort(function(a, b) { return b - a; }).slice(0, 1000).forEach(function(ts) {
        var row = body.insertRow();
        row.insertCell().textContent = new Date(Number(ts)).toLocaleString();
        self.ctx.data.forEach(function(series, column) {
            var value = rows[ts][column];
            row.insertCell().textContent = value === undefined ? '' : value;
        });
    });
};
self.onDestroy = function() {};)js";

constexpr std::string_view entities_table_script =
    R"js(self.onInit = function() { self.onDataUpdated(); };
self.typeParameters = function() {
    return { hasDataPageLink: true, maxDataKeys: -1, dataKeysOptional: true };
};
self.onDataUpdated = function() {
    var root = self.ctx.$container[0], entities = {}, columns = [];
    var head = root.querySelector('thead'), body = root.querySelector('tbody');
    head.textContent = body.textContent = '';
    self.ctx.data.forEach(function(series) {
        var source = series.datasource, label = series.dataKey.label;
        var id = source.entityId || source.name;
        var row = entities[id] = entities[id] || { name: source.entityName || source.name };
        var last = series.data[series.data.length - 1];
        if (columns.indexOf(label) < 0) columns.push(label);
        row[label] = last ? last[1] : '';
    });
    var top = head.insertRow();
    ['Entity'].concat(columns).forEach(function(text) { top.insertCell().textContent = text; });
    Object.keys(entities).forEach(function(id) {
        var row = body.insertRow();
        row.insertCell().textContent = entities[id].name;
        columns.forEach(function(label) { row.insertCell().textContent = entities[id][label]; });
    });
};
self.onDestroy = function() {};)js";

constexpr std::string_view alarms_table_script =
    R"js(self.onInit = function() { self.onDataUpdated(); };
self.typeParameters = function() { return { hasDataPageLink: true }; };
self.onDataUpdated = function() {
    var root = self.ctx.$container[0];
    var head = root.querySelector('thead'), body = root.querySelector('tbody');
    head.textContent = body.textContent = '';
    var fields = ['createdTime', 'originatorName', 'type', 'severity', 'status'];
    var top = head.insertRow();
    ['Created', 'Originator', 'Type', 'Severity', 'Status'].forEach(function(text) {
        top.insertCell().textContent = text;
    });
    var alarms = self.ctx.defaultSubscription.alarms;
    (alarms && alarms.data || []).forEach(function(alarm) {
        var row = body.insertRow();
        fields.forEach(function(field) {
            var value = alarm[field];
            row.insertCell().textContent =
                field === 'createdTime' ? new Date(value).toLocaleString() : value;
        });
    });
};
self.onDestroy = function() {};)js";

constexpr std::string_view value_card_script =
    R"js(self.onInit = function() { self.onDataUpdated(); };
self.typeParameters = function() { return { maxDatasources: 1, maxDataKeys: 1, singleEntity: true }; };
self.onDataUpdated = function() {
    var root = self.ctx.$container[0], series = self.ctx.data[0];
    if (!series) return;
    var last = series.data[series.data.length - 1];
    root.querySelector('.label').textContent = series.dataKey.label;
    root.querySelector('.value').textContent = last ? last[1] : 'N/A';
    root.querySelector('.unit').textContent = series.dataKey.units || self.ctx.units || '';
};
self.onDestroy = function() {};)js";

constexpr std::string_view chart_script = R"js(self.onInit = function() { self.onDataUpdated(); };
self.typeParameters = function() { return { hasAdditionalLatestDataKeys: true }; };
self.onResize = function() { self.onDataUpdated(); };
self.onDataUpdated = function() {
    var canvas = self.ctx.$container[0].querySelector('canvas');
    canvas.width = self.ctx.width; canvas.height = self.ctx.height;
    var pen = canvas.getContext('2d'), points = [];
    self.ctx.data.forEach(function(series) {
        series.data.forEach(function(point) {
            var value = Number(point[1]);
            if (isFinite(value)) points.push([point[0], value]);
        });
    });
    if (!points.length) return;
    var range = function(at) {
        var low = Infinity, high = -Infinity;
        points.forEach(function(p) { low = Math.min(low, p[at]); high = Math.max(high, p[at]); });
        return [low, high === low ? low + 1 : high];
    };
    var time = range(0), value = range(1);
    var x = function(ts) { return 8 + (ts - time[0]) / (time[1] - time[0]) * (canvas.width - 16); };
    var y = function(v) { return 8 + (value[1] - v) / (value[1] - value[0]) * (canvas.height - 16); };
    self.ctx.data.forEach(function(series) {
        pen.beginPath();
        pen.strokeStyle = series.dataKey.color || '#2196f3';
        pen.lineWidth = 2;
        series.data.forEach(function(point) { pen.lineTo(x(point[0]), y(Number(point[1]))); });
        pen.stroke();
    });
};
self.onDestroy = function() {};)js";

constexpr std::string_view map_script = R"js(self.onInit = function() { self.onDataUpdated(); };
self.typeParameters = function() { return { hasDataPageLink: true }; };
self.onDataUpdated = function() {
    var map = self.ctx.$container[0].querySelector('svg'), places = {};
    map.querySelectorAll('circle').forEach(function(mark) { mark.remove(); });
    self.ctx.data.forEach(function(series) {
        var source = series.datasource, last = series.data[series.data.length - 1];
        var place = places[source.entityId || source.name] =
            places[source.entityId || source.name] || { name: source.entityName || source.name };
        if (last) place[series.dataKey.name] = Number(last[1]);
    });
    Object.keys(places).forEach(function(id) {
        var place = places[id];
        if (!isFinite(place.latitude) || !isFinite(place.longitude)) return;
        var mark = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
        mark.setAttribute('cx', place.longitude);
        mark.setAttribute('cy', -place.latitude);
        mark.setAttribute('r', 3);
        var title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
        title.textContent = place.name;
        mark.appendChild(title);
        map.appendChild(mark);
    });
};
self.onDestroy = function() {};)js";

constexpr std::string_view gauge_script = R"js(self.onInit = function() { self.onDataUpdated(); };
self.typeParameters = function() { return { maxDatasources: 1, maxDataKeys: 1, singleEntity: true }; };
self.onDataUpdated = function() {
    var root = self.ctx.$container[0], series = self.ctx.data[0];
    if (!series) return;
    var settings = self.ctx.settings, last = series.data[series.data.length - 1];
    var low = settings.minValue || 0, high = settings.maxValue || 100;
    var value = last ? Number(last[1]) : low;
    var share = Math.max(0, Math.min(1, (value - low) / (high - low || 1)));
    root.querySelector('.needle').setAttribute('transform', 'rotate(' + (share * 240 - 120) + ' 50 50)');
    root.querySelector('.reading').textContent = last ? last[1] : '';
    root.querySelector('.title').textContent = series.dataKey.label;
};
self.onDestroy = function() {};)js";

constexpr std::string_view switch_script = R"js(self.onInit = function() {
    var box = self.ctx.$container[0].querySelector('input'), settings = self.ctx.settings;
    var control = self.ctx.controlApi;
    var failed = function() { box.checked = !box.checked; };
    if (settings.retrieveValueMethod === 'rpc')
        control.sendTwoWayCommand(settings.getValueMethod || 'getValue').subscribe(
            function(value) { box.checked = value === true || value === 'true'; },
            function() {});
    box.onchange = function() {
        control.sendOneWayCommand(settings.setValueMethod || 'setValue', box.checked)
            .subscribe(function() {}, failed);
    };
};
self.onResize = function() {};
self.onDestroy = function() {};)js";

constexpr std::string_view html_card_script = R"js(self.onInit = function() {
    var root = self.ctx.$container[0], style = document.createElement('style');
    style.textContent = self.ctx.settings.cardCss || '';
    root.innerHTML = self.ctx.settings.cardHtml || '';
    root.appendChild(style);
};
self.onResize = function() {};
self.onDestroy = function() {};)js";

constexpr std::string_view count_script = R"js(self.onInit = function() { self.onDataUpdated(); };
self.onDataUpdated = function() {
    var root = self.ctx.$container[0], series = self.ctx.data[0];
    var last = series && series.data[series.data.length - 1];
    root.querySelector('.label').textContent = self.ctx.settings.label || '';
    root.querySelector('.value').textContent = last ? last[1] : '0';
};
self.onDestroy = function() {};)js";

constexpr std::string_view card_html =
    R"(<div class="card"><div class="label"></div><div><span class="value"></span> <span class="unit"></span></div></div>)";
constexpr std::string_view card_css =
    ".card { display: flex; flex-direction: column; justify-content: center; align-items: center; "
    "height: 100%; } .label { color: rgba(0,0,0,0.54); } .value { font-size: 36px; }";
constexpr std::string_view chart_html = R"(<canvas style="width: 100%; height: 100%"></canvas>)";
constexpr std::string_view map_html =
    R"(<svg viewBox="-180 -90 360 180" width="100%" height="100%" role="img"><rect x="-180" y="-90" width="360" height="180"/></svg>)";
constexpr std::string_view gauge_html =
    R"(<svg viewBox="0 0 100 100" width="100%" height="100%"><path class="scale" d="M 15.4 70 A 40 40 0 1 1 84.6 70"/><line class="needle" x1="50" y1="50" x2="50" y2="18"/><text class="reading" x="50" y="72"></text><text class="title" x="50" y="88"></text></svg>)";
constexpr std::string_view gauge_css =
    ".scale { fill: none; stroke: #90a4ae; stroke-width: 6; } .needle { stroke: #e53935; "
    "stroke-width: 2; } text { text-anchor: middle; font-size: 8px; }";
constexpr std::string_view temperature = R"(["temperature"])";
constexpr std::string_view two_keys = R"(["temperature","humidity"])";
constexpr std::string_view position = R"(["latitude","longitude"])";

constexpr SystemWidget types[] = {
    {"cards.value_card",                           "Value card",        "The latest value of one key, in large letters.", "cards",
     "latest",                                                                                                                                                         3,  3, card_html,  card_css,                                            value_card_script,     "{}",                                                   temperature},
    {"cards.attributes_card",                      "Latest values",     "A table of the latest values of an entity.",
     "cards,tables",                                                                                                                                     "latest",     7,  4, table_html, table_css,                                           latest_table_script,   "{}",                                                   two_keys   },
    {"cards.timeseries_table",                     "Time series table", "Values of several keys, by their time.",
     "tables",                                                                                                                                           "timeseries", 8,  6, table_html, table_css,                                           history_table_script,  "{}",                                                   two_keys   },
    {"cards.entities_table",                       "Entities table",    "Entities with the latest values of some keys.",
     "tables,entity_widgets",                                                                                                                            "latest",     8,  6, table_html, table_css,                                           entities_table_script,
     R"({"displayEntityName":true,"displayPagination":true,"defaultPageSize":10,"defaultSortOrder":"entityName"})",
     temperature                                                                                                                                                                                                                                                                                                                         },
    {"alarm_widgets.alarms_table",                 "Alarms table",      "Alarms of entities, the newest first.",
     "alarm_widgets,tables",                                                                                                                             "alarm",      10, 6, table_html, table_css,                                           alarms_table_script,
     R"({"allowAcknowledgment":true,"allowClear":true,"allowAssign":true,"displayPagination":true,"defaultPageSize":10,"defaultSortOrder":"-createdTime"})",
     "[]"                                                                                                                                                                                                                                                                                                                                },
    {"time_series_chart",                          "Time series chart", "Lines of values over time.",                     "charts",                      "timeseries",
     8,                                                                                                                                                                    5, chart_html, "",                                                  chart_script,          R"({"showLegend":true,"dataZoom":true,"stack":false})",
     two_keys                                                                                                                                                                                                                                                                                                                            },
    {"line_chart",                                 "Line chart",        "Lines of values over time.",                     "charts",                      "timeseries", 8,  5,
     chart_html,                                                                                                                                                                          "",                                                  chart_script,          R"({"showLegend":true,"dataZoom":true,"stack":false})",
     two_keys                                                                                                                                                                                                                                                                                                                            },
    {"cards.html_card",                            "HTML Card",         "A text of your own, with a style.",              "cards,html_widgets",
     "static",                                                                                                                                                         7,  3, "",         "",                                                  html_card_script,
     R"({"cardHtml":"<div class='card'>HTML code here</div>","cardCss":".card { font-weight: bold; }"})",
     "[]"                                                                                                                                                                                                                                                                                                                                },
    {"map",                                        "Map",               "Where entities are, by latitude and longitude.", "maps_v2",                     "latest",     8,  6,
     map_html,                                                                                                                                                                            "rect { fill: #e3f2fd; } circle { fill: #e53935; }", map_script,
     R"({"mapType":"geoMap","markers":[],"fitMapBounds":true,"mapPageSize":16384})",                                                                                                                                                                                                                                          position   },
    {"analogue_gauges.radial_gauge_canvas_gauges", "Radial gauge",      "A value on a round scale.",
     "analogue_gauges",                                                                                                                                  "latest",     4,  4, gauge_html, gauge_css,                                           gauge_script,
     R"({"minValue":0,"maxValue":100})",                                                                                                                                                                                                                                                                                      temperature},
    {"control_widgets.switch_control",             "Switch control",    "Sends true or false to a device.",
     "control_widgets,buttons",                                                                                                                          "rpc",        4,  2,
     R"(<label style="display: flex; height: 100%; align-items: center; justify-content: center"><input type="checkbox"></label>)",
     "input { width: 32px; height: 32px; }",                                                                                                                                                                                                   switch_script,
     R"({"initialValue":false,"retrieveValueMethod":"rpc","getValueMethod":"getValue","setValueMethod":"setValue","requestTimeout":500})",
     "[]"                                                                                                                                                                                                                                                                                                                                },
    {"alarm_count",                                "Alarm count",       "How many alarms there are.",                     "count_widgets,alarm_widgets",
     "latest",                                                                                                                                                         3,  2, card_html,  card_css,                                            count_script,          R"({"label":"Total"})",                                 "[]"       },
    {"entity_count",                               "Entity count",      "How many entities there are.",                   "count_widgets",               "latest",     3,
     2,                                                                                                                                                                       card_html,  card_css,                                            count_script,          R"({"label":"Total"})",                                 "[]"       },
};

}  // namespace

std::span<const SystemWidget> system_widget_types() { return types; }

}  // namespace thingstead::core
