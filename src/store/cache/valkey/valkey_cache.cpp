#include "store/cache/valkey/valkey_cache.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <span>
#include <utility>

#include "base/random.h"
#include "protocol/resp/encode.h"
#include "store/cache/lru.h"
#include "store/cache/region_metrics.h"
#include "store/cache/valkey/client.h"
#include "store/cache/valkey/erasures.h"
#include "store/cache/valkey/minder.h"
#include "store/cache/valkey/wire.h"

namespace thingstead::store::valkey {
namespace {

using cache::Lru;
using cache::RegionMetrics;
using std::chrono::milliseconds;

/// Connections and the minder end at once when cancelled; this only bounds a bug, or a name server.
constexpr milliseconds stop_deadline{10'000};

std::string get_command(const std::string& key) { return command_of({"GET", key}); }
std::string lease_command(const std::string& key, std::uint64_t token, milliseconds life) {
    return command_of(
        {"SET", key, wire_lease(token), "NX", "GET", "PX", std::to_string(life.count())});
}

std::uint64_t random_token() {
    std::uint64_t token = 0;
    while (token == 0) random_bytes(std::as_writable_bytes(std::span(&token, 1)));
    return token;
}

/// What happened first after the start.
class Startup {
  public:
    void on_ready() {
        const std::lock_guard lock(mutex_);
        ready_ = true;
        changed_.notify_all();
    }
    void on_failed(const Error& why) {
        const std::lock_guard lock(mutex_);
        ++failures_;
        if (why.code == ErrorCode::invalid_argument && !ready_ && !wrong_) wrong_ = why;
        changed_.notify_all();
    }
    /// The setting that is wrong; nothing when the server is there, or away.
    std::optional<Error> wait(std::size_t failures_max, milliseconds timeout) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, timeout,
                          [&] { return ready_ || wrong_ || failures_ >= failures_max; });
        return ready_ ? std::nullopt : wrong_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool ready_ = false;
    std::size_t failures_ = 0;
    std::optional<Error> wrong_;
};

class ValkeyCache final : public Cache, private LinkEvents {
  public:
    ValkeyCache(net::IoThreads& io, Settings settings, const CacheRegions& regions, Log log,
                MetricsRegistry& metrics, std::vector<net::Address> addresses);
    ~ValkeyCache() override { ValkeyCache::stop(); }

    /// Connects. Errors: as open_valkey_cache().
    Result<> start(net::SslContext tls);

    CacheValue find_local(CacheRegion region, std::string_view key) override;
    Task<CacheFound> get(CacheRegion region, std::string key) override;
    Task<bool> put(CacheRegion region, std::string key, std::string value, CacheTicket ticket,
                   milliseconds ttl) override;
    Task<bool> erase(CacheRegion region, std::vector<std::string> keys) override;
    Task<bool> erase_region(CacheRegion region) override;
    void stop() override;

  private:
    class Telling;

    void on_invalidated(std::string_view wire) override;
    void on_ready(const NodeState& node) override;
    void on_failed(const NodeState& node, const Error& why) override;

    CacheFound keep(CacheRegion region, const std::string& key, const Held& held,
                    std::uint64_t generation, std::shared_ptr<const Trust> trust);
    std::string put_command(const std::string& wire, CacheTicket ticket, std::string value,
                            milliseconds ttl) const;
    bool may_put(CacheRegion region, const std::string& key, const std::string& value,
                 CacheTicket ticket) const;
    std::vector<std::string> begin_erase(CacheRegion region, const std::vector<std::string>& keys);

    Lru& front(CacheRegion region) { return fronts_[static_cast<std::size_t>(region)]; }
    RegionMetrics& metrics(CacheRegion region) {
        return metrics_[static_cast<std::size_t>(region)];
    }

    net::IoThreads& io_;
    const CacheRegions regions_;
    const std::shared_ptr<Link> link_;
    const std::string script_ = put_script_name();
    const std::size_t seeds_;
    std::deque<RegionMetrics> metrics_;
    std::deque<Lru> fronts_;  ///< In the order of CacheRegion.
    Erasures erasures_;
    net::TaskGroup tasks_;
    Nodes nodes_;
    Client client_;
    Startup startup_;
    std::shared_ptr<Minder> minder_;
    std::atomic<bool> stopped_{false};
};

ValkeyCache::ValkeyCache(net::IoThreads& io, Settings settings, const CacheRegions& regions,
                         Log log, MetricsRegistry& metrics, std::vector<net::Address> addresses)
    : io_(io),
      regions_(regions),
      link_(std::make_shared<Link>(std::move(settings), log, metrics,
                                   static_cast<LinkEvents&>(*this))),
      seeds_(addresses.size()),
      metrics_(cache::make_region_metrics(metrics)),
      erasures_(link_->settings.erases_waiting_max, link_->metrics.erases_waiting),
      tasks_("cache", log),
      nodes_(io, link_, tasks_, std::move(addresses)),
      client_(nodes_, link_, [this] { minder_->kick(); }) {
    for (const auto& [region, name] : enum_names(CacheRegion{})) {
        const CacheRegionSettings& of = regions_.of(region);
        fronts_.emplace_back(Lru::Limits{of.local_entries_max, of.local_bytes_max});
    }
    minder_ = std::make_shared<Minder>(io_.at(0),
                                       Minder::Parts{nodes_, client_, erasures_, link_, [this] {
                                                         if (nodes_.all_ready())
                                                             startup_.on_ready();
                                                     }});
}

Result<> ValkeyCache::start(net::SslContext tls) {
    link_->tls = std::move(tls);
    nodes_.add_seeds();
    tasks_.spawn(io_.at(0).get_executor(), "cache minder", minder_->run());
    const Settings& settings = link_->settings;
    // Connecting, then the handshake, then for a cluster the slots.
    const std::optional<Error> wrong =
        startup_.wait(seeds_ * settings.connections_per_node,
                      2 * settings.connect_timeout + settings.command_timeout);
    if (wrong) return *wrong;
    return {};
}

void ValkeyCache::stop() {
    stopped_ = true;
    link_->stopping = true;
    tasks_.stop(stop_deadline);
}

void ValkeyCache::on_invalidated(std::string_view wire) {
    const std::optional<ReadKey> read = read_wire_key(link_->settings.prefix, wire);
    if (!read) return;
    front(read->region).erase(read->key);
    metrics(read->region).set_local(front(read->region));
}

void ValkeyCache::on_ready(const NodeState&) {
    if (!link_->settings.cluster && nodes_.all_ready()) startup_.on_ready();
    minder_->kick();
}

void ValkeyCache::on_failed(const NodeState&, const Error& why) {
    startup_.on_failed(why);
    if (link_->settings.cluster && !stopped_) minder_->kick();
}

CacheValue ValkeyCache::find_local(CacheRegion region, std::string_view key) {
    if (stopped_) return {};
    CacheValue value = front(region).get(key, std::chrono::steady_clock::now());
    if (value) metrics(region).hits_local.add();
    return value;
}

Task<CacheFound> ValkeyCache::get(CacheRegion region, std::string key) {
    CacheFound found;
    found.value = find_local(region, key);
    if (found.value) co_return found;
    // Before the question: what is erased from now on makes the answer void for the front.
    const std::uint64_t generation = front(region).generation(key);
    const std::string wire = wire_key(link_->settings.prefix, region, key);
    if (stopped_ || key.size() > cache_key_bytes_max || erasures_.concerns(region, wire)) {
        metrics(region).misses.add();
        co_return found;
    }
    std::string command = get_command(wire);
    Answer answer = co_await client_.ask(wire, std::move(command));
    if (answer.answered && answer.value.is_null()) {
        // Nothing there: leave word that somebody reads the store, unless another was quicker.
        const std::uint64_t token = random_token();
        command = lease_command(wire, token, link_->settings.lease_life);
        answer = co_await client_.ask(wire, std::move(command));
        answer.trust = nullptr;  // a write: the server does not tell us of changes after it
        if (answer.answered && answer.value.is_null()) found.ticket.token = token;
    }
    if (answer.answered && answer.value.is_text()) {
        const Held held = read_held(std::move(answer.value.text));
        found = keep(region, key, held, generation, std::move(answer.trust));
    }
    (found.value ? metrics(region).hits_server : metrics(region).misses).add();
    co_return found;
}

CacheFound ValkeyCache::keep(CacheRegion region, const std::string& key, const Held& held,
                             std::uint64_t generation, std::shared_ptr<const Trust> trust) {
    CacheFound found{held.value, {held.lease}};
    if (!held.value || !trust) return found;
    const milliseconds life = std::min<milliseconds>(held.ttl, regions_.of(region).local_ttl);
    front(region).put(key, held.value, std::chrono::steady_clock::now() + life, generation,
                      std::move(trust));
    metrics(region).set_local(front(region));
    return found;
}

bool ValkeyCache::may_put(CacheRegion region, const std::string& key, const std::string& value,
                          CacheTicket ticket) const {
    return !stopped_ && ticket && key.size() <= cache_key_bytes_max &&
           value.size() <= cache_value_bytes_max &&
           !erasures_.concerns(region, wire_key(link_->settings.prefix, region, key));
}

std::string ValkeyCache::put_command(const std::string& wire, CacheTicket ticket, std::string value,
                                     milliseconds ttl) const {
    append_value_mark(value, ttl);
    return command_of({"EVALSHA", script_, "1", wire, wire_lease(ticket.token), value,
                       std::to_string(ttl.count())});
}

Task<bool> ValkeyCache::put(CacheRegion region, std::string key, std::string value,
                            CacheTicket ticket, milliseconds ttl) {
    bool kept = false;
    if (may_put(region, key, value, ticket)) {
        const milliseconds longest = regions_.of(region).ttl;
        if (ttl.count() <= 0 || ttl > longest) ttl = longest;
        const std::string wire = wire_key(link_->settings.prefix, region, key);
        std::string command = put_command(wire, ticket, std::move(value), ttl);
        const Answer answer = co_await client_.ask(wire, std::move(command));
        kept =
            answer.answered && answer.value.type == resp::Type::number && answer.value.number == 1;
    }
    (kept ? metrics(region).puts : metrics(region).puts_refused).add();
    co_return kept;
}

/// Marks the keys, then drops them here: who asks from now on is not answered with them. Those that
/// are to be told to the server are returned.
std::vector<std::string> ValkeyCache::begin_erase(CacheRegion region,
                                                  const std::vector<std::string>& keys) {
    std::vector<std::string> wires;
    wires.reserve(keys.size());
    for (const std::string& key : keys) {
        std::string wire = wire_key(link_->settings.prefix, region, key);
        const bool remembered = erasures_.begin(region, wire);
        front(region).erase(key);
        if (remembered) wires.push_back(std::move(wire));
    }
    metrics(region).erases.add(keys.size());
    metrics(region).set_local(front(region));
    return wires;
}

/// The keys of an erase on their way. A caller may be cancelled between two commands: what was not
/// told by then is left to the minder.
class ValkeyCache::Telling {
  public:
    Telling(ValkeyCache& cache, CacheRegion region, const std::vector<std::string>& keys)
        : cache_(cache),
          region_(region),
          wires_(cache.begin_erase(region, keys)),
          told_(wires_.size(), false),
          all_(wires_.size() == keys.size()) {}
    ~Telling() {
        for (std::size_t i = 0; i < wires_.size(); ++i) {
            cache_.erasures_.end(region_, wires_[i], told_[i]);
            all_ = all_ && told_[i];
        }
        if (!all_) cache_.minder_->kick();
    }
    Telling(const Telling&) = delete;
    Telling& operator=(const Telling&) = delete;

    const std::vector<std::string>& wires() const { return wires_; }
    /// True: nothing is left.
    bool tell(std::vector<bool> told) {
        told_ = std::move(told);
        return all_ && std::find(told_.begin(), told_.end(), false) == told_.end();
    }

  private:
    ValkeyCache& cache_;
    const CacheRegion region_;
    const std::vector<std::string> wires_;
    std::vector<bool> told_;
    bool all_;
};

Task<bool> ValkeyCache::erase(CacheRegion region, std::vector<std::string> keys) {
    constexpr std::size_t batch_max = 1'000;
    if (stopped_) co_return false;
    // Of all at once, so that those at the end are not answered while those at the front are told.
    Telling telling(*this, region, keys);
    std::vector<bool> told;
    for (std::size_t from = 0; from < telling.wires().size(); from += batch_max) {
        const auto begin = telling.wires().begin() + static_cast<std::ptrdiff_t>(from);
        const std::size_t count = std::min(batch_max, telling.wires().size() - from);
        std::vector<std::string> some(begin, begin + static_cast<std::ptrdiff_t>(count));
        const std::vector<bool> done = co_await client_.unlink(std::move(some));
        told.insert(told.end(), done.begin(), done.end());
    }
    co_return telling.tell(std::move(told));
}

Task<bool> ValkeyCache::erase_region(CacheRegion region) {
    if (stopped_) co_return false;
    const struct Kick {  // whatever was not done, also because the caller was cancelled
        ValkeyCache& cache;
        CacheRegion region;
        ~Kick() {
            if (cache.erasures_.sweep_wanted(region)) cache.minder_->kick();
        }
    } kick{*this, region};
    erasures_.want_sweep(region);
    front(region).clear();
    metrics(region).set_local(front(region));
    co_return co_await minder_->sweep(region);
}

Error wrong(const char* message) { return Error{ErrorCode::invalid_argument, message}; }

Result<std::vector<net::Address>> read_addresses(const Settings& settings) {
    std::vector<net::Address> addresses;
    for (const std::string& text : settings.addresses) {
        Result<net::Address> address = net::parse_address(text);
        if (!address)
            return Error{address.error().code, "store.cache.addresses: " + address.error().message};
        addresses.push_back(*std::move(address));
    }
    if (addresses.empty()) return wrong("store.cache.addresses: there is none");
    if (!settings.cluster && addresses.size() > 1)
        return wrong("store.cache.addresses: more than one, but store.cache.cluster is false");
    if (settings.cluster && settings.database != 0)
        return wrong("store.cache.database: a cluster has only 0");
    if (!settings.user.empty() && settings.password.empty())
        return wrong("store.cache.password: is empty, but there is a user");
    if (settings.prefix.empty()) return wrong("store.cache.prefix: is empty");
    return addresses;
}

Result<net::SslContext> make_tls(const Settings& settings) {
    if (!settings.tls) return net::SslContext();
    net::TlsClientSettings tls;
    tls.authority_file = settings.tls_authority_file;
    tls.verify = settings.tls_verify;
    tls.certificate_file = settings.tls_certificate_file;
    tls.private_key_file = settings.tls_private_key_file;
    Result<net::SslContext> context = net::make_tls_client_context(tls);
    if (!context)
        return Error{ErrorCode::invalid_argument, "store.cache.tls_…_file: cannot be used",
                     context.error().detail};
    return context;
}

}  // namespace

Result<std::unique_ptr<Cache>> open_valkey_cache(net::IoThreads& io, Settings settings,
                                                 const CacheRegions& regions, Log log,
                                                 MetricsRegistry& metrics) {
    Result<std::vector<net::Address>> addresses = read_addresses(settings);
    if (!addresses) return addresses.error();
    Result<net::SslContext> tls = make_tls(settings);
    if (!tls) return tls.error();
    auto cache = std::make_unique<ValkeyCache>(io, std::move(settings), regions, std::move(log),
                                               metrics, *std::move(addresses));
    if (Result<> started = cache->start(*std::move(tls)); !started) return started.error();
    return std::unique_ptr<Cache>(std::move(cache));
}

}  // namespace thingstead::store::valkey
