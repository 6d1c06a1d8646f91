// How long alarms are kept: as many days as the tenant's profile says (alarmsTtlDays; 0: for ever).
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/alarm/alarms.h"

namespace thingstead::core {

class IngressPool;

/// A message about each alarm to the rule chains of its tenant, which no user caused; its
/// originator is the alarm's. What cannot be told is logged.
Task<> tell_of_alarms(const Platform& platform, IngressPool& ingress, std::string type,
                      std::vector<model::AlarmInfo> alarms);

/// Removes what is too old, and tells rule chains ALARM_DELETE. Every server may do it.
class AlarmRetention {
  public:
    AlarmRetention(const Platform& platform, IngressPool& ingress)
        : platform_(platform), ingress_(ingress) {}

    /// Every two hours, until it is cancelled.
    Task<> run();
    /// Once. What fails is logged, and left to the next time.
    Task<> remove_old();

  private:
    Task<Result<>> remove_of(model::TenantId tenant, std::int64_t days);

    static constexpr std::chrono::hours interval{2};
    static constexpr std::int32_t rows_max = 100;  ///< Alarms of one transaction.

    const Platform platform_;
    IngressPool& ingress_;
};

}  // namespace thingstead::core
