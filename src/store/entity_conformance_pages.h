// Part of store/entity_conformance.h: filters, pages, sorting, search.
#pragma once
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "store/attribute_flag.h"
#include "store/entity_conformance_fixture.h"

namespace thingstead::store {

inline std::vector<std::string> names_of(const Page<model::Device>& page) {
    std::vector<std::string> names;
    for (const model::Device& each : page.data) names.push_back(each.name);
    return names;
}

TEST_P(EntityConformance, FiltersByEveryKindOfColumnAndByNull) {
    const model::TenantId tenant = model::TenantId::make();
    model::Device plain = make_device(tenant, "plain");
    model::Device full = make_device(tenant, "full");
    full.label = "labelled";
    full.firmware_id = model::OtaPackageId::make();
    full.version = 3;
    ASSERT_TRUE(insert(plain));
    ASSERT_TRUE(insert(full));
    struct Case {
        Filter filter;
        std::vector<std::string> names;
    };
    const Case rows[] = {
        {{{"tenantId", tenant.uuid}},                                                   {"full", "plain"}},
        {{{"tenantId", tenant.uuid}, {"label", Cell()}},                                {"plain"}        },
        {{{"label", std::string("labelled")}},                                          {"full"}         },
        {{{"firmwareId", full.firmware_id->uuid}},                                      {"full"}         },
        {{{"version", std::int64_t{3}}},                                                {"full"}         },
        {{{"version", Cell()}, {"firmwareId", Cell()}, {"name", std::string("plain")}}, {"plain"}        },
        {{{"name", std::string("PLAIN")}},                                              {}               },
        {{{"tenantId", model::TenantId::make().uuid}},                                  {}               },
    };
    for (const Case& row : rows) {
        EXPECT_EQ(names_of(page(row.filter, {.sort_property = "name"})), row.names);
        EXPECT_EQ(count<model::Device>(row.filter), static_cast<std::int64_t>(row.names.size()));
        EXPECT_EQ(find<model::Device>(row.filter).has_value(), !row.names.empty());
    }
    auto is_default = make_entity<model::DeviceProfile>();
    is_default.is_default = true;
    auto other = make_entity<model::DeviceProfile>();
    other.is_default = false;
    ASSERT_TRUE(insert(is_default));
    ASSERT_TRUE(insert(other));
    EXPECT_EQ(find<model::DeviceProfile>({
                                             {"default", true}
    })
                  ->id,
              is_default.id);
    EXPECT_EQ(find<model::DeviceProfile>({
                                             {"default", false}
    })
                  ->id,
              other.id);
}

TEST_P(EntityConformance, FiltersByRowsOfAnotherTable) {
    const model::TenantId tenant = model::TenantId::make();
    const model::Device active = make_device(tenant, "active"),
                        passive = make_device(tenant, "passive"),
                        unknown = make_device(tenant, "unknown");
    for (const model::Device* each : {&active, &passive, &unknown}) ASSERT_TRUE(insert(*each));
    ASSERT_TRUE(write([&](Transaction& tx) -> Result<> {
        for (const model::Device* each : {&active, &passive})
            if (Result<> done = tx.save_attributes(
                    {each->id, model::AttributeScope::server, {{"active", each == &active}}, 1});
                !done)
                return done;
        return tx.save_attributes(
            {unknown.id, model::AttributeScope::client, {{"active", true}}, 1});
    }));
    const Filter flag = {
        {"attributeType", std::int64_t{2}      },
        {"attributeKey",  std::string("active")},
        {"boolV",         true                 }
    };
    const Condition of_tenant("tenantId", tenant.uuid);
    const PageLink by_name{.sort_property = "name"};
    EXPECT_EQ(names_of(page({of_tenant, has_row<AttributeFlag>("id", "entityId", flag)}, by_name)),
              (std::vector<std::string>{"active"}));
    EXPECT_EQ(
        names_of(page({of_tenant, has_no_row<AttributeFlag>("id", "entityId", flag)}, by_name)),
        (std::vector<std::string>{"passive", "unknown"}));
    EXPECT_FALSE(try_page({has_row<AttributeFlag>("name", "entityId", flag)}, by_name));
    EXPECT_FALSE(try_page({has_row<model::Device>("id", "id", {})}, by_name));
}

TEST_P(EntityConformance, RefusesAFilterThatFitsNoColumn) {
    for (const Filter& filter :
         {Filter{{"nosuch", std::string("x")}}, Filter{{"tenantId", std::string("text for an id")}},
          Filter{{"name", std::int64_t{5}}}}) {
        const Result<Page<model::Device>> answer = try_page(filter, {});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, ErrorCode::internal);
    }
}

TEST_P(EntityConformance, CutsPagesWithTrueTotals) {
    const model::TenantId tenant = model::TenantId::make();
    ASSERT_TRUE(write([&](Transaction& tx) -> Result<> {
        for (int i = 0; i < 7; ++i)
            if (Result<> done = tx.insert(make_device(tenant, "d" + std::to_string(i))); !done)
                return done;
        return tx.insert(make_device(model::TenantId::make(), "foreign"));
    }));
    const Filter filter = {
        {"tenantId", tenant.uuid}
    };
    struct Case {
        std::int32_t size, page;
        std::vector<std::string> names;
        std::int64_t pages;
        bool next;
    };
    const Case rows[] = {
        {3,   0,                                        {"d0", "d1", "d2"},                         3, true },
        {3,   1,                                        {"d3", "d4", "d5"},                         3, true },
        {3,   2,                                        {"d6"},                                     3, false},
        {3,   3,                                        {},                                         3, false},
        {7,   0,                                        {"d0", "d1", "d2", "d3", "d4", "d5", "d6"}, 1, false},
        {7,   1,                                        {},                                         1, false},
        {100, 0,                                        {"d0", "d1", "d2", "d3", "d4", "d5", "d6"}, 1, false},
        {100, std::numeric_limits<std::int32_t>::max(), {},                                         1, false},
    };
    for (const Case& row : rows) {
        SCOPED_TRACE(testing::Message() << row.size << " " << row.page);
        const Page<model::Device> got =
            page(filter, {.page_size = row.size, .page = row.page, .sort_property = "name"});
        EXPECT_EQ(names_of(got), row.names);
        EXPECT_EQ(got.total_elements, 7);
        EXPECT_EQ(got.total_pages, row.pages);
        EXPECT_EQ(got.has_next, row.next);
    }
    const Page<model::Device> none = page(
        {
            {"tenantId", model::TenantId::make().uuid}
    },
        {});
    EXPECT_EQ(none.total_elements, 0);
    EXPECT_EQ(none.total_pages, 0);
    EXPECT_FALSE(none.has_next);
}

TEST_P(EntityConformance, OrdersByIdWhichIsTheOrderOfCreation) {
    const model::TenantId tenant = model::TenantId::make();
    std::vector<std::string> names;
    std::vector<model::Device> devices;
    for (int i = 0; i < 40; ++i) {
        names.push_back("n" + std::to_string((i * 17) % 40));
        devices.push_back(make_device(tenant, names.back()));
    }
    for (auto each = devices.rbegin(); each != devices.rend(); ++each) ASSERT_TRUE(insert(*each));
    const Filter filter = {
        {"tenantId", tenant.uuid}
    };
    EXPECT_EQ(names_of(page(filter, {.page_size = 100})), names);
    std::reverse(names.begin(), names.end());
    EXPECT_EQ(names_of(page(filter, {.page_size = 100, .sort_property = "id", .descending = true})),
              names);
}

TEST_P(EntityConformance, SortsWithNullsLastAndTiesById) {
    const model::TenantId tenant = model::TenantId::make();
    const std::vector<std::pair<const char*, const char*>> rows = {
        {"1", "b"    },
        {"2", nullptr},
        {"3", "a"    },
        {"4", "b"    },
        {"5", nullptr},
        {"6", "c"    }
    };
    for (const auto& [name, label] : rows) {
        model::Device device = make_device(tenant, name);
        if (label) device.label = label;
        ASSERT_TRUE(insert(device));
    }
    const Filter filter = {
        {"tenantId", tenant.uuid}
    };
    EXPECT_EQ(names_of(page(filter, {.sort_property = "label"})),
              (std::vector<std::string>{"3", "1", "4", "6", "2", "5"}));
    EXPECT_EQ(names_of(page(filter, {.sort_property = "label", .descending = true})),
              (std::vector<std::string>{"6", "1", "4", "3", "2", "5"}));
    EXPECT_EQ(names_of(page(filter, {.sort_property = "createdTime", .descending = true})),
              (std::vector<std::string>{"6", "5", "4", "3", "2", "1"}));
}

TEST_P(EntityConformance, RefusesToSortByWhatIsNoField) {
    for (const std::string property : {"nosuch", "device_profile_id", "name\" --", "1"}) {
        const Result<Page<model::Device>> answer = try_page({}, {.sort_property = property});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, ErrorCode::invalid_argument);
        EXPECT_EQ(answer.error().message, "Unsupported sort property '" + property + "'");
    }
}

TEST_P(EntityConformance, RefusesAPageWithoutRowsOrBeforeTheFirst) {
    EXPECT_EQ(try_page({}, {.page_size = 0}).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(try_page({}, {.page = -1}).error().code, ErrorCode::invalid_argument);
}

TEST_P(EntityConformance, SearchFollowsWhatRowsBecome) {
    const model::TenantId tenant = model::TenantId::make(), other = model::TenantId::make();
    model::Device renamed = make_device(tenant, "old name");
    const model::Device removed = make_device(tenant, "old removed");
    ASSERT_TRUE(insert(renamed));
    ASSERT_TRUE(insert(removed));
    ASSERT_TRUE(insert(make_device(other, "old of others")));
    const auto found = [&](const std::string& text) {
        return names_of(page(
            {
                {"tenantId", tenant.uuid}
        },
            {.text_search = text, .sort_property = "name"}));
    };
    EXPECT_EQ(found("OLD"), (std::vector<std::string>{"old name", "old removed"}));
    renamed.name = R"(say "AND" (x*) OR name:y)";
    renamed.label = "old label";
    ASSERT_TRUE(write([&](Transaction& tx) -> Result<> {
        if (Result<> done = tx.update(renamed); !done) return done;
        const Result<std::int64_t> gone = tx.remove<model::Device>({
            {"id", removed.id.uuid}
        });
        return gone ? Result<>() : gone.error();
    }));
    for (const std::string text : {R"("and")", "(X*)", "or name:Y", R"(" ()", "old label", "old"})
        EXPECT_EQ(found(text), std::vector<std::string>{renamed.name}) << text;
    for (const std::string text :
         {"old name", "removed", "of others", R"("or")", "label say", "*y"})
        EXPECT_EQ(found(text), std::vector<std::string>{}) << text;
    renamed.tenant_id = other;
    ASSERT_TRUE(write([&](Transaction& tx) { return tx.update(renamed); }));
    EXPECT_EQ(found("old"), std::vector<std::string>{});
}

TEST_P(EntityConformance, SearchesTextWithoutCaseAndWithoutWildcards) {
    const model::TenantId tenant = model::TenantId::make();
    const auto add = [&](const std::string& name, const char* label, const std::string& type) {
        model::Device device = make_device(tenant, name);
        if (label) device.label = label;
        device.type = type;
        ASSERT_TRUE(insert(device));
    };
    add("Boiler 100%", nullptr, "heating");
    add("boiler_2", "Kellergeschoß", "heating");
    add("Pump A", "ÄUSSERE Tür", "PUMP\\TYPE");
    add("Насос", "it's", "other");
    const Filter filter = {
        {"tenantId", tenant.uuid}
    };
    struct Case {
        std::string text;
        std::vector<std::string> names;
    };
    const Case rows[] = {
        {"",        {"Boiler 100%", "Pump A", "boiler_2", "Насос"}},
        {"BOILER",  {"Boiler 100%", "boiler_2"}                   },
        {"oil",     {"Boiler 100%", "boiler_2"}                   },
        {"%",       {"Boiler 100%"}                               },
        {"_",       {"boiler_2"}                                  },
        {"\\",      {"Pump A"}                                    },
        {"'",       {"Насос"}                                     },
        {"heat",    {"Boiler 100%", "boiler_2"}                   },
        {"keller",  {"boiler_2"}                                  },
        {"äussere", {"Pump A"}                                    },
        {"НАСОС",   {"Насос"}                                     },
        {"b%r",     {}                                            },
        {"nothing", {}                                            },
    };
    for (const Case& row : rows) {
        SCOPED_TRACE(row.text);
        const Page<model::Device> got =
            page(filter, {.text_search = row.text, .sort_property = "name"});
        EXPECT_EQ(names_of(got), row.names);
        EXPECT_EQ(got.total_elements, static_cast<std::int64_t>(row.names.size()));
    }
    const Page<model::Device> second =
        page(filter, {.page_size = 1, .page = 1, .text_search = "BOILER", .sort_property = "name"});
    EXPECT_EQ(names_of(second), std::vector<std::string>{"boiler_2"});
    EXPECT_EQ(second.total_elements, 2);
    const Page<model::Device> past =
        page(filter, {.page_size = 1, .page = 2, .text_search = "BOILER"});
    EXPECT_TRUE(past.data.empty());
    EXPECT_EQ(past.total_elements, 2);
}

}  // namespace thingstead::store
