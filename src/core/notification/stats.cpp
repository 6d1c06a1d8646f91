#include "core/notification/stats.h"

#include "core/identity/settings.h"

namespace thingstead::core {

NotificationStats NotificationStats::of(const json::value& document) {
    NotificationStats out;
    const json::object* const members = document.if_object();
    if (!members) return out;
    out.errors_total_ = static_cast<std::int32_t>(number_member(*members, "totalErrors", 0));
    out.error_ = text_member(*members, "error");
    const json::value* const sent = members->if_contains("sent");
    const json::value* const errors = members->if_contains("errors");
    for (const auto& [method, name] : enum_names(Method{})) {
        if (const json::object* counts = sent ? sent->if_object() : nullptr)
            if (const auto count = number_member(*counts, name, 0); count > 0)
                out.sent_[method] = static_cast<std::int32_t>(count);
        const json::object* const all = errors ? errors->if_object() : nullptr;
        const json::value* const found = all ? all->if_contains(name) : nullptr;
        if (const json::object* named = found ? found->if_object() : nullptr)
            for (const auto& [recipient, why] : *named)
                out.errors_[method][std::string(recipient)] =
                    text_member(*named, std::string_view(recipient));
    }
    return out;
}

void NotificationStats::failed(Method method, const std::string& recipient,
                               const std::string& why) {
    ++errors_total_;
    auto& named = errors_[method];
    if (named.size() < errors_of_method_max || named.contains(recipient)) named[recipient] = why;
}

json::object NotificationStats::document() const {
    json::object sent, errors;
    for (const auto& [method, count] : sent_) sent[enum_name(method)] = count;
    for (const auto& [method, named] : errors_) {
        json::object texts;
        for (const auto& [recipient, why] : named) texts[recipient] = why;
        errors[enum_name(method)] = std::move(texts);
    }
    json::object out;
    out["sent"] = std::move(sent);
    out["errors"] = std::move(errors);
    out["totalErrors"] = errors_total_;
    out["error"] = error_.empty() ? json::value(nullptr) : json::value(error_);
    return out;
}

}  // namespace thingstead::core
