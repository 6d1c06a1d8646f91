// A property of everything that saves and removes people and things: whatever is done, in whatever
// order, no row is left that refers to one that is gone, and copies agree with what they copy.
// A driver's test includes this once and instantiates NoOrphans as it does EntityConformance.
#pragma once
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/alarm/alarms.h"
#include "core/attributes.h"
#include "core/cleanup/cleanup.h"
#include "core/customer/customer_rules.h"
#include "core/dashboard/dashboard_rules.h"
#include "core/dashboard/dashboards.h"
#include "core/device_services.h"
#include "core/entity_events.h"
#include "core/installation.h"
#include "core/public_customer.h"
#include "core/telemetry.h"
#include "core/tenant/tenant_rules.h"
#include "core/user/user_rules.h"
#include "core/user/user_settings.h"
#include "core/user/users.h"
#include "core/user/visited_dashboards.h"
#include "model/alarm.h"
#include "model/asset.h"
#include "model/entity_group.h"
#include "model/notification.h"
#include "model/relation.h"
#include "store/entity_conformance_fixture.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/sqlite/sqlite_event_store.h"

namespace thingstead::core {

/// Nobody is connected.
class NoDevices final : public DevicePush {
  public:
    void push_shared_attributes(model::DeviceId, const std::vector<model::KeyValue>&) override {}
    void push_shared_attributes_removed(model::DeviceId, const std::vector<std::string>&) override {
    }
};

class NoOrphans : public store::EntityConformance {
  protected:
    void SetUp() override {
        EntityConformance::SetUp();
        store::rocks::Settings series;
        series.directory = folder_ / "timeseries";
        series_ = *store::rocks::open_rocksdb_store(series, Log(), metrics_, clock_);
        store::sqlite::EventSettings events;
        events.file = folder_ / "events.db";
        event_store_ = *store::sqlite::open_sqlite_event_store(events, {}, Log(), metrics_);
        parts_ = std::make_unique<Parts>(*this);
        const Result<InstallOutcome> installed = install(*store_, false, clock_);
        ASSERT_TRUE(installed) << installed.error().message << installed.error().detail;
    }

    void TearDown() override {
        parts_.reset();
        series_->stop();
        event_store_->stop();
        EntityConformance::TearDown();
        series_.reset();
        event_store_.reset();
    }

    template <class T>
    T run(Task<T> task) {
        return boost::asio::co_spawn(io_, std::move(task), boost::asio::use_future).get();
    }

    Caller system() const {
        Caller caller;
        caller.authority = model::Authority::sys_admin;
        return caller;
    }
    Caller administrator(model::TenantId tenant) const {
        Caller caller;
        caller.authority = model::Authority::tenant_admin;
        caller.tenant = tenant;
        return caller;
    }
    Caller as(const model::User& user) const {
        Caller caller;
        caller.authority = user.authority;
        caller.tenant = user.tenant_id;
        caller.customer = user.customer_id;
        caller.user = user.id;
        caller.email = user.email;
        return caller;
    }

    template <class T>
    std::vector<T> every(const store::Filter& filter = {}) {
        std::vector<T> found;
        const Result<> done = read([&](store::Reader& reader) -> Result<> {
            auto rows = reader.all<T>(filter);
            if (!rows) return rows.error();
            found = *std::move(rows);
            return {};
        });
        EXPECT_TRUE(done) << done.error().message << done.error().detail;
        return found;
    }

    /// One of them; nothing if there is none.
    template <class T>
    std::optional<T> any(const store::Filter& filter = {}) {
        std::vector<T> all = every<T>(filter);
        if (all.empty()) return std::nullopt;
        return all[below(all.size())];
    }

    std::size_t below(std::size_t end) { return random_() % end; }
    std::string name(const char* what) {
        return std::string(what) + " " + std::to_string(++names_);
    }

    /// Refusals are part of the game, failures are not.
    template <class T>
    bool accepted(const Result<T>& result) {
        if (result) return true;
        EXPECT_NE(result.error().code, ErrorCode::internal)
            << result.error().message << ": " << result.error().detail;
        EXPECT_NE(result.error().code, ErrorCode::unavailable) << result.error().message;
        return false;
    }

    void create_tenant() {
        model::Tenant tenant;
        tenant.title = name("tenant");
        EXPECT_TRUE(accepted(run(save(platform(), system(), tenant))));
    }

    void create_customer() {
        const auto tenant = any<model::Tenant>();
        if (!tenant) return;
        model::Customer customer;
        customer.title = name("customer");
        if (const auto parent = any<model::Customer>(); parent && below(2) == 0)
            customer.parent_customer_id = parent->id;
        accepted(run(save(platform(), administrator(tenant->id), customer)));
    }

    void change_customer() {
        auto customer = any<model::Customer>();
        if (!customer) return;
        if (below(2) == 0) customer->title = name("renamed");
        customer->parent_customer_id.reset();
        if (const auto parent = any<model::Customer>(); parent && below(3) != 0)
            customer->parent_customer_id = parent->id;
        accepted(run(save(platform(), administrator(customer->tenant_id), *customer)));
    }

    void create_user() {
        const auto tenant = any<model::Tenant>();
        if (!tenant) return;
        model::User user;
        user.tenant_id = tenant->id;
        user.email = name("user") + "@example.org";
        std::replace(user.email.begin(), user.email.end(), ' ', '.');
        user.authority = model::Authority::tenant_admin;
        if (const auto customer = any<model::Customer>(); customer && below(3) != 0) {
            user.authority = model::Authority::customer_user;
            user.tenant_id = customer->tenant_id;
            user.customer_id = customer->id;
        }
        Caller caller = administrator(user.tenant_id);
        accepted(run(save(platform(), caller, user)));
    }

    /// Leaves a notification in the user's inbox.
    void tell(const model::User& user) {
        model::NotificationRequest request;
        request.id = model::NotificationRequestId::make();
        request.tenant_id = user.tenant_id;
        model::Notification told;
        told.id = model::NotificationId::make();
        told.request_id = request.id;
        told.recipient_id = user.id;
        EXPECT_TRUE(write([&](store::Transaction& transaction) -> Result<> {
            if (Result<> made = transaction.insert(request); !made) return made;
            return transaction.insert(told);
        }));
    }

    void use_settings() {
        const auto user = any<model::User>();
        if (!user) return;
        tell(*user);
        const json::object settings{
            {"lang", "de"}
        };
        accepted(run(merge_user_settings(platform(), as(*user), model::UserSettingsType::general,
                                         settings)));
        accepted(run(save_mobile_session(platform(), as(*user), name("phone"), names_)));
        if (const auto dashboard = any<model::DashboardInfo>())
            accepted(run(
                note_dashboard(platform(), as(*user), dashboard->id,
                               below(2) == 0 ? DashboardAction::visit : DashboardAction::star)));
    }

    void create_dashboard() {
        const auto tenant = any<model::Tenant>();
        if (!tenant) return;
        model::Dashboard dashboard;
        dashboard.title = name("dashboard");
        accepted(run(save(platform(), administrator(tenant->id), dashboard)));
    }

    void rename_dashboard() {
        auto dashboard = any<model::Dashboard>();
        if (!dashboard) return;
        dashboard->title = name("renamed");
        accepted(run(save(platform(), administrator(dashboard->tenant_id), *dashboard)));
    }

    void assign_dashboard() {
        const auto dashboard = any<model::DashboardInfo>();
        if (!dashboard) return;
        const Caller caller = administrator(dashboard->tenant_id);
        if (below(5) == 0) {
            accepted(run(change_public(platform(), caller, dashboard->id, below(3) != 0)));
            return;
        }
        std::vector<model::CustomerId> customers;
        for (std::size_t i = below(3); i != 0; --i)
            if (const auto customer = any<model::Customer>({
                    {"tenantId", dashboard->tenant_id.uuid}
            }))
                customers.push_back(customer->id);
        constexpr CustomersChange how[] = {CustomersChange::replace, CustomersChange::add,
                                           CustomersChange::remove};
        accepted(run(change_customers(platform(), caller, dashboard->id, how[below(3)],
                                      std::move(customers))));
    }

    void create_device() {
        const auto tenant = any<model::Tenant>();
        if (!tenant) return;
        const auto profile = any<model::DeviceProfile>({
            {"tenantId", tenant->id.uuid}
        });
        const auto customer = any<model::Customer>({
            {"tenantId", tenant->id.uuid}
        });
        if (!profile) return;
        model::Device device;
        device.id = model::DeviceId::make();
        device.tenant_id = tenant->id;
        device.device_profile_id = profile->id;
        device.name = name("device");
        if (customer) device.customer_id = customer->id;
        model::DeviceCredentials credentials;
        credentials.id = new_time_uuid();
        credentials.device_id = device.id;
        credentials.credentials_id = name("token");
        EXPECT_TRUE(write([&](store::Transaction& transaction) -> Result<> {
            if (Result<> made = transaction.insert(device); !made) return made;
            return transaction.insert(credentials);
        }));
    }

    /// Something that many kinds may have: an attribute, a relation to another entity.
    void decorate() {
        const auto dashboard = any<model::DashboardInfo>();
        const auto customer = any<model::Customer>();
        const auto user = any<model::User>();
        if (!dashboard || !customer || !user || user->tenant_id == model::system_tenant) return;
        const model::EntityId ends[] = {dashboard->id, customer->id, user->id};
        const model::EntityId from = ends[below(3)], to = ends[below(3)];
        decorated_.push_back(from);
        model::Relation relation;
        relation.from_id = from.uuid;
        relation.from_type = from.type;
        relation.to_id = to.uuid;
        relation.to_type = to.type;
        relation.type = model::contains_type;
        EXPECT_TRUE(write([&](store::Transaction& transaction) -> Result<> {
            if (Result<> made = transaction.put(relation); !made) return made;
            return transaction.save_attributes(
                {from, model::AttributeScope::server, {{"a", model::Value(true)}}, names_});
        }));
    }

    /// Of a device or a user; shown on what is above it, perhaps looked after by somebody.
    void raise_alarm() {
        const auto device = any<model::Device>();
        if (!device) return;
        model::Alarm alarm;
        alarm.type = name("alarm");
        alarm.originator = device->id;
        if (below(4) == 0)
            if (const auto user = any<model::User>({
                    {"tenantId", device->tenant_id.uuid}
            }))
                alarm.originator = user->id;
        alarm.propagate = alarm.propagate_to_owner = below(2) == 0;
        alarm.propagate_to_tenant = below(2) == 0;
        const Caller caller = administrator(device->tenant_id);
        const auto saved = run(save_alarm(platform(), caller, alarm));
        if (!accepted(saved)) return;
        const auto user = any<model::User>({
            {"tenantId", device->tenant_id.uuid}
        });
        if (user && below(2) == 0)
            accepted(run(assign_alarm(platform(), caller, saved->alarm.id, user->id)));
        if (below(4) == 0) accepted(run(delete_alarm(platform(), caller, saved->alarm.id)));
    }

    template <class T>
    void remove_any() {
        const auto one = any<T>();
        if (!one) return;
        const model::TenantId tenant = EntityKind<T>::tenant(*one);
        if (tenant == model::system_tenant) return;
        accepted(run(core::remove<T>(platform(), administrator(tenant), one->id)));
    }

    void remove_tenant_of_many() {
        const auto tenants = every<model::Tenant>();
        if (tenants.size() < 3) return;
        const auto one = tenants[below(tenants.size())];
        EXPECT_TRUE(accepted(run(core::remove_tenant(platform(), system(), one.id))));
    }

    void act() {
        switch (below(18)) {
            case 0:  create_tenant(); break;
            case 1:
            case 2:  create_customer(); break;
            case 3:  change_customer(); break;
            case 4:
            case 5:  create_user(); break;
            case 6:  use_settings(); break;
            case 7:  create_dashboard(); break;
            case 8:  rename_dashboard(); break;
            case 9:
            case 10: assign_dashboard(); break;
            case 11: create_device(); break;
            case 12: decorate(); break;
            case 13: remove_any<model::Customer>(); break;
            case 14:
                if (below(2) == 0)
                    remove_any<model::User>();
                else
                    remove_any<model::Dashboard>();
                break;
            case 15:
                if (below(4) == 0) remove_tenant_of_many();
                break;
            case 16:
            case 17: raise_alarm(); break;
        }
    }

    void clean_up() {
        while (run(parts_->cleanup.work_once())) {
        }
    }

    /// Ids of every row of the kind.
    template <class T>
    std::set<Uuid> ids() {
        std::set<Uuid> out;
        for (const T& each : every<T>()) out.insert(each.id.uuid);
        return out;
    }

    struct World {
        std::set<Uuid> tenants, customers, users, dashboards, devices;
    };

    World look() {
        return {ids<model::Tenant>(), ids<model::Customer>(), ids<model::User>(),
                ids<model::DashboardInfo>(), ids<model::Device>()};
    }

    void expect_no_orphans() {
        const World world = look();
        expect_owned<model::Customer>(world);
        expect_owned<model::User>(world);
        expect_owned<model::DashboardInfo>(world);
        expect_owned<model::Device>(world);
        expect_owned<model::DeviceProfile>(world);
        expect_owned<model::RuleChain>(world);
        for (const auto& each : every<model::UserCredentials>())
            EXPECT_TRUE(world.users.contains(each.user_id.uuid));
        for (const auto& each : every<model::UserSettings>())
            EXPECT_TRUE(world.users.contains(each.user_id.uuid));
        for (const auto& each : every<model::MobileSession>())
            EXPECT_TRUE(world.users.contains(each.user_id.uuid));
        for (const auto& each : every<model::Notification>())
            EXPECT_TRUE(world.users.contains(each.recipient_id.uuid));
        for (const auto& each : every<model::DeviceCredentials>())
            EXPECT_TRUE(world.devices.contains(each.device_id.uuid));
        expect_owned<model::NotificationRequest>(world);
        expect_owned<model::NotificationTarget>(world);
        expect_credentials(world);
        expect_branches(world);
        expect_relations(world);
        expect_copies();
        expect_attributes(world);
        expect_alarms(world);
        EXPECT_EQ(count<model::CleanupTask>({}), 0);
    }

    template <class T>
    void expect_owned(const World& world) {
        for (const T& each : every<T>()) {
            EXPECT_TRUE(each.tenant_id == model::system_tenant ||
                        world.tenants.contains(each.tenant_id.uuid))
                << store::table_of<T>().name << " of a tenant that is gone";
            if constexpr (requires { each.customer_id; }) {
                EXPECT_TRUE(each.customer_id == model::no_customer ||
                            world.customers.contains(each.customer_id.uuid))
                    << store::table_of<T>().name << " of a customer that is gone";
            }
        }
    }

    void expect_credentials(const World& world) {
        EXPECT_EQ(every<model::UserCredentials>().size(), world.users.size());
        EXPECT_EQ(every<model::DeviceCredentials>().size(), world.devices.size());
    }

    /// The rows are exactly the pairs that follow from the parents.
    void expect_branches(const World& world) {
        std::map<Uuid, Uuid> parents;
        std::set<std::pair<Uuid, Uuid>> expected, found;
        for (const auto& each : every<model::Customer>())
            if (each.parent_customer_id) {
                EXPECT_TRUE(world.customers.contains(each.parent_customer_id->uuid));
                parents[each.id.uuid] = each.parent_customer_id->uuid;
            }
        for (const Uuid& customer : world.customers) {
            expected.emplace(customer, customer);
            std::size_t steps = 0;
            for (auto at = parents.find(customer); at != parents.end();
                 at = parents.find(at->second)) {
                expected.emplace(at->second, customer);
                ASSERT_LT(++steps, 1'000u) << "a customer is below itself";
            }
        }
        for (const auto& each : every<model::CustomerBranch>())
            found.emplace(each.ancestor_id.uuid, each.descendant_id.uuid);
        EXPECT_EQ(found, expected);
    }

    bool is_there(const World& world, model::EntityId entity) {
        switch (entity.type) {
            case model::EntityType::tenant:    return world.tenants.contains(entity.uuid);
            case model::EntityType::customer:  return world.customers.contains(entity.uuid);
            case model::EntityType::user:      return world.users.contains(entity.uuid);
            case model::EntityType::dashboard: return world.dashboards.contains(entity.uuid);
            case model::EntityType::device:    return world.devices.contains(entity.uuid);
            default:                           return true;
        }
    }

    void expect_alarms(const World& world) {
        std::set<Uuid> alarms;
        std::set<std::pair<Uuid, std::string>> types, found;
        for (const auto& each : every<model::Alarm>()) {
            alarms.insert(each.id.uuid);
            types.emplace(each.tenant_id.uuid, each.type);
            EXPECT_TRUE(is_there(world, each.originator)) << "an alarm of nothing";
            EXPECT_TRUE(world.tenants.contains(each.tenant_id.uuid));
            EXPECT_TRUE(!each.customer_id || world.customers.contains(each.customer_id->uuid));
            EXPECT_TRUE(!each.assignee_id || world.users.contains(each.assignee_id->uuid));
        }
        for (const auto& each : every<model::EntityAlarm>()) {
            EXPECT_TRUE(alarms.contains(each.alarm_id.uuid));
            EXPECT_TRUE(is_there(world, each.entity_id)) << model::wire_name(each.entity_id.type);
        }
        for (const auto& each : every<model::AlarmComment>())
            EXPECT_TRUE(alarms.contains(each.alarm_id.uuid));
        for (const auto& each : every<model::AlarmType>())
            found.emplace(each.tenant_id.uuid, each.type);
        EXPECT_EQ(found, types);
    }

    void expect_relations(const World& world) {
        for (const auto& each : every<model::Relation>()) {
            EXPECT_TRUE(is_there(world, each.from())) << model::wire_name(each.from_type);
            EXPECT_TRUE(is_there(world, each.to())) << model::wire_name(each.to_type);
        }
    }

    /// What dashboards say of their customers, and what the relations say.
    void expect_copies() {
        std::map<Uuid, std::string> titles;
        for (const auto& each : every<model::Customer>()) titles[each.id.uuid] = each.title;
        std::set<std::pair<Uuid, Uuid>> copied, related;
        for (const auto& dashboard : every<model::DashboardInfo>())
            for (const auto& each : dashboard.assigned_customers) {
                EXPECT_TRUE(copied.emplace(each.customer_id.uuid, dashboard.id.uuid).second);
                EXPECT_EQ(each.title, titles[each.customer_id.uuid]);
            }
        for (const auto& each : every<model::Relation>())
            if (each.type_group == model::RelationTypeGroup::dashboard)
                related.emplace(each.from_id, each.to_id);
        EXPECT_EQ(copied, related);
    }

    void expect_attributes(const World& world) {
        for (const model::EntityId entity : decorated_)
            if (!is_there(world, entity)) {
                EXPECT_TRUE(attributes(entity, model::AttributeScope::server).empty());
            }
    }

    const Platform& platform() { return parts_->platform; }

    struct Parts {
        explicit Parts(NoOrphans& test)
            : subscriptions(test.metrics_),
              access(*test.store_),
              telemetry(*test.series_, access, subscriptions, test.clock_),
              attributes(*test.store_, subscriptions, devices, test.clock_),
              platform{*test.store_, telemetry, attributes, events, test.clock_, Log()},
              cleanup(platform, *test.event_store_, few_rows(), test.metrics_) {}

        /// So that a tenant takes many transactions.
        static CleanupSettings few_rows() {
            CleanupSettings settings;
            settings.rows_max = 3;
            return settings;
        }

        NoDevices devices;
        EntityEvents events;
        Subscriptions subscriptions;
        EntityAccess access;
        Telemetry telemetry;
        Attributes attributes;
        Platform platform;
        Cleanup cleanup;
    };

    SystemClock clock_;
    std::unique_ptr<store::TimeseriesStore> series_;
    std::unique_ptr<store::EventStore> event_store_;
    std::unique_ptr<Parts> parts_;
    std::mt19937 random_{};
    std::int64_t names_ = 0;
    std::vector<model::EntityId> decorated_;
};

TEST_P(NoOrphans, AreLeftByAnySequenceOfWrites) {
    for (const std::uint32_t seed : {1u, 2u, 3u}) {
        SCOPED_TRACE(seed);
        random_.seed(seed);
        for (int i = 0; i < 4; ++i) create_tenant();
        for (int i = 0; i < 150 && !HasFailure(); ++i) act();
        clean_up();
        expect_no_orphans();
        if (HasFailure()) return;
    }
}

TEST_P(NoOrphans, AreLeftByATenant) {
    random_.seed(7);
    create_tenant();
    for (int i = 0; i < 8; ++i) {
        create_customer();
        create_user();
        create_dashboard();
        assign_dashboard();
        create_device();
        decorate();
        use_settings();
    }
    for (const auto& tenant : every<model::Tenant>())
        EXPECT_TRUE(accepted(run(core::remove_tenant(platform(), system(), tenant.id))));
    clean_up();
    expect_no_orphans();
    EXPECT_EQ(count<model::Customer>({}), 0);
    EXPECT_EQ(count<model::DashboardInfo>({}), 0);
    EXPECT_EQ(count<model::Device>({}), 0);
    EXPECT_EQ(count<model::DeviceProfile>({}), 0);
    EXPECT_EQ(count<model::AssetProfile>({}), 0);
    EXPECT_EQ(count<model::RuleChain>({}), 0);
    EXPECT_EQ(count<model::Relation>({}), 0);
    EXPECT_EQ(count<model::User>({}), 1) << "the system administrator";
}

TEST_P(NoOrphans, AreNobodysWhileAnotherServerWorksOnThem) {
    model::CleanupTask task;
    task.id = new_time_uuid();
    task.entity_id = new_time_uuid();
    task.worker = new_random_uuid();
    task.taken_until = clock_.now_ms() + 3'600'000;
    ASSERT_TRUE(insert(task));
    EXPECT_FALSE(run(parts_->cleanup.work_once()));
    task.taken_until = clock_.now_ms() - 1;
    ASSERT_TRUE(write([&](store::Transaction& transaction) { return transaction.update(task); }));
    EXPECT_TRUE(run(parts_->cleanup.work_once()));
    EXPECT_EQ(count<model::CleanupTask>({}), 0);
}

}  // namespace thingstead::core
