// A node of Cassandra that says what a test wants, on loopback.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "net/io_threads.h"
#include "net/stream_socket.h"
#include "net/task_group.h"
#include "protocol/cql/response.h"
#include "store/cassandra/topology.h"

namespace thingstead::store::cassandra {

class FakeNode {
  public:
    /// The answer to the n-th EXECUTE or BATCH, from 0 on; nothing: silence.
    using OnExecute = std::function<std::optional<cql::Response>(std::size_t n)>;
    /// A statement of an EXECUTE or BATCH with its values; null and unset are nothing.
    struct Row {
        std::string statement;
        std::vector<std::optional<std::string>> values;
        friend bool operator==(const Row&, const Row&) = default;
    };
    using Rows = std::vector<Row>;
    /// The same for those who look at the rows; goes before OnExecute.
    using OnRows = std::function<std::optional<cql::Response>(const Rows& rows)>;

    /// `nodes`: what the system tables say; the one with `address` is this one.
    FakeNode(std::string address, std::uint16_t port, std::vector<NodeInfo> nodes);
    ~FakeNode();
    FakeNode(const FakeNode&) = delete;
    FakeNode& operator=(const FakeNode&) = delete;

    std::uint16_t port() const;
    /// Before the first request.
    void set_nodes(std::vector<NodeInfo> nodes);
    void set_on_execute(OnExecute on_execute);
    void set_on_rows(OnRows on_rows);
    std::size_t executed() const { return executed_; }
    std::size_t prepared() const { return prepared_; }

  private:
    Task<> serve(std::shared_ptr<net::Stream> stream);
    std::optional<std::string> answer(const cql::Frame& frame);

    const std::string address_;
    mutable std::mutex mutex_;
    std::vector<NodeInfo> nodes_;
    OnExecute on_execute_;
    OnRows on_rows_;
    std::atomic<std::size_t> executed_{0}, prepared_{0};
    MetricsRegistry metrics_;
    net::IoThreads io_{1, "fake"};
    net::TaskGroup tasks_{"fake node", Log()};
    std::unique_ptr<net::Listener> listener_;
};

/// A node of one token in datacenter dc1.
NodeInfo node_info(std::string address, std::uint16_t port, cql::Token token);

}  // namespace thingstead::store::cassandra
