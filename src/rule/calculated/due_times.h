// When fields of entities are to be looked at though no value comes. Plain values: no clock. It
// knows entities that are otherwise forgotten, at about 250 bytes for each field of one.
#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/clock.h"
#include "model/ids.h"

namespace thingstead::rule {

struct DueField {
    model::TenantId tenant;
    model::EntityId entity;
    model::CalculatedFieldId field;
};

class DueTimes {
  public:
    /// One time for each field of an entity: the earlier one counts.
    void set(const DueField& of, EpochMs at);
    /// One that is due by `now`, and is not any more; the earliest first.
    std::optional<DueField> take(EpochMs now);
    /// Whether something is due for it, now or later.
    bool waits(const model::EntityId& entity, const model::CalculatedFieldId& field) const;
    /// The earliest. Nullopt: nothing is due, ever.
    std::optional<EpochMs> next() const;
    std::size_t size() const { return fields_.size(); }

  private:
    using Id = std::pair<Uuid, Uuid>;  ///< Entity and field.
    struct Entry {
        DueField of;
        EpochMs at;
    };
    std::map<Id, Entry> fields_;
    std::set<std::pair<EpochMs, Id>> order_;
};

}  // namespace thingstead::rule
