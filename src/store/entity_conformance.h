// The conformance suite of the entity store: what every driver must do. A driver's test includes
// this once and instantiates it:
//   INSTANTIATE_TEST_SUITE_P(Sqlite, EntityConformance, testing::Values(EntityDriver{…}), …);
#pragma once
#include <algorithm>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "model/alarm.h"
#include "model/cleanup.h"
#include "model/dashboard.h"
#include "model/identity.h"
#include "model/oauth2.h"
#include "model/ota_package.h"
#include "model/queue.h"
#include "model/resource.h"
#include "model/widget.h"
#include "store/entity_conformance_attributes.h"
#include "store/entity_conformance_filters.h"
#include "store/entity_conformance_fixture.h"
#include "store/entity_conformance_pages.h"

namespace thingstead::store {

using AllEntities =
    std::tuple<model::Tenant, model::TenantProfile, model::Customer, model::User,
               model::UserCredentials, model::Device, model::DeviceCredentials,
               model::DeviceProfile, model::RuleChain, model::AdminSettings, model::EntityGroup,
               model::Role, model::GroupPermission, model::CleanupTask, model::Queue,
               model::QueueStats, model::OAuth2Client, model::OAuth2Template, model::Domain,
               model::Asset, model::AssetProfile, model::EntityView, model::Dashboard,
               model::TbResource, model::OtaPackage, model::WidgetTypeDetails, model::WidgetsBundle,
               model::UserAuthSettings, model::TwoFactorCheck, model::TokenMark, model::ApiKey,
               model::Alarm, model::AlarmComment>;  // those with ids

/// Calls `visit(T{})` for every kind of entity.
template <class Visit>
void for_each_entity(Visit&& visit) {
    std::apply([&](auto... each) { (visit(each), ...); }, AllEntities{});
}

TEST_P(EntityConformance, KeepsEveryFieldOfEveryEntity) {
    for_each_entity([&]<class T>(T) {
        SCOPED_TRACE(table_of<T>().name);
        for (const bool with_nulls : {false, true}) {
            const T entity = make_entity<T>(with_nulls);
            const Result<> inserted = insert(entity);
            ASSERT_TRUE(inserted) << inserted.error().message << " " << inserted.error().detail;
            const std::optional<T> found = find<T>({
                {"id", id_cell(entity)}
            });
            ASSERT_TRUE(found);
            EXPECT_EQ(to_json(*found), to_json(entity));
            EXPECT_TRUE(to_row(*found) == to_row(entity));
        }
        EXPECT_EQ(count<T>({}), 2);
    });
}

TEST_P(EntityConformance, UpdatesEveryFieldOfEveryEntity) {
    for_each_entity([&]<class T>(T) {
        SCOPED_TRACE(table_of<T>().name);
        T first = make_entity<T>();
        ASSERT_TRUE(insert(first));
        ASSERT_TRUE(insert(make_entity<T>()));
        for (const bool with_nulls : {true, false}) {
            T second = make_entity<T>(with_nulls);
            second.id = first.id;
            ASSERT_TRUE(write([&](Transaction& tx) { return tx.update(second); }));
            EXPECT_EQ(to_json(*find<T>({
                          {"id", id_cell(first)}
            })),
                      to_json(second));
        }
        EXPECT_EQ(count<T>({}), 2);
    });
}

TEST_P(EntityConformance, RemovesWhatTheFilterNames) {
    for_each_entity([&]<class T>(T) {
        SCOPED_TRACE(table_of<T>().name);
        const T gone = make_entity<T>();
        const T kept = make_entity<T>();
        ASSERT_TRUE(insert(gone));
        ASSERT_TRUE(insert(kept));
        std::vector<std::int64_t> removed;
        ASSERT_TRUE(write([&](Transaction& tx) -> Result<> {
            for (int i = 0; i < 2; ++i) {
                const Result<std::int64_t> rows = tx.remove<T>({
                    {"id", id_cell(gone)}
                });
                if (!rows) return rows.error();
                removed.push_back(*rows);
            }
            return {};
        }));
        EXPECT_EQ(removed, (std::vector<std::int64_t>{1, 0}));
        EXPECT_FALSE(find<T>({
            {"id", id_cell(gone)}
        }));
        EXPECT_TRUE(find<T>({
            {"id", id_cell(kept)}
        }));
    });
}

TEST_P(EntityConformance, RefusesToRemoveWithoutAFilter) {
    ASSERT_TRUE(insert(make_entity<model::Device>()));
    EXPECT_FALSE(write([](Transaction& tx) -> Result<> {
        const Result<std::int64_t> rows = tx.remove<model::Device>({});
        if (!rows) return rows.error();
        return {};
    }));
    EXPECT_EQ(count<model::Device>({}), 1);
}

TEST_P(EntityConformance, AnswersNotFoundForAnUpdateOfNothing) {
    for_each_entity([&]<class T>(T) {
        const Result<> updated =
            write([&](Transaction& tx) { return tx.update(make_entity<T>()); });
        ASSERT_FALSE(updated);
        EXPECT_EQ(updated.error().code, ErrorCode::not_found);
    });
}

TEST_P(EntityConformance, NamesTheUniqueRuleThatIsBroken) {
    const auto expect_rule = [&]<class T>(const char* rule, T first, auto make_equal) {
        SCOPED_TRACE(rule);
        ASSERT_TRUE(insert(first));
        T second = make_entity<T>();
        make_equal(second, first);
        const Result<> inserted = insert(second);
        ASSERT_FALSE(inserted);
        EXPECT_EQ(inserted.error().code, ErrorCode::conflict);
        EXPECT_EQ(inserted.error().message, rule);
        // The same by an update.
        T third = make_entity<T>();
        ASSERT_TRUE(insert(third));
        if (id_cell(second) == id_cell(first)) return;
        make_equal(third, first);
        const Result<> updated = write([&](Transaction& tx) { return tx.update(third); });
        ASSERT_FALSE(updated);
        EXPECT_EQ(updated.error().code, ErrorCode::conflict);
        EXPECT_EQ(updated.error().message, rule);
    };
    using namespace model;
    const auto name_in_tenant = [](auto& to, const auto& from) {
        to.tenant_id = from.tenant_id;
        to.name = from.name;
    };
    const auto external = [](auto& to, const auto& from) {
        to.tenant_id = from.tenant_id;
        to.external_id = from.external_id;
    };
    expect_rule("device_name_unq_key", make_entity<Device>(), name_in_tenant);
    expect_rule("device_external_id_unq_key", make_entity<Device>(), external);
    expect_rule("device_pkey", make_entity<Device>(),
                [](auto& to, auto& from) { to.id = from.id; });
    expect_rule("device_credentials_id_unq_key", make_entity<DeviceCredentials>(),
                [](auto& to, auto& from) { to.credentials_id = from.credentials_id; });
    expect_rule("device_credentials_device_id_unq_key", make_entity<DeviceCredentials>(),
                [](auto& to, auto& from) { to.device_id = from.device_id; });
    expect_rule("device_profile_name_unq_key", make_entity<DeviceProfile>(), name_in_tenant);
    expect_rule("device_profile_external_id_unq_key", make_entity<DeviceProfile>(), external);
    expect_rule("device_provision_key_unq_key", make_entity<DeviceProfile>(),
                [](auto& to, auto& from) { to.provision_device_key = from.provision_device_key; });
    expect_rule("asset_name_unq_key", make_entity<Asset>(), name_in_tenant);
    expect_rule("asset_external_id_unq_key", make_entity<Asset>(), external);
    expect_rule("asset_profile_name_unq_key", make_entity<AssetProfile>(), name_in_tenant);
    expect_rule("asset_profile_external_id_unq_key", make_entity<AssetProfile>(), external);
    expect_rule("entity_view_name_unq_key", make_entity<EntityView>(), name_in_tenant);
    expect_rule("entity_view_external_id_unq_key", make_entity<EntityView>(), external);
    expect_rule("rule_chain_external_id_unq_key", make_entity<RuleChain>(), external);
    expect_rule("tb_user_email_key", make_entity<User>(),
                [](auto& to, auto& from) { to.email = from.email; });
    expect_rule("user_credentials_user_id_key", make_entity<UserCredentials>(),
                [](auto& to, auto& from) { to.user_id = from.user_id; });
    expect_rule("tenant_profile_name_unq_key", make_entity<TenantProfile>(),
                [](auto& to, auto& from) { to.name = from.name; });
    expect_rule("customer_title_unq_key", make_entity<Customer>(), [](auto& to, auto& from) {
        to.tenant_id = from.tenant_id;
        to.title = from.title;
    });
    expect_rule("admin_settings_key_unq_key", make_entity<AdminSettings>(),
                [](auto& to, auto& from) {
                    to.tenant_id = from.tenant_id;
                    to.key = from.key;
                });
}

TEST_P(EntityConformance, LetsTwoTenantsUseOneNameAndManyRowsHaveNoExternalId) {
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(insert(make_device(model::TenantId::make(), "meter")));
    const model::TenantId tenant = model::TenantId::make();
    EXPECT_TRUE(insert(make_device(tenant, "a")));
    EXPECT_TRUE(insert(make_device(tenant, "b")));
}

TEST_P(EntityConformance, UndoesAFailedWorkAloneAmongItsNeighbours) {
    const model::TenantId tenant = model::TenantId::make();
    hold_writer();
    std::future<Result<>> before =
        start_write([&](Transaction& tx) { return tx.insert(make_device(tenant, "before")); });
    std::future<Result<>> failing = start_write([&](Transaction& tx) -> Result<> {
        if (Result<> done = tx.insert(make_device(tenant, "undone")); !done) return done;
        if (Result<> done =
                tx.save_attributes({tenant, model::AttributeScope::server, {{"k", true}}, 1});
            !done)
            return done;
        return Error{ErrorCode::forbidden, "changed my mind"};
    });
    std::future<Result<>> throwing = start_write([&](Transaction& tx) -> Result<> {
        if (Result<> done = tx.insert(make_device(tenant, "thrown")); !done) return done;
        throw std::runtime_error("a bug");
    });
    std::future<Result<>> conflicting = start_write([&](Transaction& tx) -> Result<> {
        if (Result<> done = tx.insert(make_device(tenant, "other")); !done) return done;
        return tx.insert(make_device(tenant, "before"));
    });
    std::future<Result<>> after =
        start_write([&](Transaction& tx) { return tx.insert(make_device(tenant, "after")); });
    release_writer();

    EXPECT_TRUE(before.get());
    EXPECT_EQ(failing.get().error().message, "changed my mind");
    EXPECT_EQ(throwing.get().error().code, ErrorCode::internal);
    EXPECT_EQ(conflicting.get().error().code, ErrorCode::conflict);
    EXPECT_TRUE(after.get());
    std::vector<std::string> names;
    for (const model::Device& each : page(
                                         {
                                             {"tenantId", tenant.uuid}
    },
                                         {.sort_property = "name"})
                                         .data)
        names.push_back(each.name);
    EXPECT_EQ(names, (std::vector<std::string>{"after", "before"}));
    EXPECT_TRUE(attributes(tenant, model::AttributeScope::server).empty());
}

TEST_P(EntityConformance, LetsAWorkReadWhatItWrote) {
    const model::Device device = make_entity<model::Device>();
    EXPECT_TRUE(write([&](Transaction& tx) -> Result<> {
        if (Result<> done = tx.insert(device); !done) return done;
        const Result<std::int64_t> rows = tx.count<model::Device>({
            {"name", device.name}
        });
        if (!rows || *rows != 1) return Error{ErrorCode::internal, "not seen"};
        return {};
    }));
}

TEST_P(EntityConformance, ShowsAReaderOneStateAndTheNextReaderTheNewest) {
    ASSERT_TRUE(insert(make_entity<model::Device>()));
    std::vector<std::int64_t> seen;
    ASSERT_TRUE(read([&](Reader& reader) -> Result<> {
        for (int i = 0; i < 2; ++i) {
            const Result<std::int64_t> rows = reader.count<model::Device>({});
            if (!rows) return rows.error();
            seen.push_back(*rows);
            if (i > 0) break;
            const Result<> written = store_->write_now(
                [](Transaction& tx) { return tx.insert(make_entity<model::Device>()); });
            if (!written) return written;
        }
        return {};
    }));
    EXPECT_EQ(seen, (std::vector<std::int64_t>{1, 1}));
    EXPECT_EQ(count<model::Device>({}), 2);
}

TEST_P(EntityConformance, AnswersTheErrorOfAReadAndSurvivesAnException) {
    EXPECT_EQ(read([](Reader&) -> Result<> { return Error{ErrorCode::forbidden, "not yours"}; })
                  .error()
                  .message,
              "not yours");
    EXPECT_EQ(read([](Reader&) -> Result<> { throw std::runtime_error("a bug"); }).error().code,
              ErrorCode::internal);
    EXPECT_EQ(count<model::Device>({}), 0);
}

TEST_P(EntityConformance, WritesOfManyCallersShareCommits) {
    const Counter commits(metrics_, "thingstead_entity_store_commits_total", "");
    constexpr std::uint64_t writers = 200;
    hold_writer();
    const std::uint64_t before = commits.value();
    std::vector<std::future<Result<>>> waiting;
    for (std::uint64_t i = 0; i < writers; ++i)
        waiting.push_back(
            start_write([](Transaction& tx) { return tx.insert(make_entity<model::Device>()); }));
    release_writer();
    for (std::future<Result<>>& each : waiting) EXPECT_TRUE(each.get());
    EXPECT_LT(commits.value() - before, writers);
    EXPECT_EQ(count<model::Device>({}), static_cast<std::int64_t>(writers));
}

TEST_P(EntityConformance, KeepsEverythingOverARestart) {
    const auto device = make_entity<model::Device>();
    const auto chain = make_entity<model::RuleChain>();
    ASSERT_TRUE(insert(device));
    ASSERT_TRUE(insert(chain));
    ASSERT_TRUE(write([&](Transaction& tx) {
        return tx.save_attributes({device.id, model::AttributeScope::shared, {{"limit", 4.5}}, 9});
    }));
    for (int i = 0; i < 2; ++i) {
        restart();
        EXPECT_EQ(to_json(*find<model::Device>({
                      {"id", device.id.uuid}
        })),
                  to_json(device));
        EXPECT_EQ(to_json(*find<model::RuleChain>({
                      {"id", chain.id.uuid}
        })),
                  to_json(chain));
        EXPECT_EQ(attributes(device.id, model::AttributeScope::shared).size(), 1u);
        const Result<> again = insert(device);
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().code, ErrorCode::conflict);
    }
}

TEST_P(EntityConformance, WritesWithoutACoroutine) {
    const auto device = make_entity<model::Device>();
    EXPECT_TRUE(store_->write_now([&](Transaction& tx) { return tx.insert(device); }));
    EXPECT_TRUE(find<model::Device>({
        {"id", device.id.uuid}
    }));
    EXPECT_EQ(store_->write_now([&](Transaction& tx) { return tx.insert(device); }).error().code,
              ErrorCode::conflict);
}

TEST_P(EntityConformance, AnswersWhatWaitsWhenItStopsAndRefusesAfter) {
    hold_writer();
    const auto device = make_entity<model::Device>();
    std::future<Result<>> waiting = start_write([&](Transaction& tx) { return tx.insert(device); });
    release_writer();
    store_->stop();
    EXPECT_TRUE(waiting.get());
    EXPECT_EQ(insert(device).error().code, ErrorCode::unavailable);
    EXPECT_EQ(read([](Reader&) -> Result<> { return {}; }).error().code, ErrorCode::unavailable);
    EXPECT_EQ(store_->write_now([](Transaction&) -> Result<> { return {}; }).error().code,
              ErrorCode::unavailable);
    store_->stop();
    restart();
    EXPECT_TRUE(find<model::Device>({
        {"id", device.id.uuid}
    }));
}

}  // namespace thingstead::store
