#include "store/cassandra/partitioning.h"

#include <algorithm>
#include <chrono>

namespace thingstead::store::cassandra {
namespace {

using namespace std::chrono;
using Millis = sys_time<milliseconds>;

std::int64_t start_of(year_month_day day) {
    return Millis(sys_days(day)).time_since_epoch().count();
}

}  // namespace

std::int64_t partition_of(EpochMs ts, Partitioning partitioning) {
    const Millis time(milliseconds(std::clamp(ts, partitioned_ms_min, partitioned_ms_max)));
    const year_month_day day(floor<days>(time));
    switch (partitioning) {
        case Partitioning::MINUTES:    return Millis(floor<minutes>(time)).time_since_epoch().count();
        case Partitioning::HOURS:      return Millis(floor<hours>(time)).time_since_epoch().count();
        case Partitioning::DAYS:       return start_of(day);
        case Partitioning::MONTHS:     return start_of(day.year() / day.month() / 1);
        case Partitioning::YEARS:      return start_of(day.year() / January / 1);
        case Partitioning::INDEFINITE: return 0;
    }
    return 0;
}

}  // namespace thingstead::store::cassandra
