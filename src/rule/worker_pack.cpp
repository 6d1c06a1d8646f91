// What a worker does with the records of one poll.
#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "rule/worker.h"

namespace thingstead::rule {
namespace {

using namespace std::chrono_literals;

constexpr auto answer_wait = 500ms;
constexpr auto pack_pause_after_trouble = 1s;

}  // namespace

void Worker::process(const Batch& batch) {
    std::vector<std::size_t> records(batch->records().size());
    std::iota(records.begin(), records.end(), std::size_t{0});
    std::size_t messages = 0;
    for (std::int32_t attempt = 1;; ++attempt) {
        std::vector<Unusable> unusable;
        const std::shared_ptr<Pack> pack = decode(*batch, records, attempt > 1, unusable, source_);
        if (attempt == 1) messages = pack->deliveries.size();
        const queue::Offset first = batch->records()[records.front()].offset;
        if (!put_aside(*batch, std::move(unusable)) || !load_chains(*pack)) {
            repeat_from_ = first;
            return;
        }
        if (!run_attempt(pack)) return;
        const bool successes = settings_.processing_strategy == ProcessingStrategy::retry_all;
        const AttemptResult result = result_of(*pack, successes);
        const Decision decision = decide(settings_, attempt, messages, result);
        queue_counts_.add(*pack, !decision.retry.empty());
        if (!result.timed_out.empty()) give_up_waiting(pack, decision.invalidate_timed_out);
        if (decision.retry.empty()) return;
        metrics_.retried.add(decision.retry.size());
        records.clear();
        for (const std::size_t each : decision.retry)
            records.push_back(pack->deliveries[each].record);
        std::sort(records.begin(), records.end());
        run_for(pause_after(settings_, attempt));
        if (!stopping_) continue;
        repeat_from_ = batch->records()[records.front()].offset;
        return;
    }
}

/// Nothing is lost silently: until the letters are kept the partition waits. False: stopping.
bool Worker::put_aside(const queue::Batch& batch, std::vector<Unusable> records) {
    metrics_.undecodable.add(records.size());
    while (!records.empty()) {
        letters_.send(batch, records);
        while (letters_.waits()) {
            if (out_of_time()) return false;
            context_.run_one_for(answer_wait);
        }
        const Result<> kept = letters_.take_kept(batch, records);
        if (records.empty()) return true;
        if (const std::int64_t swallowed = unavailable_.take(); swallowed >= 0)
            services_.log.error("rule.dead_letters.not_kept", kept.error(),
                                {
                                    {"partition", partition_    },
                                    {"records",   records.size()},
                                    {"swallowed", swallowed     }
            });
        run_for(pack_pause_after_trouble);
        if (stopping_) return false;
    }
    return true;
}

bool Worker::load_chains(Pack& pack) {
    const TenantChains* last = nullptr;
    std::unordered_map<model::TenantId, ChainCache::Chains> found;
    for (Delivery& each : pack.deliveries) {
        const model::TenantId tenant = each.first.visit.tenant;
        if (!last || !(last->tenant == tenant)) {
            const auto [it, fresh] = found.try_emplace(tenant);
            if (fresh) it->second = chains_->find(tenant);
            if (fresh && !it->second) {
                Result<ChainCache::Chains> loaded = ChainCache::Chains();
                if (!load_chains_of(tenant, loaded)) return false;
                if (loaded) it->second = *std::move(loaded);
            }
            each.chains = it->second;
        } else {
            each.chains = (&each - 1)->chains;
        }
        last = each.chains.get();
    }
    return true;
}

/// While the store is overloaded the partition waits: to go on would mean to drop the messages.
bool Worker::load_chains_of(model::TenantId tenant, Result<ChainCache::Chains>& loaded) {
    for (;;) {
        const auto answer = ask(chains_->load(tenant));
        while (!*answer) {
            if (out_of_time()) return false;
            context_.run_one_for(answer_wait);
        }
        loaded = **answer;
        if (loaded) {
            metrics_.chains_loaded.add();
            return true;
        }
        if (const std::int64_t swallowed = unavailable_.take(); swallowed >= 0)
            services_.log.error("rule.chains.not_loaded", loaded.error(),
                                {
                                    {"tenant",    tenant.to_string()},
                                    {"swallowed", swallowed         }
            });
        if (loaded.error().code != ErrorCode::unavailable) return true;
        run_for(pack_pause_after_trouble);
        if (stopping_) return false;
    }
}

bool Worker::run_attempt(const std::shared_ptr<Pack>& pack) {
    running_ = pack;
    pack->started = Clock::now();
    Submission submission(settings_, pack->deliveries.size(),
                          groups_of(settings_.submit_strategy, *pack));
    Clock::time_point deadline = pack->started + settings_.pack_timeout;
    while (!lost_) {
        std::size_t next = 0;
        while (submission.next(next)) {
            walker_.start(pack, pack->deliveries[next]);
            for (const std::size_t each : pack->newly_succeeded) submission.succeeded(each);
            pack->newly_succeeded.clear();
        }
        const bool in_time = Clock::now() < deadline;
        if (pack->open == 0 || (!in_time && !stopping_ && !waits_for_storage(*pack))) {
            running_.reset();
            return true;
        }
        if (!in_time) {
            if (stopping_) return false;
            metrics_.waits_for_storage.add();
            deadline = Clock::now() + settings_.pack_timeout;
        }
        run_one_until(deadline);
        for (const std::size_t each : pack->newly_succeeded) submission.succeeded(each);
        pack->newly_succeeded.clear();
    }
    return false;
}

void Worker::give_up_waiting(const std::shared_ptr<Pack>& pack, bool invalidate) {
    metrics_.timed_out.add(pack->open);
    tell_timeout(*pack);
    if (invalidate)
        pack->valid = false;
    else
        lingering_.push_back(pack);
}

/// Names the oldest message and where it hangs.
void Worker::tell_timeout(const Pack& pack) const {
    const std::int64_t swallowed = timeouts_.take();
    if (swallowed < 0) return;
    const Branch* branch = slowest(pack);
    if (!branch) return;
    const auto age =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - branch->waits_since);
    services_.log.warn("rule.pack.timeout",
                       {
                           {"partition",  partition_                                   },
                           {"messages",   pack.deliveries.size()                       },
                           {"timed_out",  pack.open                                    },
                           {"tenant",     branch->visit.tenant.to_string()             },
                           {"chain",      branch->chain->name                          },
                           {"node",       branch->node->info.name                      },
                           {"originator", branch->visit.msg.originator.uuid.to_string()},
                           {"offset",     branch->delivery->offset                     },
                           {"age_ms",     age.count()                                  },
                           {"swallowed",  swallowed                                    }
    });
}

}  // namespace thingstead::rule
