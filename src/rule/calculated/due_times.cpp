#include "rule/calculated/due_times.h"

namespace thingstead::rule {

void DueTimes::set(const DueField& of, EpochMs at) {
    const Id id{of.entity.uuid, of.field.uuid};
    const auto [it, fresh] = fields_.try_emplace(id, Entry{of, at});
    if (!fresh) {
        if (it->second.at <= at) return;
        order_.erase({it->second.at, id});
        it->second.at = at;
    }
    order_.emplace(at, id);
}

std::optional<DueField> DueTimes::take(EpochMs now) {
    if (order_.empty() || order_.begin()->first > now) return std::nullopt;
    const auto it = fields_.find(order_.begin()->second);
    order_.erase(order_.begin());
    const DueField due = it->second.of;
    fields_.erase(it);
    return due;
}

bool DueTimes::waits(const model::EntityId& entity, const model::CalculatedFieldId& field) const {
    return fields_.contains({entity.uuid, field.uuid});
}

std::optional<EpochMs> DueTimes::next() const {
    if (order_.empty()) return std::nullopt;
    return order_.begin()->first;
}

}  // namespace thingstead::rule
