#include "store/sqlite/text_index.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "model/asset.h"
#include "model/entities.h"
#include "model/entity_view.h"

namespace thingstead::store::sqlite {
namespace {

/// Characters of a trigram; shorter texts are in no index.
constexpr std::size_t gram_characters = 3;
/// A longer phrase would cost more than it excludes.
constexpr std::size_t phrase_bytes_max = 1'024;

constexpr std::array indexed_tables{&table_of<model::Device>, &table_of<model::Asset>,
                                    &table_of<model::EntityView>, &table_of<model::Customer>,
                                    &table_of<model::User>};

bool is_indexed(const Table& table) {
    return std::any_of(indexed_tables.begin(), indexed_tables.end(),
                       [&](const auto& each) { return each().name == table.name; });
}

std::string index_name(const Table& table) { return table.name + "_text"; }
std::string view_name(const Table& table) { return table.name + "_searched"; }

/// Three hexadecimal digits of a tenant's id: one trigram, by which the index leaves out most rows
/// of others. They are of the clock's low bits, which differ most.
constexpr std::size_t tenant_digits_from = 12;

std::string tenant_gram_sql(const std::string& row) {
    return "substr(hex(" + row + "\"tenant_id\"), " + std::to_string(tenant_digits_from + 1) +
           ", 3)";
}

std::string tenant_gram(const Uuid& tenant) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto bytes = tenant.ordered_bytes();
    std::string gram;
    for (std::size_t at = tenant_digits_from; at < tenant_digits_from + gram_characters; ++at) {
        const auto byte = static_cast<unsigned>(bytes[at / 2]);
        gram += digits[at % 2 == 0 ? byte >> 4 : byte & 15];
    }
    return gram;
}

/// `tenant gram, "name", …` of the searchable columns, each after `row` ("new."), which may be
/// empty.
std::string texts_sql(const Table& table, const std::string& row) {
    std::string sql = tenant_gram_sql(row);
    for (const Column& column : table.columns)
        if (column.searchable) sql += ", " + row + sql::quoted(column.name);
    return sql;
}

std::string names_sql(const Table& table) {
    std::string sql = "\"tenant\"";
    for (const Column& column : table.columns)
        if (column.searchable) sql += ", " + sql::quoted(column.name);
    return sql;
}

std::string index_sql(const Table& table) {
    return "CREATE VIRTUAL TABLE " + sql::quoted(index_name(table)) + " USING fts5(" +
           names_sql(table) + ", content='" + view_name(table) + "', tokenize='trigram')";
}

std::string view_sql(const Table& table) {
    return "CREATE VIEW " + sql::quoted(view_name(table)) + "(rowid, " + names_sql(table) +
           ") AS SELECT rowid, " + texts_sql(table, "") + " FROM " + sql::quoted(table.name);
}

std::string add_sql(const Table& table) {
    return "INSERT INTO " + sql::quoted(index_name(table)) + "(rowid, " + names_sql(table) +
           ") VALUES (new.rowid, " + texts_sql(table, "new.") + ");";
}

/// An index of FTS5 without texts of its own has to be told what it should forget.
std::string forget_sql(const Table& table) {
    const std::string index = sql::quoted(index_name(table));
    return "INSERT INTO " + index + "(" + index + ", rowid, " + names_sql(table) +
           ") VALUES ('delete', old.rowid, " + texts_sql(table, "old.") + ");";
}

std::string trigger_sql(const Table& table, const char* name, const std::string& when,
                        const std::string& does) {
    return "CREATE TRIGGER " + sql::quoted(index_name(table) + name) + " AFTER " + when + " ON " +
           sql::quoted(table.name) + " BEGIN " + does + " END;";
}

std::string make_sql(const Table& table) {
    const std::string index = sql::quoted(index_name(table));
    std::string changed = "UPDATE OF \"tenant_id\"";
    for (const Column& column : table.columns)
        if (column.searchable) changed += ", " + sql::quoted(column.name);
    std::string sql = "DROP TABLE IF EXISTS " + index + "; DROP VIEW IF EXISTS " +
                      sql::quoted(view_name(table)) + ";";
    for (const char* each : {"_added", "_removed", "_changed"})
        sql += "DROP TRIGGER IF EXISTS " + sql::quoted(index_name(table) + each) + ";";
    return sql + index_sql(table) + ";" + view_sql(table) + ";" +
           trigger_sql(table, "_added", "INSERT", add_sql(table)) +
           trigger_sql(table, "_removed", "DELETE", forget_sql(table)) +
           trigger_sql(table, "_changed", changed, forget_sql(table) + add_sql(table)) +
           "INSERT INTO " + index + "(" + index + ") VALUES ('rebuild');";
}

std::string in_quotes(std::string_view text, char quote) {
    std::string out(1, quote);
    for (const char each : text) {
        out += each;
        if (each == quote) out += quote;
    }
    return out + quote;
}

/// Not if the rows have other numbers than the index knows: VACUUM may give new ones, from 1
/// without gaps, and then the largest differs if any does.
Result<bool> is_up_to_date(Connection& writer, const Table& table) {
    const Result<std::int64_t> found = writer.query_integer(
        "SELECT COUNT(*) FROM sqlite_schema WHERE \"name\" = " +
        in_quotes(index_name(table), '\'') + " AND \"sql\" = " + in_quotes(index_sql(table), '\''));
    if (!found) return found.error();
    if (*found != 1) return false;
    const Result<std::int64_t> same = writer.query_integer(
        "SELECT (SELECT MAX(rowid) FROM " + sql::quoted(table.name) +
        ") IS (SELECT MAX(\"id\") FROM " + sql::quoted(index_name(table) + "_docsize") + ")");
    if (!same) return same.error();
    return *same == 1;
}

bool has_trigrams(std::string_view text) {
    const auto characters =
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
    return static_cast<std::size_t>(characters) >= gram_characters &&
           text.find('\0') == std::string_view::npos && text.size() <= phrase_bytes_max;
}

class TrigramIndex final : public sql::TextIndex {
  public:
    std::optional<sql::TextMatch> match(const Table& table,
                                        const std::vector<const Column*>& columns,
                                        const Uuid& tenant, std::string_view text) const override {
        if (!is_indexed(table) || columns.empty() || !has_trigrams(text)) return std::nullopt;
        std::string names;
        for (const Column* each : columns) {
            if (!each->searchable) return std::nullopt;
            names += (names.empty() ? "" : " ") + sql::quoted(each->name);
        }
        return sql::TextMatch{index_name(table), "(\"tenant\" : \"" + tenant_gram(tenant) +
                                                     "\") AND ({" + names +
                                                     "} : " + in_quotes(text, '"') + ")"};
    }
};

}  // namespace

Result<std::size_t> ensure_text_index(Connection& writer) {
    std::size_t made = 0;
    for (const auto& each : indexed_tables) {
        const Table& table = each();
        const Result<bool> up_to_date = is_up_to_date(writer, table);
        if (!up_to_date) return up_to_date.error();
        if (*up_to_date) continue;
        Result<> done = writer.execute("BEGIN IMMEDIATE;" + make_sql(table) + "COMMIT");
        if (!done) {
            if (writer.in_transaction()) (void)writer.execute("ROLLBACK");
            return done.error();
        }
        ++made;
    }
    return made;
}

const sql::TextIndex& text_index() {
    static const TrigramIndex index;
    return index;
}

}  // namespace thingstead::store::sqlite
