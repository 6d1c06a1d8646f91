#include "rule/replay/unique_rules.h"

#include <algorithm>
#include <optional>
#include <regex>

#include "store/migrations.h"

namespace thingstead::rule {
namespace {

std::vector<std::string> quoted_words(const std::string& text) {
    static const std::regex word("\"([a-z_0-9]+)\"");
    std::vector<std::string> words;
    for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at)
        words.push_back((*at)[1]);
    return words;
}

std::vector<UniqueRule> rules_of(std::string_view sql) {
    static const std::regex index(
        "CREATE UNIQUE INDEX \"([a-z_0-9]+)\"\\s+ON \"([a-z_0-9]+)\"\\s*\\(([^)]*)\\)([^;]*);");
    const std::string text(sql);
    std::vector<UniqueRule> rules;
    for (std::sregex_iterator at(text.begin(), text.end(), index), end; at != end; ++at) {
        UniqueRule rule{(*at)[1], (*at)[2], quoted_words((*at)[3]), {}, {}};
        const std::string only = (*at)[4];
        const std::vector<std::string> named = quoted_words(only);
        if (!named.empty())
            (only.find("NOT NULL") != std::string::npos ? rule.only_with : rule.only_without) =
                named.front();
        rules.push_back(std::move(rule));
    }
    return rules;
}

const store::Cell* cell_of(const store::Table& table, const store::Row& row,
                           const std::string& name) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (table.columns[i].name == name) return &row[i];
    return nullptr;
}

bool concerns(const UniqueRule& rule, const store::Table& table, const store::Row& row) {
    const store::Cell null;
    if (!rule.only_with.empty()) {
        const store::Cell* const cell = cell_of(table, row, rule.only_with);
        if (!cell || *cell == null) return false;
    }
    if (!rule.only_without.empty()) {
        const store::Cell* const cell = cell_of(table, row, rule.only_without);
        if (!cell || *cell != store::Cell(false)) return false;
    }
    return std::all_of(rule.columns.begin(), rule.columns.end(), [&](const std::string& each) {
        const store::Cell* const cell = cell_of(table, row, each);
        return cell && *cell != null;
    });
}

store::Filter others_of(const UniqueRule& rule, const store::Table& table, const store::Row& row) {
    store::Filter filter;
    for (const store::Column& each : table.columns) {
        const bool named =
            std::find(rule.columns.begin(), rule.columns.end(), each.name) != rule.columns.end();
        if (named)
            filter.emplace_back(std::string_view(each.field), *cell_of(table, row, each.name));
        if (each.name == rule.only_without)
            filter.emplace_back(std::string_view(each.field), false);
    }
    return filter;
}

}  // namespace

const std::vector<UniqueRule>& unique_rules() {
    static const std::vector<UniqueRule> all = [] {
        std::vector<UniqueRule> rules;
        for (const store::Migration& each : store::all_migrations())
            for (UniqueRule& rule : rules_of(each.sql)) rules.push_back(std::move(rule));
        return rules;
    }();
    return all;
}

Result<> check_unique(MergedRows& rows, const store::Table& table, const store::Row& row) {
    const std::string own = key_of(table, row);
    for (const UniqueRule& rule : unique_rules()) {
        if (rule.table != table.name || !concerns(rule, table, row)) continue;
        const auto found = rows.all(table, others_of(rule, table, row), 2);
        if (!found) return found.error();
        for (const store::Row& each : *found)
            if (key_of(table, each) != own) return Error{ErrorCode::conflict, rule.name};
    }
    return {};
}

}  // namespace thingstead::rule
