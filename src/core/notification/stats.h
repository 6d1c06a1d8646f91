// What became of a request: how many notifications were sent by which method, and what failed.
// Source: the interface's NotificationRequestStats.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "base/json.h"
#include "model/notification.h"

namespace thingstead::core {

class NotificationStats {
  public:
    /// Most recipients that are named of a method; those beyond are counted alone.
    static constexpr std::size_t errors_of_method_max = 100;

    /// As document() wrote them; anything else counts as none.
    static NotificationStats of(const json::value& document);

    void sent(model::NotificationDeliveryMethod method) { ++sent_[method]; }
    void failed(model::NotificationDeliveryMethod method, const std::string& recipient,
                const std::string& why);
    /// Nothing could be sent at all.
    void failed(std::string why) { error_ = std::move(why); }
    /// `{"sent":{"WEB":1},"errors":{"EMAIL":{"ann":"…"}},"totalErrors":1,"error":null}`
    json::object document() const;

  private:
    using Method = model::NotificationDeliveryMethod;
    std::map<Method, std::int32_t> sent_;
    std::map<Method, std::map<std::string, std::string>> errors_;
    std::int32_t errors_total_ = 0;
    std::string error_;
};

}  // namespace thingstead::core
