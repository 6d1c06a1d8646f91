#include "api/server/api_testing.h"

#include <crypt.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <map>

#include "core/attributes.h"
#include "core/audit.h"
#include "core/component_catalogue.h"
#include "core/device_sessions.h"
#include "core/entity_events.h"
#include "core/event_log.h"
#include "core/identity/auth.h"
#include "core/identity/two_factor.h"
#include "core/mail.h"
#include "core/oauth2/login.h"
#include "core/permission/role_cache.h"
#include "core/profiles.h"
#include "core/rule_ingress.h"
#include "core/sms.h"
#include "core/subscriptions.h"
#include "core/telemetry.h"
#include "core/waiting_calls.h"
#include "net/blocking_pool.h"
#include "net/io_threads.h"
#include "queue/log/log_queue.h"
#include "queue/msg_codec.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/temporary_directory.h"
#include "store/sqlite/sqlite_event_store.h"
#include "store/sqlite/sqlite_store.h"

namespace thingstead::api {
namespace {

using namespace std::chrono_literals;
constexpr auto patience = 60s;

/// The cheapest hash that crypt(3) takes: tests log in often.
std::string cheap_hash(const char* password) {
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    TS_ASSERT(crypt_gensalt_rn("$2b$", 4, nullptr, 0, setting, sizeof setting));
    crypt_data data{};
    return crypt_rn(password, setting, &data, sizeof data);
}

template <class T>
T opened(Result<T> result) {
    if (!result) ADD_FAILURE() << result.error().message << ": " << result.error().detail;
    TS_ASSERT(result.has_value());
    return *std::move(result);
}

net::Method method_of(std::string_view text) {
    for (int i = 0; i < static_cast<int>(net::Method::other); ++i)
        if (to_string(static_cast<net::Method>(i)) == text) return static_cast<net::Method>(i);
    return net::Method::other;
}

net::Request request_of(std::string_view method, std::string_view target) {
    net::Request request;
    request.method = method_of(method);
    request.method_text = method;
    request.target = target;
    const std::size_t mark = std::min(target.find('?'), target.size());
    request.path = net::percent_decode(target.substr(0, mark)).value_or("");
    if (mark < target.size()) request.query = target.substr(mark + 1);
    return request;
}

store::sqlite::Settings sqlite_settings(const std::filesystem::path& folder) {
    store::sqlite::Settings settings;
    settings.file = folder / "entities.db";
    return settings;
}

store::sqlite::EventSettings event_settings(const std::filesystem::path& folder) {
    store::sqlite::EventSettings settings;
    settings.file = folder / "events.db";
    return settings;
}

store::rocks::Settings rocks_settings(const std::filesystem::path& folder) {
    store::rocks::Settings settings;
    settings.directory = folder / "timeseries";
    return settings;
}

queue::log::Settings queue_settings(const std::filesystem::path& folder) {
    queue::log::Settings settings;
    settings.directory = folder / "queue";
    settings.segment_bytes = 1 << 20;
    return settings;
}

/// Takes everything to nobody.
class NobodysMail final : public core::MailDriver {
  public:
    Result<> send(const core::MailServer&, const core::Mail&) override { return {}; }
};

class NobodysTexts final : public core::SmsDriver {
  public:
    bool sends(std::string_view) const override { return true; }
    Result<> send(const json::object&, const std::string&, const std::string&) override {
        return {};
    }
};

}  // namespace

json::value TestReply::json() const {
    const Result<json::value> value = parse_json(body);
    if (value) return *value;
    ADD_FAILURE() << "not JSON: " << body;
    return nullptr;
}

std::string TestReply::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

struct TestApi::Parts {
    explicit Parts(const Settings& settings)
        : api(services_of(settings), all_resources(), metrics) {}

    Services services_of(const Settings& settings) {
        TS_ASSERT(queue->open_topic({std::string(core::main_topic), 1}).has_value());
        std::vector<std::unique_ptr<core::RuleIngress>> ingresses;
        ingresses.push_back(
            opened(core::RuleIngress::open(io.at(0), *queue, core::main_topic, ingress_metrics)));
        ingress = std::make_unique<core::IngressPool>(std::move(ingresses));
        TS_ASSERT(auth.open().has_value());
        return {
            .platform = platform,
            .auth = auth,
            .roles = roles,
            .two_factor = two_factor,
            .mailer = mailer,
            .texts = texts,
            .attributes = attributes,
            .telemetry = telemetry,
            .subscriptions = subscriptions,
            .ingress = *ingress,
            .audit = audit,
            .events = event_log,
            .components = components,
            .oauth2 = oauth2,
            .clock = clock,
            .log = log.log,
            .settings = settings,
            .facts = {.version = "1", .service_id = "test", .monolith = true, .data_folder = ""},
            .calls = &calls
        };
    }

    store::rocks::TemporaryDirectory folder;
    MetricsRegistry metrics;
    SystemClock clock;
    MemoryLog log = open_memory_log();
    std::unique_ptr<store::EntityStore> entities =
        opened(store::sqlite::open_sqlite_store(sqlite_settings(folder.path()), log.log, metrics));
    std::unique_ptr<store::TimeseriesStore> series = opened(
        store::rocks::open_rocksdb_store(rocks_settings(folder.path()), log.log, metrics, clock));
    std::unique_ptr<queue::Queue> queue =
        opened(queue::log::open_log_queue(queue_settings(folder.path()), log.log, metrics, clock));
    std::unique_ptr<store::EventStore> event_store = opened(store::sqlite::open_sqlite_event_store(
        event_settings(folder.path()), {}, log.log, metrics));
    net::BlockingPool hashing{"hash", 1, 100};
    core::EntityEvents events;
    core::Subscriptions subscriptions{metrics};
    core::EntityAccess access{*entities};
    core::DeviceSessions sessions{{}, events, metrics};
    core::Telemetry telemetry{*series, access, subscriptions, clock};
    core::Attributes attributes{*entities, subscriptions, sessions, clock};
    core::Audit audit{*event_store, *entities, {}, clock, log.log, metrics};
    core::EventLog event_log{*event_store, access};
    core::Platform platform{*entities, telemetry, attributes, events, clock, log.log};
    NobodysMail mail_driver;
    NobodysTexts sms_driver;
    core::Mailer mailer{mail_driver, hashing, platform, metrics};
    core::TextMessages texts{sms_driver, hashing, platform, metrics};
    core::Auth auth{platform, hashing, {}, &audit, &mailer};
    core::RoleCache roles{*entities, events, 100, metrics};
    core::TwoFactor two_factor{platform, auth, mailer, texts, &audit};
    core::ComponentCatalogue components;
    std::unique_ptr<net::HttpClient> http = opened(net::HttpClient::open({}));
    core::OAuth2Login oauth2{platform, auth, *http, {}};
    core::IngressMetrics ingress_metrics{metrics};
    core::WaitingCalls calls{
        {2, 1},
        metrics
    };
    std::unique_ptr<queue::Consumer> consumer;
    std::unique_ptr<core::IngressPool> ingress;
    net::IoThreads io{1, "api-test"};
    Api api;
    std::map<model::Authority, std::string> tokens;

    struct NewUser {
        std::string_view email;
        model::Authority authority;
        model::TenantId tenant;
        model::CustomerId customer;
        bool enabled;
    };

    Result<> add_user(store::Transaction& transaction, const NewUser& fresh) {
        model::User user;
        user.id = model::UserId::make();
        user.email = fresh.email;
        user.authority = fresh.authority;
        user.tenant_id = fresh.tenant;
        user.customer_id = fresh.customer;
        user.first_name = "First";
        if (Result<> made = transaction.insert(user); !made) return made;
        model::UserCredentials credentials;
        credentials.id = new_time_uuid();
        credentials.user_id = user.id;
        credentials.enabled = fresh.enabled;
        credentials.password = cheap_hash("secret");
        return transaction.insert(credentials);
    }

    Result<model::TenantId> add_tenant(store::Transaction& transaction,
                                       const model::TenantProfile& profile) {
        model::Tenant tenant;
        tenant.id = model::TenantId::make();
        tenant.title = tenant.id.to_string();
        tenant.tenant_profile_id = profile.id;
        if (Result<> made = transaction.insert(tenant); !made) return made.error();
        model::DeviceProfile default_profile =
            core::new_device_profile(tenant.id, "default", clock.now_ms());
        default_profile.is_default = true;
        if (Result<> made = transaction.insert(default_profile); !made) return made.error();
        return tenant.id;
    }

    Result<> seed(store::Transaction& transaction, model::CustomerId customer,
                  model::CustomerId other_customer) {
        model::TenantProfile profile;
        profile.id = model::TenantProfileId::make();
        profile.name = "Default";
        if (Result<> made = transaction.insert(profile); !made) return made;
        const Result<model::TenantId> tenant = add_tenant(transaction, profile);
        if (!tenant) return tenant.error();
        const Result<model::TenantId> other = add_tenant(transaction, profile);
        if (!other) return other.error();
        for (const auto& [id, title] : {
                 std::pair{customer,       "Customer A"},
                 std::pair{other_customer, "Customer B"}
        }) {
            model::Customer each;
            each.id = id;
            each.tenant_id = *tenant;
            each.title = title;
            if (Result<> made = transaction.insert(each); !made) return made;
        }
        using enum model::Authority;
        const NewUser users[] = {
            {sys_email,          sys_admin,     model::system_tenant, model::no_customer, true },
            {tenant_email,       tenant_admin,  *tenant,              model::no_customer, true },
            {customer_email,     customer_user, *tenant,              customer,           true },
            {other_tenant_email, tenant_admin,  *other,               model::no_customer, true },
            {disabled_email,     tenant_admin,  *tenant,              model::no_customer, false},
        };
        for (const NewUser& user : users)
            if (Result<> made = add_user(transaction, user); !made) return made;
        return {};
    }
};

TestApi::TestApi(Settings settings)
    : customer(model::CustomerId::make()),
      other_customer(model::CustomerId::make()),
      parts_(std::make_unique<Parts>(settings)) {
    const Result<> seeded =
        parts_->entities->write_now([this](store::Transaction& transaction) -> Result<> {
            return parts_->seed(transaction, customer, other_customer);
        });
    if (!seeded) ADD_FAILURE() << seeded.error().message << ": " << seeded.error().detail;
}

TestApi::~TestApi() {
    parts_->entities->stop();
    parts_->series->stop();
    parts_->event_store->stop();
    parts_->consumer.reset();
    parts_->hashing.stop();
    parts_->io.stop();
    parts_->ingress.reset();
    parts_->queue->stop();
}

TestReply TestApi::call(std::string_view method, std::string_view target, std::string_view token,
                        std::string body, net::Headers headers) {
    net::Request request = request_of(method, target);
    request.headers = std::move(headers);
    if (!token.empty())
        request.headers.emplace_back("X-Authorization", "Bearer " + std::string(token));
    request.body = std::move(body);

    std::future<net::Reply> answered = boost::asio::co_spawn(
        executor(), parts_->api.handle(std::move(request)), boost::asio::use_future);
    if (answered.wait_for(patience) != std::future_status::ready) {
        ADD_FAILURE() << "no answer to " << method << " " << target;
        std::abort();
    }
    net::Reply reply = answered.get();
    return {reply.status, std::move(reply.body), std::move(reply.headers),
            std::move(reply.content_type)};
}

std::string TestApi::login(std::string_view email) {
    const TestReply reply =
        post("/api/auth/login", {},
             R"({"username":")" + std::string(email) + R"(","password":"secret"})");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.status == 200 ? std::string(reply.json().at("token").as_string()) : std::string();
}

void TestApi::forget_tokens() { parts_->tokens.clear(); }

const std::string& TestApi::token(model::Authority authority) {
    std::string& token = parts_->tokens[authority];
    if (token.empty()) {
        switch (authority) {
            case model::Authority::sys_admin:     token = login(sys_email); break;
            case model::Authority::tenant_admin:  token = login(tenant_email); break;
            case model::Authority::customer_user: token = login(customer_email); break;
        }
    }
    return token;
}

std::string TestApi::make_device(std::string_view name, model::CustomerId owner) {
    std::string body = R"({"name":")" + std::string(name) +
                       R"(","customerId":{"entityType":"CUSTOMER","id":")" + owner.to_string() +
                       R"("}})";
    const TestReply reply =
        post("/api/device", token(model::Authority::tenant_admin), std::move(body));
    EXPECT_EQ(reply.status, 200) << reply.body;
    if (reply.status != 200) return {};
    return std::string(reply.json().at("id").at("id").as_string());
}

std::vector<model::QueuedMsg> TestApi::rule_messages(std::size_t count) {
    if (!parts_->consumer)
        parts_->consumer = opened(parts_->queue->open_consumer(core::main_topic, "test", 0));
    std::vector<model::QueuedMsg> messages;
    const auto end = std::chrono::steady_clock::now() + patience;
    while (messages.size() < count && std::chrono::steady_clock::now() < end) {
        const auto batch = opened(parts_->consumer->poll(count - messages.size(), 1 << 20, 100ms));
        if (!batch) continue;
        for (const queue::Record& record : batch->records())
            messages.push_back(opened(queue::decode_queued_msg(record.value)));
    }
    EXPECT_EQ(messages.size(), count);
    return messages;
}

std::future<void> TestApi::converse(std::string_view target,
                                    std::shared_ptr<net::WebSocket> socket) {
    return boost::asio::co_spawn(
        executor(), parts_->api.handle_websocket(request_of("GET", target), std::move(socket)),
        boost::asio::use_future);
}

Api& TestApi::api() { return parts_->api; }
core::Telemetry& TestApi::telemetry() { return parts_->telemetry; }
store::EventStore& TestApi::event_store() { return *parts_->event_store; }
core::Subscriptions& TestApi::subscriptions() { return parts_->subscriptions; }
core::WaitingCalls& TestApi::calls() { return parts_->calls; }
boost::asio::any_io_executor TestApi::executor() { return parts_->io.at(0).get_executor(); }

}  // namespace thingstead::api
