// The table of widget types that come with the server, for system_widgets.cpp.
#pragma once
#include <span>
#include <string_view>

namespace thingstead::core {

/// A widget's code is for a page: `self.ctx` is the script context of the interface.
struct SystemWidget {
    std::string_view fqn, name, description;
    std::string_view bundles;  ///< Aliases, separated by commas.
    std::string_view kind;     ///< timeseries, latest, alarm, rpc, static
    int size_x, size_y;
    std::string_view html, css, script;
    std::string_view settings;  ///< JSON: what a new widget has.
    std::string_view keys;      ///< JSON array of the names of keys in the preview's data.
};

std::span<const SystemWidget> system_widget_types();

}  // namespace thingstead::core
