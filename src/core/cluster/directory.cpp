#include "core/cluster/directory.h"

#include <optional>
#include <utility>

#include "core/cluster/topics.h"
#include "net/timer.h"

namespace thingstead::core::cluster {

Directory::Directory(ServiceInfo self, DirectorySettings settings, Outbox& outbox,
                     const Clock& clock, Log log, MetricsRegistry& metrics)
    : self_(std::move(self)),
      settings_(settings),
      outbox_(outbox),
      clock_(clock),
      log_(std::move(log)),
      services_(metrics, "thingstead_cluster_services",
                "Other services that announced themselves lately."),
      malformed_(metrics, "thingstead_cluster_announcements_malformed_total",
                 "Announcements of services that could not be read.") {}

void Directory::listen(Listener listener) { listeners_.push_back(std::move(listener)); }

void Directory::tell(const ServiceInfo& info, News news) const {
    log_.info(news == News::came ? "cluster.service_came" : "cluster.service_went",
              {
                  {"service", info.id     },
                  {"address", info.address}
    });
    for (const Listener& each : listeners_) each(info, news);
}

Result<> Directory::on_announcement(ByteSpan record) {
    const Result<ServiceInfo> heard = decode_service_info(record);
    if (!heard) {
        malformed_.add();
        return heard.error();
    }
    if (heard->id == self_.id) return {};
    std::optional<ServiceInfo> went;
    bool came = false;
    {
        const std::lock_guard lock(mutex_);
        const auto it = known_.find(heard->id);
        const bool same_life =
            it != known_.end() && it->second.info.started_ms == heard->started_ms;
        if (it != known_.end() && heard->started_ms < it->second.info.started_ms)
            return {};  // the last word of a life that has ended
        if (it != known_.end() && (!same_life || heard->leaving)) {
            went = it->second.info;
            known_.erase(it);
        }
        came = !same_life && !heard->leaving;
        if (!heard->leaving) known_[heard->id] = {*heard, clock_.steady_now()};
        services_.set(static_cast<std::int64_t>(known_.size()));
    }
    if (went) tell(*went, News::went);
    if (!came) return {};
    tell(*heard, News::came);
    announce();  // The newcomer need not wait to hear of us.
    return {};
}

std::vector<ServiceInfo> Directory::others() const {
    std::vector<ServiceInfo> all;
    const std::lock_guard lock(mutex_);
    all.reserve(known_.size());
    for (const auto& [id, known] : known_) all.push_back(known.info);
    return all;
}

void Directory::forget(const ServiceId& id) {
    const std::lock_guard lock(mutex_);
    known_.erase(id);
}

void Directory::announce() {
    outbox_.send(single_topic(std::string(services_topic)), Uuid{}, encode(self_));
}

void Directory::leave() {
    ServiceInfo last_word = self_;
    last_word.leaving = true;
    outbox_.send(single_topic(std::string(services_topic)), Uuid{}, encode(last_word));
}

void Directory::check_silence() {
    std::vector<ServiceInfo> silent;
    {
        const std::lock_guard lock(mutex_);
        const auto before = clock_.steady_now() - settings_.silence_max;
        std::erase_if(known_, [&](const auto& each) {
            if (each.second.heard >= before) return false;
            silent.push_back(each.second.info);
            return true;
        });
        services_.set(static_cast<std::int64_t>(known_.size()));
    }
    for (const ServiceInfo& each : silent) tell(each, News::went);
}

Task<> Directory::run() {
    for (;;) {
        announce();
        check_silence();
        co_await net::sleep_for(settings_.announce_period);
    }
}

}  // namespace thingstead::core::cluster
