#include "store/cache/valkey/link.h"

namespace thingstead::store::valkey {

ServerMetrics::ServerMetrics(MetricsRegistry& registry)
    : commands(registry, "thingstead_cache_server_commands_total",
               "Commands sent to the cache server."),
      timeouts(registry, "thingstead_cache_server_timeouts_total",
               "Connections given up because an answer took too long."),
      unavailable(registry, "thingstead_cache_server_unavailable_total",
                  "Commands that were not answered: no connection, or too many waiting."),
      errors(registry, "thingstead_cache_server_errors_total",
             "Answers that are errors, redirections apart."),
      connections_made(registry, "thingstead_cache_server_connections_made_total",
                       "Connections made, the first ones and again."),
      connections_lost(registry, "thingstead_cache_server_connections_lost_total",
                       "Connections lost."),
      moved(registry, "thingstead_cache_server_redirections_total",
            "Commands that another node of the cluster had to answer.",
            {
                {"kind", "moved"}
}),
      asked(registry, "thingstead_cache_server_redirections_total",
            "Commands that another node of the cluster had to answer.", {{"kind", "ask"}}),
      invalidations(registry, "thingstead_cache_server_invalidations_total",
                    "Keys of which the server told that they changed."),
      sweeps(registry, "thingstead_cache_server_sweeps_total",
             "Walks through all keys of a region to erase them."),
      connections(registry, "thingstead_cache_server_connections", "Connections that are ready."),
      erases_waiting(registry, "thingstead_cache_server_erases_waiting",
                     "Erased keys of which the server does not know yet.") {}

void NodeState::on_ready() {
    link_->metrics.connections_made.add();
    link_->metrics.connections.add(1);
    {
        const std::lock_guard lock(mutex_);
        ++ready_;
        if (told_ != Told::ready)
            link_->log.info("cache.server.ready", {
                                                      {"address", net::to_string(address)}
            });
        told_ = Told::ready;
    }
    link_->events.on_ready(*this);
}

void NodeState::on_lost(const Error& why) {
    link_->metrics.connections_lost.add();
    link_->metrics.connections.add(-1);
    {
        const std::lock_guard lock(mutex_);
        if (--ready_ == 0) tell_lost(why);
    }
    link_->events.on_failed(*this, why);
}

void NodeState::on_refused(const Error& why) {
    {
        const std::lock_guard lock(mutex_);
        if (ready_ == 0) tell_lost(why);
    }
    link_->events.on_failed(*this, why);
}

void NodeState::tell_lost(const Error& why) {
    if (link_->stopping) return;
    const bool refused = why.code == ErrorCode::invalid_argument;
    if (told_ == Told::refused || (told_ == Told::lost && !refused)) return;
    if (refused)
        link_->log.error("cache.server.refused", why,
                         {
                             {"address", net::to_string(address)}
        });
    else
        link_->log.warn("cache.server.lost", why,
                        {
                            {"address", net::to_string(address)}
        });
    told_ = refused ? Told::refused : Told::lost;
}

}  // namespace thingstead::store::valkey
