#include "store/sql/event_sql.h"

#include <string_view>
#include <utility>

#include "store/sql/event_rows.h"
#include "store/sql/fold.h"

namespace thingstead::store::sql {
namespace {

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

/// ` WHERE … AND …` with its parameters.
class Where {
  public:
    Where(const Table& table, Mark mark) : table_(table), mark_(mark) {}

    /// `"column" <comparison> parameter`.
    void add(std::string_view column, std::string_view comparison, Cell cell) {
        add_sql(quoted(column) + ' ' + std::string(comparison) + ' ' + parameter(std::move(cell)));
    }
    void add_sql(const std::string& condition) {
        sql_ += (sql_.empty() ? " WHERE " : " AND ") + condition;
    }
    std::string parameter(Cell cell) {
        cells_.push_back(std::move(cell));
        return static_cast<char>(mark_) + std::to_string(cells_.size());
    }

    void within(const TimeWindow& window) {
        if (window.start_ms) add(time_column, ">=", Cell(*window.start_ms));
        if (window.end_ms) add(time_column, "<=", Cell(*window.end_ms));
    }
    void contains(std::string_view column, const std::string& text) {
        add_sql("contains_folded(" + quoted(column) + ", " +
                parameter(Cell(without_nul(fold_case(text)))) + ")");
    }
    /// In any of the searchable columns.
    void search(const std::string& text) {
        if (text.empty()) return;
        std::string any;
        std::string mark;
        for (const Column& column : table_.columns) {
            if (!column.searchable) continue;
            if (mark.empty()) mark = parameter(Cell(without_nul(fold_case(text))));
            any += (any.empty() ? "(" : " OR ") + ("contains_folded(" + quoted(column.name)) +
                   ", " + mark + ")";
        }
        if (!any.empty()) add_sql(any + ")");
    }

    const std::string& sql() const { return sql_; }
    const std::vector<Cell>& cells() const { return cells_; }

  private:
    const Table& table_;
    const Mark mark_;
    std::string sql_;
    std::vector<Cell> cells_;
};

Result<std::string> order_sql(const Table& table, const PageLink& link) {
    const std::string direction = link.descending ? " DESC" : "";
    const std::string by_time = quoted(time_column) + direction + ", \"id\"" + direction;
    const std::string& property = link.sort_property;
    // Ids are made with the time in them: sorted by id is sorted by time.
    if (property.empty() || property == "createdTime" || property == "ts" || property == "id")
        return " ORDER BY " + by_time;
    const Column* column = table.find(property);
    if (!column) return invalid("Unsupported sort property '" + property + "'");
    return " ORDER BY " + quoted(column->name) + direction + " NULLS LAST, " + by_time;
}

/// `SELECT <every column> FROM <table>`.
std::string rows_from(const Table& table) {
    std::string sql;
    for (const Column& column : table.columns)
        sql += (sql.empty() ? "SELECT " : ", ") + quoted(column.name);
    return sql + " FROM " + quoted(table.name);
}

Result<EventPageQuery> page_of(const Table& table, Where where, const PageLink& link) {
    if (link.page_size < 1 || link.page < 0) return invalid("Incorrect page link");
    const Result<std::string> order = order_sql(table, link);
    if (!order) return order.error();
    EventPageQuery page{
        &table, {},
         {"SELECT COUNT(*) FROM " + quoted(table.name) + where.sql(), where.cells()}
    };
    const std::string from = rows_from(table) + where.sql() + *order;
    const std::string limit = where.parameter(Cell(std::int64_t{link.page_size}));
    const std::string offset = where.parameter(Cell(std::int64_t{link.page} * link.page_size));
    page.rows = {from + " LIMIT " + limit + " OFFSET " + offset, where.cells()};
    return page;
}

Result<> add_condition(Where& where, const Table& table, const EventCondition& condition) {
    using Is = EventCondition::Is;
    const Column* column =
        table.find(condition.field == "server" ? "serviceId" : "body." + condition.field);
    if (!column) return invalid("Events have no field '" + condition.field + "'");
    const auto* text = std::get_if<std::string>(&condition.value);
    const auto* number = std::get_if<std::int64_t>(&condition.value);
    const bool is_text = column->kind == ColumnKind::text;
    const bool is_number = column->kind == ColumnKind::integer;
    const bool fits =
        (is_text && text) || (is_number && number) ||
        (column->kind == ColumnKind::boolean && std::holds_alternative<bool>(condition.value)) ||
        (column->kind == ColumnKind::id && std::holds_alternative<Uuid>(condition.value));
    switch (condition.is) {
        case Is::set:   where.add_sql(quoted(column->name) + " IS NOT NULL"); return {};
        case Is::unset: where.add_sql(quoted(column->name) + " IS NULL"); return {};
        case Is::equal:
            if (!fits) break;
            where.add(column->name, "=", text ? Cell(without_nul(*text)) : condition.value);
            return {};
        case Is::containing:
            if (!is_text || !text) break;
            where.contains(column->name, *text);
            return {};
        case Is::at_least:
            if (!is_number || !number) break;
            where.add(column->name, ">=", condition.value);
            return {};
        case Is::at_most:
            if (!is_number || !number) break;
            where.add(column->name, "<=", condition.value);
            return {};
    }
    return invalid("The value asked for in field '" + condition.field + "' does not fit it");
}

Result<Where> where_of(const EventQuery& query, Mark mark) {
    const Table& table = event_table(query.kind);
    Where where(table, mark);
    where.add("tenant_id", "=", Cell(query.tenant.uuid));
    where.add("entity_id", "=", Cell(query.entity));
    where.within(query.window);
    for (const EventCondition& condition : query.conditions)
        if (Result<> added = add_condition(where, table, condition); !added) return added.error();
    where.search(query.link.text_search);
    return where;
}

}  // namespace

Result<EventPageQuery> page_query(const AuditQuery& query, Mark mark) {
    const Table& table = audit_table();
    Where where(table, mark);
    where.add("tenant_id", "=", Cell(query.tenant.uuid));
    if (query.customer) where.add("customer_id", "=", Cell(query.customer->uuid));
    if (query.user) where.add("user_id", "=", Cell(query.user->uuid));
    if (query.entity) {
        where.add("entity_type", "=", Cell(std::string(model::wire_name(query.entity->type))));
        where.add("entity_id", "=", Cell(query.entity->uuid));
    }
    where.within(query.window);
    if (!query.actions.empty()) {
        std::string names;
        for (const model::ActionType action : query.actions)
            names +=
                (names.empty() ? "" : ", ") + where.parameter(Cell(std::string(enum_name(action))));
        where.add_sql("\"action_type\" IN (" + names + ")");
    }
    where.search(query.link.text_search);
    return page_of(table, std::move(where), query.link);
}

Result<EventPageQuery> page_query(const EventQuery& query, Mark mark) {
    Result<Where> where = where_of(query, mark);
    if (!where) return where.error();
    return page_of(event_table(query.kind), *std::move(where), query.link);
}

Result<Query> remove_query(const EventQuery& query, Mark mark) {
    const Result<Where> where = where_of(query, mark);
    if (!where) return where.error();
    return Query{"DELETE FROM " + quoted(event_table(query.kind).name) + where->sql(),
                 where->cells()};
}

}  // namespace thingstead::store::sql
