// A transport asks, a node answers: request and reply over the queue.
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/cluster/messages.h"
#include "core/cluster/outbox.h"
#include "net/io_threads.h"
#include "net/task.h"

namespace thingstead::core::cluster {

struct RequestSettings {
    std::chrono::milliseconds timeout{10'000};
    std::size_t in_flight_max = 10'000;    ///< More are refused.
    queue::PartitionIndex partitions = 4;  ///< Of the topic, when it is made.
};

/// The transport's end. Thread-safe.
class RequestClient {
  public:
    /// `outbox`, `clock` and `metrics` outlive it.
    RequestClient(ServiceId self, RequestSettings settings, Outbox& outbox, const Clock& clock,
                  MetricsRegistry& metrics);
    ~RequestClient();

    /// Resumes the caller on its own executor. Requests with one `key` go to one node.
    /// Errors: timeout - no answer in time; unavailable - in_flight_max are waiting, the queue
    /// takes no more, or the node cannot answer now.
    Task<Result<Answer>> ask(Uuid key, Ask what);
    /// A record of the responses' topic. Those nobody waits for (any more) are counted and
    /// dropped. Errors: it cannot be read.
    Result<> on_response(ByteSpan record);
    std::size_t in_flight() const;

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

/// DeviceAuth's source in a process without stores.
class RemoteCredentials final : public CredentialsSource {
  public:
    explicit RemoteCredentials(RequestClient& client);
    ~RemoteCredentials() override;
    Task<Result<CredentialsEntryPtr>> find(std::string credentials_id) override;
    Task<Result<DeviceIdentityPtr>> identity(model::DeviceId device) override;

  private:
    struct Profiles;
    RequestClient& client_;
    const std::unique_ptr<Profiles> profiles_;
};

class RemoteAttributes final : public DeviceAttributeReader {
  public:
    explicit RemoteAttributes(RequestClient& client) : client_(client) {}
    Task<Result<DeviceView>> read_for_device(
        model::DeviceId device, std::optional<std::vector<std::string>> client_keys,
        std::optional<std::vector<std::string>> shared_keys) override;

  private:
    RequestClient& client_;
};

struct RequestServerSettings {
    std::size_t in_flight_max = 1'000;  ///< Then reading waits: requests stay in the queue.
};

/// The node's end.
class RequestServer {
  public:
    /// Everything outlives it.
    RequestServer(CredentialsSource& credentials, DeviceAttributeReader& attributes,
                  RequestServerSettings settings, Outbox& outbox, net::IoThreads& io,
                  const Clock& clock, Log log, MetricsRegistry& metrics);
    /// stop().
    ~RequestServer();

    /// A record of the requests' topic. Blocks while in_flight_max are being answered. Requests
    /// whose time is over are skipped: after an outage nobody waits for them any more. Errors: it
    /// cannot be read.
    Result<> on_request(ByteSpan record);
    /// Ends what is being answered. Blocks. Idempotent.
    void stop(std::chrono::milliseconds deadline);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace thingstead::core::cluster
