#include "api/ws/update.h"

#include "model/kv.h"

namespace thingstead::api::ws {
namespace {

void append_points(std::string& out, const std::vector<Point>& points) {
    out += '[';
    for (const Point& point : points) {
        if (&point != points.data()) out += ',';
        out += '[';
        out += std::to_string(point.ts);
        out += ',';
        if (point.text)
            model::append_json_string(out, *point.text);
        else
            out += "null";
        out += ']';
    }
    out += ']';
}

}  // namespace

void add(Values& values, const core::Update& update) {
    values[update.key].push_back(update.value ? Point{update.ts, model::to_text(*update.value)}
                                              : Point{0, ""});
}

std::string update_text(std::int32_t command_id, const Values& values) {
    std::string data;
    std::string latest;
    for (const auto& [key, points] : values) {
        if (points.empty()) continue;
        if (!data.empty()) {
            data += ',';
            latest += ',';
        }
        model::append_json_string(data, key);
        data += ':';
        append_points(data, points);
        model::append_json_string(latest, key);
        latest += ':';
        latest += std::to_string(points.back().ts);
    }
    return "{\"subscriptionId\":" + std::to_string(command_id) +
           ",\"errorCode\":0,\"errorMsg\":null,\"data\":{" + data + "},\"latestValues\":{" +
           latest + "}}";
}

std::string error_text(std::int32_t command_id, CommandError code, std::string_view message) {
    std::string text = "{\"subscriptionId\":" + std::to_string(command_id) +
                       ",\"errorCode\":" + std::to_string(static_cast<int>(code)) +
                       ",\"errorMsg\":";
    model::append_json_string(text, message);
    text += ",\"data\":null,\"latestValues\":{}}";
    return text;
}

}  // namespace thingstead::api::ws
