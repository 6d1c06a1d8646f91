#include "script/time_zone.h"

#include <utility>

#include "script/tbel/java/zone.h"

namespace thingstead::script {
namespace {

class JavaTimeZone final : public TimeZone {
  public:
    explicit JavaTimeZone(java::ZoneRef zone) : zone_(std::move(zone)) {}
    std::int32_t offset_at(std::int64_t epoch_seconds) const override {
        return zone_->offset_at(epoch_seconds);
    }
    std::int64_t instant_of_local(std::int64_t local_seconds) const override {
        return zone_->instant_of_local(local_seconds);
    }

  private:
    java::ZoneRef zone_;
};

}  // namespace

Result<TimeZoneRef> find_time_zone(std::string_view id) {
    Result<java::ZoneRef> zone = java::find_zone(id);
    if (!zone) return zone.error();
    return TimeZoneRef(std::make_shared<JavaTimeZone>(*std::move(zone)));
}

TimeZoneRef utc_time_zone() { return std::make_shared<JavaTimeZone>(java::utc_zone()); }

}  // namespace thingstead::script
