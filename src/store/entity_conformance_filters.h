// Part of store/entity_conformance.h: conditions of every kind, rows of other tables, changes of
// many rows, tables without ids.
#pragma once
#include <string>
#include <vector>

#include "model/entity_group.h"
#include "model/field_state.h"
#include "model/relation.h"
#include "store/entity_conformance_pages.h"

namespace thingstead::store {

class EntityFilters : public EntityConformance {
  protected:
    void SetUp() override {
        EntityConformance::SetUp();
        customer_ = make_entity<model::Customer>(true);
        customer_.tenant_id = tenant_;
        customer_.title = "Zebra";
        ASSERT_TRUE(insert(customer_));
        const std::pair<const char*, std::int64_t> rows[] = {
            {"Ärmel", 1},
            {"beta",  2},
            {"gamma", 3},
            {"delta", 4}
        };
        for (const auto& [name, version] : rows) {
            model::Device device = make_device(tenant_, name);
            device.version = version;
            device.customer_id = version % 2 == 0 ? customer_.id : model::no_customer;
            if (version > 2) device.label = "late";
            ASSERT_TRUE(insert(device));
            devices_.push_back(device);
        }
    }

    std::vector<std::string> found(Condition condition) {
        return names_of(page(
            {
                {"tenantId", tenant_.uuid},
                std::move(condition)
        },
            {.sort_property = "version"}));
    }

    const model::TenantId tenant_ = model::TenantId::make();
    model::Customer customer_;
    std::vector<model::Device> devices_;
};

TEST_P(EntityFilters, CompareInEveryWay) {
    using Names = std::vector<std::string>;
    const Cell three(std::int64_t{3});
    EXPECT_EQ(found({"version", Compare::at_least, three}), (Names{"gamma", "delta"}));
    EXPECT_EQ(found({"version", Compare::at_most, three}), (Names{"Ärmel", "beta", "gamma"}));
    EXPECT_EQ(found({"version", Compare::not_equal, three}), (Names{"Ärmel", "beta", "delta"}));
    EXPECT_EQ(found({"label", Compare::not_equal, Cell()}), (Names{"gamma", "delta"}));
    EXPECT_EQ(found({"label", Compare::not_equal, Cell(std::string("late"))}),
              (Names{"Ärmel", "beta"}))
        << "nothing is not equal to something";
    EXPECT_EQ(found({"name", Compare::starts_with, Cell(std::string("Är"))}), (Names{"Ärmel"}));
    EXPECT_EQ(found({"name", Compare::starts_with, Cell(std::string("är"))}), Names());
    EXPECT_EQ(found({"name", Compare::contains, Cell(std::string("äRM"))}), (Names{"Ärmel"}));
    EXPECT_EQ(found({"name", Compare::contains, Cell(std::string("%"))}), Names());
    EXPECT_EQ(found({
                  "version", Compare::one_of, std::vector<Cell>{std::int64_t{1}, three}
    }),
              (Names{"Ärmel", "gamma"}));
    EXPECT_EQ(found({"version", Compare::one_of, std::vector<Cell>()}), Names());
    EXPECT_EQ(found({
                  "version", Compare::none_of, std::vector<Cell>{std::int64_t{1}, three}
    }),
              (Names{"beta", "delta"}));
    EXPECT_EQ(found({"version", Compare::none_of, std::vector<Cell>()}).size(), 4u);
    EXPECT_EQ(found(one_of("id", std::vector<model::DeviceId>{devices_[1].id})), (Names{"beta"}));
}

TEST_P(EntityFilters, TakeAlternativesAndRowsOfOtherTables) {
    using Names = std::vector<std::string>;
    const Filter early{
        {"version", std::int64_t{1}}
    };
    const Filter of_customer{
        {"customerId", customer_.id.uuid},
        {"label",      Cell()           }
    };
    EXPECT_EQ(found(either({early, of_customer})), (Names{"Ärmel", "beta"}));
    EXPECT_EQ(found(either({})), Names());
    EXPECT_EQ(found(chosen_from<model::Customer>("customerId", "id",
                                                 {
                                                     {"title", std::string("Zebra")}
    })),
              (Names{"beta", "delta"}));
    model::EntityGroupMember member;
    member.group_id = model::EntityGroupId::make();
    member.entity_id = devices_[2].id.uuid;
    ASSERT_TRUE(insert(member));
    EXPECT_EQ(found(chosen_from<model::EntityGroupMember>("id", "entityId",
                                                          {
                                                              {"groupId", member.group_id.uuid}
    })),
              (Names{"gamma"}));
}

TEST_P(EntityFilters, RefuseWhatDoesNotFitTheTable) {
    const Cell text(std::string("x"));
    const Condition wrong[] = {
        {"nosuch", Compare::at_least, text},
        {"version", Compare::at_least, text},
        {"version", Compare::at_least, Cell()},
        {"version", Compare::one_of, std::vector<Cell>{std::int64_t{1}, text}},
        chosen_from<model::Customer>("customerId", "title", {}
        ),
        chosen_from<model::Customer>("customerId", "nosuch", {}
        ),
        either({Filter{{"nosuch", text}}}
        ),
    };
    for (const Condition& each : wrong) {
        const auto answer = try_page({each}, {});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, ErrorCode::internal);
    }
    Condition deep = {"version", std::int64_t{1}};
    for (int i = 0; i < 20; ++i) deep = either({Filter{deep}});
    EXPECT_EQ(try_page({deep}, {}).error().code, ErrorCode::internal);
}

TEST_P(EntityFilters, SortAndSearchByWhatARowRefersTo) {
    PageLink link{.sort_property = "customerTitle"};
    link.lookups.push_back(
        {"customerTitle", "customerId", &table_of<model::Customer>, "title", true});
    const Filter ours{
        {"tenantId", tenant_.uuid}
    };
    EXPECT_EQ(names_of(page(ours, link)),
              (std::vector<std::string>{"beta", "delta", "Ärmel", "gamma"}))
        << "those without come last";
    link.text_search = "ZEB";
    EXPECT_EQ(names_of(page(ours, link)), (std::vector<std::string>{"beta", "delta"}));
    link.search_fields = {"label"};
    link.text_search = "LATE";
    link.sort_property = "version";
    EXPECT_EQ(names_of(page(ours, link)), (std::vector<std::string>{"gamma", "delta"}));
}

TEST_P(EntityFilters, TellDifferentValuesAndSums) {
    const Filter ours{
        {"tenantId", tenant_.uuid}
    };
    const Result<> done = read([&](Reader& reader) -> Result<> {
        const auto labels = reader.distinct<model::Device>("label", ours);
        if (!labels) return labels.error();
        EXPECT_EQ(*labels, std::vector<Cell>{std::string("late")});
        const auto sum = reader.sum<model::Device>("version", ours);
        if (!sum) return sum.error();
        EXPECT_EQ(*sum, 10);
        const auto none =
            reader.sum<model::Device>("version", {
                                                     {"name", std::string("nobody")}
        });
        if (!none) return none.error();
        EXPECT_EQ(*none, 0);
        const auto two = reader.all<model::Device>(ours, 2);
        if (!two) return two.error();
        EXPECT_EQ(two->size(), 2u);
        EXPECT_EQ(reader.sum<model::Device>("name", ours).error().code, ErrorCode::internal);
        return {};
    });
    EXPECT_TRUE(done) << done.error().message << " " << done.error().detail;
}

TEST_P(EntityFilters, ChangeManyRowsAtOnce) {
    std::int64_t changed = -1;
    const Result<> done = write([&](Transaction& transaction) -> Result<> {
        const auto count = transaction.change<model::Device>(
            {
                {"type",  std::string("other")},
                {"label", Cell()              }
        },
            {{"customerId", customer_.id.uuid}});
        if (!count) return count.error();
        changed = *count;
        EXPECT_EQ(transaction
                      .change<model::Device>(
                          {
                              {"type", std::string("x")}
        },
                          {})
                      .error()
                      .code,
                  ErrorCode::internal);
        return {};
    });
    ASSERT_TRUE(done) << done.error().message << " " << done.error().detail;
    EXPECT_EQ(changed, 2);
    EXPECT_EQ(count<model::Device>({
                  {"type", std::string("other")}
    }),
              2);
    EXPECT_EQ(found({"label", Compare::not_equal, Cell()}), (std::vector<std::string>{"gamma"}));
}

TEST_P(EntityFilters, PutRowsOfTablesWithoutIds) {
    model::Relation relation;
    relation.from_id = devices_[0].id.uuid;
    relation.from_type = model::EntityType::device;
    relation.to_id = devices_[1].id.uuid;
    relation.to_type = model::EntityType::device;
    relation.type = "Contains";
    relation.version = 1;
    const auto put = [&] {
        return write([&](Transaction& transaction) { return transaction.put(relation); });
    };
    ASSERT_TRUE(put());
    EXPECT_EQ(insert(relation).error().code, ErrorCode::conflict);
    relation.additional_info = json::object{
        {"note", "again"}
    };
    relation.version = 2;
    ASSERT_TRUE(put());
    const Filter from{
        {"fromId", relation.from_id}
    };
    EXPECT_EQ(count<model::Relation>(from), 1);
    EXPECT_EQ(find<model::Relation>(from)->version, 2);
    relation.type = "Manages";
    ASSERT_TRUE(put());
    EXPECT_EQ(count<model::Relation>(from), 2);
    model::CustomerBranch branch{customer_.id, customer_.id};
    for (int i = 0; i < 2; ++i)
        ASSERT_TRUE(write([&](Transaction& transaction) { return transaction.put(branch); }));
    EXPECT_EQ(count<model::CustomerBranch>({
                  {"ancestorId", customer_.id.uuid}
    }),
              1);
}

TEST_P(EntityConformance, KeepsRowsOfTwoKeysThatAreReadInSteps) {
    using model::FieldState;
    std::vector<FieldState> rows;
    for (std::size_t i = 0; i < 10; ++i) {
        FieldState& row = rows.emplace_back(make_entity<FieldState>());
        row.entity_id = {model::EntityType::device, new_random_uuid()};
        row.owner_id = {
            i % 2 == 0 ? model::EntityType::rule_node : model::EntityType::calculated_field,
            new_random_uuid()};
        if (i % 5 == 0) row.due_ts.reset();
    }
    ASSERT_TRUE(write([&](Transaction& tx) -> Result<> {
        for (const FieldState& each : rows)
            if (Result<> put = tx.put(each); !put) return put;
        return {};
    }));
    const auto cell = [](model::EntityId id) { return ColumnCodec<model::EntityId>::write(id); };
    const Filter of_second{
        {"entityId", cell(rows[1].entity_id)},
        {"ownerId",  cell(rows[1].owner_id) }
    };
    ASSERT_TRUE(write([&](Transaction& tx) -> Result<> {
        const auto changed = tx.change<FieldState>(
            {
                {"dueTs", Cell()                           },
                {"state", json_cell(json::object{{"n", 1}})}
        },
            of_second);
        EXPECT_EQ(changed.value(), 1);
        const auto none = tx.change<FieldState>(
            {
                {"dueTs", Cell()}
        },
            {{"entityId", cell(rows[1].entity_id)}, {"ownerId", cell(rows[2].owner_id)}});
        EXPECT_EQ(none.value(), 0);
        return {};
    }));
    const auto changed = find<FieldState>(of_second);
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->due_ts, std::nullopt);
    EXPECT_EQ(json::serialize(changed->state), R"({"n":1})");
    std::size_t seen = 0;
    std::string last;
    const Result<> read_all = read([&](Reader& reader) -> Result<> {
        seen = 0;
        last.clear();
        for (;;) {
            auto step = reader.all<FieldState>(
                {
                    {"ownerId",  Compare::starts_with, std::string("RULE_NODE:")},
                    {"dueTs",    Compare::not_equal,   Cell()                   },
                    {"entityId", Compare::at_least,    last                     }
            },
                2);
            if (!step) return step.error();
            std::erase_if(
                *step, [&](const FieldState& each) { return cell(each.entity_id) == Cell(last); });
            if (step->empty()) return {};
            seen += step->size();
            last = std::get<std::string>(cell(step->back().entity_id));
        }
    });
    ASSERT_TRUE(read_all) << read_all.error().detail;
    EXPECT_EQ(seen, 4u) << "five of nodes, one without a time";
}

}  // namespace thingstead::store
