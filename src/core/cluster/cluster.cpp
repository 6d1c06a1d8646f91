#include "core/cluster/cluster.h"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <future>
#include <thread>
#include <utility>

#include "core/cluster/device_owner.h"
#include "core/cluster/notifications.h"
#include "core/cluster/requests.h"
#include "core/cluster/subscription_relay.h"
#include "core/cluster/topics.h"
#include "net/task_group.h"
#include "net/timer.h"
#include "queue/dead_letter.h"
#include "queue/names.h"

namespace thingstead::core::cluster {
namespace {

using namespace std::chrono_literals;

constexpr auto stop_deadline = 5s;
constexpr auto check_period = 5s;
/// Others hear of a node, greet it, hear its greeting and answer.
constexpr auto acquaintance = 1s;

ServiceInfo info_of(const Cluster::Self& self, const Clock& clock) {
    ServiceInfo info;
    info.id = self.id;
    info.roles = self.roles;
    info.address = self.address;
    info.started_ms = clock.now_ms();
    return info;
}

RequestSettings request_settings(const Settings& settings, queue::PartitionIndex partitions) {
    RequestSettings with;
    with.timeout = settings.request_timeout;
    with.in_flight_max = settings.requests_in_flight_max;
    with.partitions = partitions;
    return with;
}

ReportSettings report_settings(const Settings& settings, queue::PartitionIndex partitions) {
    ReportSettings with;
    with.activity_period = settings.activity_period;
    with.repeat_period = settings.session_period;
    with.partitions = partitions;
    return with;
}

/// Runs the check of silence until it is cancelled.
Task<> watch(DeviceOwner& owner) {
    for (;;) {
        co_await net::sleep_for(check_period);
        owner.check_silence();
    }
}

}  // namespace

std::string default_service_id(const std::string& role, std::uint16_t port) {
    char host[256] = {};
    if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
    std::string name;
    for (const char c : std::string_view(host))
        if (queue::is_name(std::string_view(&c, 1)) || c == '.') name += c;
    name = name.substr(0, 100);
    if (name.empty()) name = "host";
    const std::string last =
        port != 0 ? std::to_string(port) : new_random_uuid().to_string().substr(0, 8);
    return name + "-" + role + "-" + last;
}

struct Cluster::Impl {
    Impl(Settings with, Self me, Services to, queue::PartitionIndex requests,
         queue::PartitionIndex core)
        : settings(with),
          self(std::move(me)),
          services(to),
          request_partitions(requests),
          core_partitions(core),
          outbox(to.queue, OutboxSettings{.bytes_max = with.outbox_bytes_max}, to.log, to.metrics),
          directory(info_of(self, to.clock),
                    DirectorySettings{with.announce_period, with.silence_max}, outbox, to.clock,
                    to.log, to.metrics),
          client(self.id, request_settings(with, requests), outbox, to.clock, to.metrics),
          credentials(client),
          attributes(client),
          reports(self.id, report_settings(with, core), outbox, to.clock, to.metrics),
          teller(directory, outbox, core),
          tasks("cluster", to.log) {}

    using Reader = std::unique_ptr<queue::PartitionReader>;

    Result<> read(Reader& into, const std::string& topic, const std::string& group,
                  std::function<Result<>(ByteSpan)> take);
    void put_aside(std::string_view topic, const queue::Received& received, const Error& why);
    void restore(queue::PartitionIndex partition, DeviceActivity& activity);
    void release(queue::PartitionIndex partition, DeviceActivity& activity);
    DeviceActivity::Which devices_of(queue::PartitionIndex partition) const {
        return [partition, count = core_partitions](model::DeviceId device) {
            return queue::partition_of(device.uuid.msb, device.uuid.lsb, count) == partition;
        };
    }
    void spawn(const char* name, Task<> task) {
        tasks.spawn(services.io.next().get_executor(), name, std::move(task));
    }

    const Settings settings;
    const Self self;
    const Services services;
    const queue::PartitionIndex request_partitions;
    const queue::PartitionIndex core_partitions;
    Outbox outbox;
    Directory directory;
    RequestClient client;
    RemoteCredentials credentials;
    RemoteAttributes attributes;
    SessionReports reports;
    Teller teller;
    net::TaskGroup tasks;
    LogThrottle unreadable_lines{10s};
    std::unique_ptr<NotificationTaker> transport_taker;
    std::unique_ptr<NotificationTaker> node_taker;
    std::unique_ptr<RequestServer> server;
    std::unique_ptr<DeviceOwner> owner;
    Reader announcements;
    Reader responses;
    Reader to_transport;
    Reader to_core;
    std::unique_ptr<queue::GroupReader> questions;
    std::unique_ptr<queue::GroupReader> of_devices;
    std::unique_ptr<SubscriptionRelay> relay;
    /// A node that begins knows by then who is there.
    std::chrono::steady_clock::time_point acquainted;
    bool transport = false;
    bool stopped = false;
};

Cluster::Cluster(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Cluster::~Cluster() { stop(); }

Result<std::unique_ptr<Cluster>> Cluster::open(Settings settings, Self self, Services services) {
    if (!queue::is_name(self.id) || self.id.size() > 150)
        return Error{ErrorCode::invalid_argument,
                     "service.id: 1 to 150 letters, digits, dots, dashes and underscores"};
    for (const std::string_view topic : {requests_topic, core_topic})
        if (Result<> opened = services.queue.open_topic(shared_topic(topic, settings.partitions));
            !opened)
            return opened.error();
    // A topic that exists keeps its number of partitions.
    const Result<queue::PartitionIndex> requests = services.queue.partitions(requests_topic);
    if (!requests) return requests.error();
    const Result<queue::PartitionIndex> core = services.queue.partitions(core_topic);
    if (!core) return core.error();
    return std::unique_ptr<Cluster>(
        new Cluster(std::make_unique<Impl>(settings, std::move(self), services, *requests, *core)));
}

Result<> Cluster::Impl::read(Reader& into, const std::string& topic, const std::string& group,
                             std::function<Result<>(ByteSpan)> take) {
    auto reader = queue::read_from_end(
        services.queue, single_topic(topic), group, reader_settings,
        [this, topic, moved = std::move(take)](const queue::Received& received) {
            if (const Result<> taken = moved(received.record().value); !taken)
                put_aside(topic, received, taken.error());
            return true;
        },
        services.log);
    if (!reader) return reader.error();
    into = *std::move(reader);
    return {};
}

/// Kept beside the topics, for people to look at; when that finds no room, the line tells where it
/// stands.
void Cluster::Impl::put_aside(std::string_view topic, const queue::Received& received,
                              const Error& why) {
    const queue::Record& record = received.record();
    const std::int64_t swallowed = unreadable_lines.take();
    if (swallowed >= 0)
        services.log.warn("cluster.record_unreadable", why,
                          {
                              {"topic",     topic               },
                              {"partition", received.partition()},
                              {"offset",    record.offset       },
                              {"swallowed", swallowed           }
        });
    const queue::DeadLetter letter{std::string(topic),
                                   received.partition(),
                                   record.offset,
                                   record.appended_ms,
                                   why.message,
                                   std::string(as_text(record.key)),
                                   std::string(as_text(record.value))};
    std::string bytes;
    queue::encode(letter, bytes);
    outbox.send(single_topic(std::string(letters_topic)), Uuid{}, std::move(bytes));
}

CredentialsSource& Cluster::remote_credentials() { return impl_->credentials; }
DeviceAttributeReader& Cluster::remote_attributes() { return impl_->attributes; }
DeviceConnectivity& Cluster::connectivity() { return impl_->reports; }
DevicePush& Cluster::push() { return impl_->teller; }
Replies& Cluster::replies() { return impl_->teller; }
std::size_t Cluster::others() const { return impl_->directory.others().size(); }

// --- parts ---

Result<> Cluster::start_transport(DeviceAuth& auth, DeviceSessions& sessions) {
    Impl& impl = *impl_;
    impl.transport = true;
    impl.transport_taker = std::make_unique<NotificationTaker>(
        NotificationTaker::Parts{&impl.services.events, &auth, &sessions, &impl.reports, nullptr},
        "transport", impl.services.metrics);
    Result<> reading =
        impl.read(impl.responses, responses_topic(impl.self.id), transport_group(impl.self.id),
                  [&impl](ByteSpan record) { return impl.client.on_response(record); });
    if (!reading) return reading;
    reading = impl.read(impl.to_transport, transport_notifications_topic(impl.self.id),
                        transport_group(impl.self.id), [&impl](ByteSpan record) {
                            return impl.transport_taker->on_notification(record);
                        });
    if (!reading) return reading;
    impl.spawn("cluster.reports", impl.reports.run());
    return {};
}

Result<> Cluster::start_node(CredentialsSource& credentials, DeviceAttributeReader& attributes,
                             DeviceActivity& activity, DeviceAuth& auth,
                             Subscriptions& subscriptions, WaitingCalls& calls) {
    Impl& impl = *impl_;
    const Services& services = impl.services;
    impl.relay = std::make_unique<SubscriptionRelay>(RelaySettings{}, subscriptions, impl.directory,
                                                     impl.outbox, services.metrics);
    subscriptions.listen_to_others(*impl.relay);
    // Sessions of this process hear of changes by the events.
    impl.node_taker = std::make_unique<NotificationTaker>(
        NotificationTaker::Parts{&services.events, &auth, nullptr, nullptr, impl.relay.get(),
                                 &calls},
        "node", services.metrics);
    impl.acquainted = services.clock.steady_now() + 2 * acquaintance;
    OwnerSettings owner;
    owner.session_silence_max = 3 * impl.settings.session_period;
    impl.owner = std::make_unique<DeviceOwner>(owner, activity, impl.directory, impl.outbox,
                                               services.clock, services.log, services.metrics);
    impl.server = std::make_unique<RequestServer>(
        credentials, attributes, RequestServerSettings{impl.settings.answers_in_flight_max},
        impl.outbox, services.io, services.clock, services.log, services.metrics);
    impl.directory.listen([&impl](const ServiceInfo& service, Directory::News news) {
        impl.teller.on_service(service, news);
        impl.owner->on_service(service, news);
        impl.relay->on_service(service, news);
    });
    services.events.listen([&impl](const EntityChange& change) { impl.teller.on_change(change); });
    Result<> reading = impl.read(impl.to_core, core_notifications_topic(impl.self.id),
                                 core_notifications_group(impl.self.id), [&impl](ByteSpan record) {
                                     return impl.node_taker->on_notification(record);
                                 });
    if (!reading) return reading;
    auto questions = queue::GroupReader::open(
        services.queue, shared_topic(requests_topic, impl.request_partitions),
        std::string(requests_group), reader_settings, {},
        [&impl](const queue::Received& received) {
            if (const Result<> taken = impl.server->on_request(received.record().value); !taken)
                impl.put_aside(requests_topic, received, taken.error());
            return true;
        },
        services.log);
    if (!questions) return questions.error();
    impl.questions = *std::move(questions);
    queue::GroupReader::Events events;
    events.on_assigned = [&impl, &activity](queue::PartitionIndex partition) {
        impl.restore(partition, activity);
    };
    events.on_leaving = [&impl](queue::PartitionIndex partition) {
        impl.owner->revoked(partition);
    };
    events.on_revoked = [&impl, &activity](queue::PartitionIndex partition) {
        impl.release(partition, activity);
    };
    auto of_devices = queue::GroupReader::open(
        services.queue, shared_topic(core_topic, impl.core_partitions), std::string(core_group),
        reader_settings, std::move(events),
        [&impl](const queue::Received& received) {
            const Result<bool> taken =
                impl.owner->on_record(received.partition(), received.record().value);
            if (!taken) impl.put_aside(core_topic, received, taken.error());
            return !taken || *taken;
        },
        services.log);
    if (!of_devices) return of_devices.error();
    impl.of_devices = *std::move(of_devices);
    impl.spawn("cluster.sessions", watch(*impl.owner));
    return {};
}

namespace {

Task<> take_and_tell(DeviceActivity& activity, DeviceActivity::Which which, DeviceOwner& owner,
                     queue::PartitionIndex partition, std::chrono::milliseconds wait) {
    co_await activity.take(std::move(which));
    if (wait.count() > 0) co_await net::sleep_for(wait);
    owner.restored(partition);
}

Task<> release_and_tell(DeviceActivity& activity, DeviceActivity::Which which,
                        std::shared_ptr<std::promise<void>> done) {
    co_await activity.release(std::move(which));
    done->set_value();
}

}  // namespace

void Cluster::Impl::restore(queue::PartitionIndex partition, DeviceActivity& activity) {
    owner->assigned(partition);
    const auto wait =
        std::chrono::ceil<std::chrono::milliseconds>(acquainted - services.clock.steady_now());
    spawn("cluster.restore",
          take_and_tell(activity, devices_of(partition), *owner, partition, wait));
}

/// What was noted of the devices is written before the next owner reads it.
void Cluster::Impl::release(queue::PartitionIndex partition, DeviceActivity& activity) {
    auto done = std::make_shared<std::promise<void>>();
    std::future<void> released = done->get_future();
    spawn("cluster.release", release_and_tell(activity, devices_of(partition), std::move(done)));
    // A task that is refused or ends early breaks the promise, which ends the wait as well.
    released.wait_for(stop_deadline);
}

// --- beginning and end ---

Result<> Cluster::start() {
    Impl& impl = *impl_;
    Result<> reading =
        impl.read(impl.announcements, std::string(services_topic), services_group(impl.self.id),
                  [&impl](ByteSpan record) { return impl.directory.on_announcement(record); });
    if (!reading) return reading;
    impl.spawn("cluster.directory", impl.directory.run());
    if (impl.relay) std::this_thread::sleep_for(acquaintance);
    return {};
}

void Cluster::stop() {
    Impl& impl = *impl_;
    if (std::exchange(impl.stopped, true)) return;
    if (impl.announcements) impl.directory.leave();
    // Its last disconnects, before the connections' services go.
    if (impl.transport) impl.reports.send(true);
    impl.questions.reset();
    if (impl.server) impl.server->stop(stop_deadline);
    impl.of_devices.reset();
    for (Impl::Reader* each :
         {&impl.responses, &impl.to_transport, &impl.to_core, &impl.announcements})
        each->reset();
    if (impl.relay) impl.relay->stop();
    impl.tasks.stop(stop_deadline);
    impl.outbox.stop(stop_deadline);
}

}  // namespace thingstead::core::cluster
