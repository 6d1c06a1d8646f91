// Following relations, in graphs drawn as texts: "a>b" is a relation from a to b.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/relation/relation.h"

namespace thingstead::core {
namespace {

using model::EntityType;
using model::Relation;
using model::RelationsSearch;
using model::SearchDirection;

/// Ids by letter: the first of each id is its letter.
Uuid id_of(char letter) { return {static_cast<std::uint64_t>(letter), 1}; }
char letter_of(const Uuid& id) { return static_cast<char>(id.msb); }

/// Capital letters are assets, small ones devices.
EntityType type_of(char letter) { return letter >= 'a' ? EntityType::device : EntityType::asset; }

/// "A>b A>c:Manages": the type is Contains unless it is said.
std::vector<Relation> drawn(std::string_view graph) {
    std::vector<Relation> out;
    while (!graph.empty()) {
        const std::size_t end = std::min(graph.find(' '), graph.size());
        const std::string_view edge = graph.substr(0, end);
        Relation relation;
        relation.from_id = id_of(edge[0]);
        relation.from_type = type_of(edge[0]);
        relation.to_id = id_of(edge[2]);
        relation.to_type = type_of(edge[2]);
        relation.type = edge.size() > 4 ? edge.substr(4) : model::contains_type;
        out.push_back(std::move(relation));
        graph.remove_prefix(std::min(end + 1, graph.size()));
    }
    return out;
}

/// A store of relations alone.
class Graph final : public store::Reader {
  public:
    explicit Graph(std::vector<Relation> relations) : relations_(std::move(relations)) {}

    Result<std::vector<model::Attribute>> attributes(model::EntityId, model::AttributeScope,
                                                     const std::vector<std::string>&) override {
        return std::vector<model::Attribute>();
    }

  protected:
    Result<std::vector<store::Row>> all_rows(const store::Table& table, const store::Filter& filter,
                                             std::int32_t limit) override {
        std::vector<store::Row> out;
        for (const Relation& each : relations_) {
            const store::Row row = store::to_row(each);
            const bool fits =
                std::all_of(filter.begin(), filter.end(), [&](const store::Condition& one) {
                    const auto column =
                        static_cast<std::size_t>(table.find(one.field) - table.columns.data());
                    return std::find(one.cells.begin(), one.cells.end(), row[column]) !=
                           one.cells.end();
                });
            if (fits && out.size() < static_cast<std::size_t>(limit)) out.push_back(row);
        }
        return out;
    }
    Result<std::optional<store::Row>> find_row(const store::Table&, const store::Filter&) override {
        return std::optional<store::Row>();
    }
    Result<store::RowPage> page_rows(const store::Table&, const store::Filter&,
                                     const store::PageLink&) override {
        return store::RowPage();
    }
    Result<std::int64_t> count_rows(const store::Table&, const store::Filter&) override {
        return std::int64_t{0};
    }
    Result<std::vector<store::Cell>> distinct_cells(const store::Table&, std::string_view,
                                                    const store::Filter&) override {
        return std::vector<store::Cell>();
    }
    Result<std::int64_t> sum_cells(const store::Table&, std::string_view,
                                   const store::Filter&) override {
        return std::int64_t{0};
    }

  private:
    std::vector<Relation> relations_;
};

std::string text_of(const std::vector<model::EntityRelation>& relations) {
    std::string out;
    for (const model::EntityRelation& each : relations) {
        if (!out.empty()) out += ' ';
        out += letter_of(each.from.uuid);
        out += '>';
        out += letter_of(each.to.uuid);
    }
    return out;
}

struct Row {
    const char* name;
    const char* graph;
    char root;
    SearchDirection direction;
    int levels;
    bool last_only;
    const char* type;    ///< "": any.
    const char* wanted;  ///< "a": devices; "A": assets; "": any.
    const char* found;
};
constexpr SearchDirection from = SearchDirection::from, to = SearchDirection::to;

constexpr Row rows[] = {
    // name                    graph                     root dir. levels last   type kind found
    {"nothing",                 "",                    'A', from, 1,  false, "",         "",  ""                   },
    {"one level",               "A>B A>c B>d",         'A', from, 1,  false, "",         "",  "A>B A>c"            },
    {"two levels",              "A>B A>c B>d d>e",     'A', from, 2,  false, "",         "",  "A>B A>c B>d"        },
    {"all levels",              "A>B B>C C>d",         'A', from, 0,  false, "",         "",  "A>B B>C C>d"        },
    {"below zero",              "A>B B>C C>d",         'A', from, -1, false, "",         "",  "A>B B>C C>d"        },
    {"against them",            "A>B B>c D>B",         'c', to,   2,  false, "",         "",  "B>c A>B D>B"        },
    {"not the others",          "A>b C>d",             'A', from, 0,  false, "",         "",  "A>b"                },
    {"a circle",                "A>B B>C C>A",         'A', from, 0,  false, "",         "",  "A>B B>C C>A"        },
    {"to oneself",              "A>A A>b",             'A', from, 0,  false, "",         "",  "A>A A>b"            },
    {"a diamond once",          "A>B A>C B>d C>d d>e", 'A', from, 0,  false, "",         "",  "A>B A>C B>d C>d d>e"},
    {"of a type",               "A>b A>c:Manages",     'A', from, 1,  false, "Manages",  "",  "A>c"                },
    {"through another type",    "A>B:Manages B>c",     'A', from, 0,  false, "Contains", "",  "B>c"                },
    {"of a kind",               "A>B B>c A>d",         'A', from, 0,  false, "",         "a", "A>d B>c"            },
    {"ends of branches",        "A>B B>c A>d",         'A', from, 0,  true,  "",         "",  "A>d B>c"            },
    {"ends at the depth asked", "A>B B>C C>d A>e",     'A', from, 2,  true,  "",         "",  "A>e B>C"            },
    {"ends of what fits",       "A>B B>C C>d",         'A', from, 0,  true,  "",         "A", "B>C"                },
};

TEST(RelatedRelations, FindsWhatEachRowDraws) {
    const ManualClock clock;
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        Graph graph(drawn(row.graph));
        RelationsSearch search;
        search.root_id = id_of(row.root);
        search.root_type = type_of(row.root);
        search.direction = row.direction;
        search.level_max = row.levels;
        search.last_level_only = row.last_only;
        std::vector<model::RelationFilter> filters;
        if (*row.type || *row.wanted) {
            filters.emplace_back().type = row.type;
            if (*row.wanted) filters.back().entity_types = {type_of(*row.wanted)};
        }
        const auto found = related_relations(graph, search, filters, clock);
        ASSERT_TRUE(found) << found.error().message;
        EXPECT_EQ(text_of(*found), row.found);
    }
}

TEST(RelatedRelations, FollowsNoMoreThanItsLevels) {
    // A chain of 60: 50 levels are looked at.
    std::vector<Relation> chain;
    for (std::uint64_t i = 0; i < 60; ++i) {
        Relation relation;
        relation.from_id = {i, 7};
        relation.to_id = {i + 1, 7};
        relation.from_type = relation.to_type = EntityType::asset;
        relation.type = model::contains_type;
        chain.push_back(relation);
    }
    Graph graph(chain);
    RelationsSearch search;
    search.root_id = {0, 7};
    search.root_type = EntityType::asset;
    search.level_max = 0;
    const ManualClock clock;
    const auto found = related_relations(graph, search, {}, clock);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->size(), static_cast<std::size_t>(relation_level_max));
}

/// Runs on by ten seconds each time it is looked at.
class HurryingClock final : public Clock {
  public:
    EpochMs now_ms() const override { return 0; }
    std::chrono::steady_clock::time_point steady_now() const override {
        return std::chrono::steady_clock::time_point(std::chrono::seconds(10 * looks_++));
    }

  private:
    mutable int looks_ = 0;
};

TEST(RelatedRelations, EndsWhenItsTimeIsOver) {
    Graph graph(drawn("A>B B>C C>D D>E"));
    RelationsSearch search;
    search.root_id = id_of('A');
    search.root_type = EntityType::asset;
    search.level_max = 0;
    const HurryingClock clock;
    const auto found = related_relations(graph, search, {}, clock);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::timeout);
}

}  // namespace
}  // namespace thingstead::core
