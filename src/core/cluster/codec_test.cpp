#include <gtest/gtest.h>

#include "core/cluster/cluster_testing.h"

namespace thingstead::core::cluster {
namespace {

/// Every cut of a record is refused or read, and never more is read than stands there.
template <class Decode>
void expect_cuts_are_harmless(const std::string& bytes, Decode decode) {
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
        decode(as_bytes(std::string_view(bytes).substr(0, cut)));
}

DeviceIdentityPtr full_device() {
    auto profile = some_profile();
    profile->transport_type = model::TransportType::mqtt;
    profile->rule_chain = model::RuleChainId::make();
    profile->queue_name = "HighPriority";
    profile->telemetry_topic = "t/+";
    profile->attributes_topic = "a";
    profile->attributes_subscribe_topic = "s";
    profile->ack_invalid_payload = true;
    profile->protobuf = true;
    DeviceIdentity device = *some_device(profile);
    device.customer = model::CustomerId::make();
    device.gateway = true;
    device.credentials_version = 5;
    return std::make_shared<const DeviceIdentity>(std::move(device));
}

void expect_same(const DeviceIdentity& a, const DeviceIdentity& b) {
    EXPECT_EQ(a.tenant, b.tenant);
    EXPECT_EQ(a.customer, b.customer);
    EXPECT_EQ(a.device, b.device);
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.type, b.type);
    EXPECT_EQ(a.gateway, b.gateway);
    EXPECT_EQ(*a.profile, *b.profile);
    EXPECT_EQ(a.credentials_version, b.credentials_version);
}

TEST(ClusterCodec, RequestsReadBackAsTheyWere) {
    TransportRequest request{};
    request.id = new_random_uuid();
    request.reply_to = "host-mqtt-1883";
    request.expires_ms = 1'700'000'000'123;
    request.ask = FindCredentials{"token"};
    Result<TransportRequest> got = decode_request(as_bytes(encode(request)));
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->id, request.id);
    EXPECT_EQ(got->reply_to, request.reply_to);
    EXPECT_EQ(got->expires_ms, request.expires_ms);
    EXPECT_EQ(std::get<FindCredentials>(got->ask).id, "token");

    const model::DeviceId device = model::DeviceId::make();
    request.ask = FindDevice{device};
    EXPECT_EQ(std::get<FindDevice>(decode_request(as_bytes(encode(request)))->ask).device, device);

    request.ask = ReadAttributes{
        device, std::vector<std::string>{"a", ""},
         std::nullopt
    };
    got = decode_request(as_bytes(encode(request)));
    ASSERT_TRUE(got);
    const ReadAttributes& asked = std::get<ReadAttributes>(got->ask);
    EXPECT_EQ(asked.client_keys, (std::vector<std::string>{"a", ""}));
    EXPECT_EQ(asked.shared_keys, std::nullopt);
    expect_cuts_are_harmless(encode(request), decode_request);
}

TEST(ClusterCodec, AllOfAScopeIsNotNoneOfIt) {
    TransportRequest request{new_random_uuid(), "s", 1, ReadAttributes{}};
    std::get<ReadAttributes>(request.ask).shared_keys.emplace();
    const Result<TransportRequest> got = decode_request(as_bytes(encode(request)));
    ASSERT_TRUE(got);
    EXPECT_EQ(std::get<ReadAttributes>(got->ask).client_keys, std::nullopt);
    EXPECT_EQ(std::get<ReadAttributes>(got->ask).shared_keys, std::vector<std::string>());
}

TEST(ClusterCodec, ResponsesReadBackAsTheyWere) {
    TransportResponse response{new_random_uuid(), NotFound{}};
    EXPECT_TRUE(
        std::holds_alternative<NotFound>(decode_response(as_bytes(encode(response)))->answer));

    response.answer = Failure{"no disk"};
    EXPECT_EQ(std::get<Failure>(decode_response(as_bytes(encode(response)))->answer).why,
              "no disk");

    CredentialsEntry entry{model::CredentialsType::mqtt_basic, "{}", full_device()};
    response.answer = std::make_shared<const CredentialsEntry>(entry);
    Result<TransportResponse> got = decode_response(as_bytes(encode(response)));
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->request, response.request);
    const CredentialsEntry& read = *std::get<CredentialsEntryPtr>(got->answer);
    EXPECT_EQ(read.type, entry.type);
    EXPECT_EQ(read.value, entry.value);
    expect_same(*read.identity, *entry.identity);
    expect_cuts_are_harmless(encode(response), decode_response);

    response.answer = some_device(some_profile());
    got = decode_response(as_bytes(encode(response)));
    expect_same(*std::get<DeviceIdentityPtr>(got->answer),
                *std::get<DeviceIdentityPtr>(response.answer));
}

TEST(ClusterCodec, ValuesKeepTheirTypes) {
    const std::vector<model::KeyValue> values = {
        {"b", false                       },
        {"i", std::int64_t{-5}            },
        {"d", -0.5                        },
        {"s", std::string()               },
        {"j", model::JsonText{"{\"a\":1}"}},
        {"",  true                        }
    };
    DeviceView view;
    for (const model::KeyValue& each : values) view.client.push_back({each.key, each.value, 42});
    view.shared.push_back({"x", 1.0, 43});
    const TransportResponse response{new_random_uuid(), view};
    const Result<TransportResponse> got = decode_response(as_bytes(encode(response)));
    ASSERT_TRUE(got);
    const DeviceView& read = std::get<DeviceView>(got->answer);
    ASSERT_EQ(read.client.size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_EQ(read.client[i].key, values[i].key);
        EXPECT_EQ(read.client[i].value, values[i].value);
        EXPECT_EQ(read.client[i].last_update_ms, 42);
    }
    ASSERT_EQ(read.shared.size(), 1u);
    EXPECT_EQ(read.shared[0].last_update_ms, 43);

    const Notification pushed = SharedAttributes{model::DeviceId::make(), values};
    const Result<Notification> heard = decode_notification(as_bytes(encode(pushed)));
    ASSERT_TRUE(heard);
    EXPECT_EQ(std::get<SharedAttributes>(*heard).updated, values);
}

TEST(ClusterCodec, NotificationsReadBackAsTheyWere) {
    EntityChange change{ChangeKind::credentials_updated, model::TenantId::make(),
                        model::DeviceId::make()};
    change.credentials_ids = {"old", "new"};
    change.credentials_version = 3;
    const Result<Notification> got = decode_notification(as_bytes(encode(Notification(change))));
    ASSERT_TRUE(got);
    const EntityChange& read = std::get<EntityChange>(*got);
    EXPECT_EQ(read.kind, change.kind);
    EXPECT_EQ(read.tenant, change.tenant);
    EXPECT_EQ(read.entity, change.entity);
    EXPECT_EQ(read.credentials_ids, change.credentials_ids);
    EXPECT_EQ(read.credentials_version, 3);
    EXPECT_TRUE(read.from_afar);

    const Notification removed = SharedAttributesRemoved{model::DeviceId::make(), {"k"}};
    EXPECT_EQ(
        std::get<SharedAttributesRemoved>(*decode_notification(as_bytes(encode(removed)))).keys,
        std::vector<std::string>{"k"});
    const Notification greeting = Greeting{"node-1"};
    EXPECT_EQ(std::get<Greeting>(*decode_notification(as_bytes(encode(greeting)))).node, "node-1");
    const Notification wish = ReportSessions{7};
    EXPECT_EQ(std::get<ReportSessions>(*decode_notification(as_bytes(encode(wish)))).partition, 7);
}

TEST(ClusterCodec, AnswersOfChainsReadBackAsTheyWere) {
    const Notification to_user =
        UserReply{model::TenantId::make(), new_random_uuid(), std::string("{\"a\":1}\0", 8)};
    Result<Notification> got = decode_notification(as_bytes(encode(to_user)));
    ASSERT_TRUE(got);
    EXPECT_EQ(std::get<UserReply>(*got).tenant, std::get<UserReply>(to_user).tenant);
    EXPECT_EQ(std::get<UserReply>(*got).request, std::get<UserReply>(to_user).request);
    EXPECT_EQ(std::get<UserReply>(*got).data, std::get<UserReply>(to_user).data);

    const Notification to_device =
        DeviceReply{model::DeviceId::make(), new_random_uuid(), -2'147'483'647 - 1, "text"};
    got = decode_notification(as_bytes(encode(to_device)));
    ASSERT_TRUE(got);
    EXPECT_EQ(std::get<DeviceReply>(*got).device, std::get<DeviceReply>(to_device).device);
    EXPECT_EQ(std::get<DeviceReply>(*got).session, std::get<DeviceReply>(to_device).session);
    EXPECT_EQ(std::get<DeviceReply>(*got).request_id, -2'147'483'647 - 1);
    EXPECT_EQ(std::get<DeviceReply>(*got).data, "text");
    expect_cuts_are_harmless(encode(to_device), decode_notification);
}

TEST(ClusterCodec, LiveValuesReadBackAsTheyWere) {
    const model::EntityId begun = model::DeviceId::make(), ended = model::DeviceId::make();
    const Notification interests = Interests{"node-1", 1ull << 40, true, {begun}, {ended}, true};
    Result<Notification> got = decode_notification(as_bytes(encode(interests)));
    ASSERT_TRUE(got) << got.error().message;
    const Interests& read = std::get<Interests>(*got);
    EXPECT_EQ(read.node, "node-1");
    EXPECT_EQ(read.number, 1ull << 40);
    EXPECT_TRUE(read.all);
    EXPECT_TRUE(read.more);
    EXPECT_EQ(read.begun, std::vector{begun});
    EXPECT_EQ(read.ended, std::vector{ended});

    got = decode_notification(as_bytes(encode(Notification(InterestsTaken{"node-2", 3}))));
    ASSERT_TRUE(got);
    EXPECT_EQ(std::get<InterestsTaken>(*got).node, "node-2");
    EXPECT_EQ(std::get<InterestsTaken>(*got).number, 3u);

    EntityUpdates updates{begun, SubscriptionKind::attributes, model::AttributeScope::client, {}};
    updates.updates.push_back({"k", 5, model::Value(0.5)});
    updates.updates.push_back({"gone", 0, std::nullopt});
    got = decode_notification(as_bytes(encode(Notification(updates))));
    ASSERT_TRUE(got);
    const EntityUpdates& heard = std::get<EntityUpdates>(*got);
    EXPECT_EQ(heard.entity, begun);
    EXPECT_EQ(heard.kind, SubscriptionKind::attributes);
    EXPECT_EQ(heard.scope, model::AttributeScope::client);
    ASSERT_EQ(heard.updates.size(), 2u);
    EXPECT_EQ(heard.updates[0].ts, 5);
    EXPECT_EQ(heard.updates[0].value, model::Value(0.5));
    EXPECT_EQ(heard.updates[1].key, "gone");
    EXPECT_FALSE(heard.updates[1].value);
    expect_cuts_are_harmless(encode(Notification(updates)), decode_notification);
    expect_cuts_are_harmless(encode(interests), decode_notification);
}

TEST(ClusterCodec, ReportsAndAnnouncementsReadBackAsTheyWere) {
    DeviceReports reports;
    reports.service = "host";
    reports.devices.push_back({full_device(), 2, 1, 0, 3});
    reports.devices.push_back({some_device(some_profile()), 0, 0, 2, 0});
    const Result<ToCore> got = decode_to_core(as_bytes(encode(ToCore(reports))));
    ASSERT_TRUE(got);
    const DeviceReports& read = std::get<DeviceReports>(*got);
    EXPECT_EQ(read.service, "host");
    ASSERT_EQ(read.devices.size(), 2u);
    EXPECT_EQ(read.devices[0].sessions, 2u);
    EXPECT_EQ(read.devices[0].connect_ms, 1);
    EXPECT_EQ(read.devices[0].activity_ms, 3);
    EXPECT_EQ(read.devices[1].disconnect_ms, 2);
    expect_same(*read.devices[0].device, *reports.devices[0].device);
    expect_cuts_are_harmless(encode(ToCore(reports)), decode_to_core);

    const ServiceInfo info{
        "a", {"mqtt", "http"},
         "10.0.0.1", 5, true
    };
    const Result<ServiceInfo> heard = decode_service_info(as_bytes(encode(info)));
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->id, "a");
    EXPECT_EQ(heard->roles, info.roles);
    EXPECT_EQ(heard->address, info.address);
    EXPECT_EQ(heard->started_ms, 5);
    EXPECT_TRUE(heard->leaving);
    EXPECT_TRUE(heard->is_transport());
    EXPECT_FALSE(heard->is_node());
}

TEST(ClusterCodec, AnythingElseIsRefused) {
    for (const std::string_view junk : {"", "x", "\x0a\x7f", "\x08\x01"}) {
        EXPECT_FALSE(decode_request(as_bytes(junk)));
        EXPECT_FALSE(decode_response(as_bytes(junk)));
        EXPECT_FALSE(decode_notification(as_bytes(junk)));
        EXPECT_FALSE(decode_service_info(as_bytes(junk)));
        EXPECT_FALSE(decode_to_core(as_bytes(junk)));
    }
    const std::string kind_of_tomorrow = "\xfa\x01\x01x";  // field 31
    EXPECT_EQ(decode_notification(as_bytes(kind_of_tomorrow)).error().code, ErrorCode::unsupported);
    EXPECT_EQ(decode_to_core(as_bytes(kind_of_tomorrow)).error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace thingstead::core::cluster
