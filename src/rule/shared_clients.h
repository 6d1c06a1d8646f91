// Connections to brokers that nodes of one id share: every worker has nodes of its own, but a
// broker is to see one client of a node, under one name.
#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "model/ids.h"
#include "net/blocking_pool.h"
#include "net/egress.h"
#include "net/io_threads.h"

namespace thingstead::rule {

/// Of one process; outlives the engine. Thread-safe.
class SharedClients {
  public:
    /// `allowed_networks`: beside the public internet, what nodes may connect to.
    /// Errors: invalid_argument - one of them is no network.
    static Result<std::unique_ptr<SharedClients>> open(
        const std::vector<std::string>& allowed_networks);
    /// Waits until every client has ended. No node lives any more.
    ~SharedClients() = default;
    SharedClients(const SharedClients&) = delete;
    SharedClients& operator=(const SharedClients&) = delete;

    /// The node's client; made if there is none, or if the one there is was made for another
    /// `configuration`: that one is closed, for whoever still has it is out of date. A client ends
    /// when the last node that has it is gone, on a thread that may block. Errors: those of `make`.
    template <class Client, class Make>
    Result<std::shared_ptr<Client>> of(model::RuleNodeId node, std::string_view configuration,
                                       Make make) {
        const std::lock_guard lock(mutex_);
        Entry& entry = entries_[node];
        const std::shared_ptr<void> there = entry.client.lock();
        if (there && entry.configuration == configuration)
            return std::static_pointer_cast<Client>(there);
        if (there) entry.close(there.get());
        Result<std::unique_ptr<Client>> made = make();
        if (!made) return made.error();
        std::shared_ptr<Client> client((*std::move(made)).release(),
                                       [this](Client* it) { end([it] { delete it; }); });
        entry = {client, std::string(configuration),
                 [](void* it) { static_cast<Client*>(it)->close(); }};
        forget_ended();
        return client;
    }

    boost::asio::io_context& context() { return io_.at(0); }
    const net::EgressGuard* egress() const { return &egress_; }

  private:
    struct Entry {
        std::weak_ptr<void> client{};
        std::string configuration{};
        void (*close)(void*) = nullptr;
    };

    explicit SharedClients(net::EgressGuard egress) : egress_(std::move(egress)) {}
    void end(std::function<void()> client);
    void forget_ended();

    const net::EgressGuard egress_;
    std::mutex mutex_;
    std::unordered_map<model::RuleNodeId, Entry> entries_;
    net::IoThreads io_{1, "brokers"};
    net::BlockingPool endings_{"brokers-end", 1, 100'000};
};

}  // namespace thingstead::rule
