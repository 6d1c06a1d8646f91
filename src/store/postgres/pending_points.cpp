#include "store/postgres/pending_points.h"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "store/postgres/stored_text.h"

namespace thingstead::store::postgres {
namespace {

enum Kind : std::uint8_t { boolean, integer, real, text, json };

bool same_series(const PendingPoint& a, const PendingPoint& b) {
    return a.key_id == b.key_id && a.entity == b.entity && a.type == b.type;
}

}  // namespace

std::uint64_t PendingPoints::put_text(std::string_view value) {
    const std::uint64_t at = text_.size();
    append_stored(text_, value);
    return at << 32 | (text_.size() - at);
}

std::size_t PendingPoints::add(const PointsWrite& write, EpochMs expires_ms) {
    std::size_t left_out = 0;
    if (!write.values.empty()) entities_.insert(write.entity.uuid);
    for (const model::KeyValue& each : write.values) {
        if (each.key.size() > key_bytes_max) {
            ++left_out;
            continue;
        }
        PendingPoint point{.entity = write.entity.uuid,
                           .ts = write.ts,
                           .expires_ms = expires_ms,
                           .bits = 0,
                           .key_at = put_text(each.key),
                           .key_id = 0,
                           .type = static_cast<std::int16_t>(write.entity.type),
                           .kind = static_cast<std::uint8_t>(each.value.index()),
                           .history = write.save_history,
                           .latest = write.save_latest};
        std::visit(
            [&](const auto& held) {
                using Held = std::decay_t<decltype(held)>;
                if constexpr (std::is_same_v<Held, std::string>)
                    point.bits = put_text(held);
                else if constexpr (std::is_same_v<Held, model::JsonText>)
                    point.bits = put_text(held.text);
                else if constexpr (std::is_same_v<Held, double>)
                    point.bits = std::bit_cast<std::uint64_t>(held);
                else
                    point.bits = static_cast<std::uint64_t>(held);
            },
            each.value);
        points_.push_back(point);
    }
    return left_out;
}

void PendingPoints::sort() {
    std::erase_if(points_, [](const PendingPoint& point) { return point.key_id == 0; });
    std::stable_sort(points_.begin(), points_.end(),
                     [](const PendingPoint& a, const PendingPoint& b) {
                         if (a.entity != b.entity) return a.entity < b.entity;
                         if (a.type != b.type) return a.type < b.type;
                         if (a.key_id != b.key_id) return a.key_id < b.key_id;
                         return a.ts < b.ts;
                     });
}

Plan plan_of(PendingPoints& sorted) {
    Plan plan;
    for (const PendingPoint& point : sorted.points()) {
        if (point.history) {
            const PendingPoint* last = plan.history.empty() ? nullptr : plan.history.back();
            if (last && last->ts == point.ts && same_series(*last, point))
                plan.history.back() = &point;
            else
                plan.history.push_back(&point);
        }
        if (point.latest) {
            const PendingPoint* last = plan.latest.empty() ? nullptr : plan.latest.back();
            if (last && same_series(*last, point))
                plan.latest.back() = &point;
            else
                plan.latest.push_back(&point);
        }
    }
    return plan;
}

Parameters parameters_of(const PendingPoints& texts, std::span<const PendingPoint* const> points,
                         bool history) {
    Array entities(Type::uuid);
    Array types(Type::int2);
    Array keys(Type::int4);
    Array times(Type::int8);
    Array expiries(Type::int8);
    ValueArrays values;
    entities.reserve(20 + points.size() * 20);
    times.reserve(20 + points.size() * 12);
    for (const PendingPoint* point : points) {
        entities.add(point->entity);
        types.add(point->type);
        keys.add(point->key_id);
        times.add(std::int64_t{point->ts});
        if (history && point->expires_ms != 0)
            expiries.add(std::int64_t{point->expires_ms});
        else if (history)
            expiries.add_null();
        switch (point->kind) {
            case boolean: values.add(point->bits != 0); break;
            case integer: values.add(static_cast<std::int64_t>(point->bits)); break;
            case real:    values.add(std::bit_cast<double>(point->bits)); break;
            case text:    values.add_text(texts.text_at(point->bits)); break;
            case json:    values.add_json(texts.text_at(point->bits)); break;
            default:      TS_ASSERT(false);
        }
    }
    Parameters parameters;
    parameters.add(entities).add(types).add(keys).add(times);
    if (history) parameters.add(expiries);
    values.to(parameters);
    return parameters;
}

}  // namespace thingstead::store::postgres
