#include "store/sql/event_rows.h"

#include <array>
#include <utility>

#include "store/row.h"

namespace thingstead::store::sql {
namespace {

using model::EventBody;
using model::EventKind;

constexpr std::size_t kinds = std::variant_size_v<EventBody>;
/// In the order of EventKind.
constexpr std::array<std::string_view, kinds> event_table_names{
    "error_event",   "lc_event", "stats_event", "rule_node_debug_event", "rule_chain_debug_event",
    "cf_debug_event"};
constexpr std::size_t base_columns = 5;

template <class Body>
void add_body_columns(Table& table) {
    for_each_field<Body>([&](const auto& field) {
        using Member = typename std::decay_t<decltype(field)>::member_type;
        const ColumnKind kind = ColumnCodec<Member>::kind;
        table.columns.push_back({"body." + std::string(field.name), "e_" + snake_case(field.name),
                                 kind, kind == ColumnKind::text});
    });
}

template <class Body>
Table make_event_table(std::string_view name) {
    Table table{
        std::string(name),
        {{"id", "id", ColumnKind::id},
                        {"createdTime", "created_time", ColumnKind::integer},
                        {"tenantId", "tenant_id", ColumnKind::id},
                        {"entityId", "entity_id", ColumnKind::id},
                        {"serviceId", "service_id", ColumnKind::text}}
    };
    TS_ASSERT(table.columns.size() == base_columns);
    add_body_columns<Body>(table);
    return table;
}

template <std::size_t... I>
std::array<Table, kinds> make_event_tables(std::index_sequence<I...>) {
    return {make_event_table<std::variant_alternative_t<I, EventBody>>(event_table_names[I])...};
}

std::size_t bytes_of(const Row& row) {
    std::size_t bytes = sizeof(Record) + row.size() * sizeof(Cell);
    for (const Cell& cell : row)
        if (const auto* text = std::get_if<std::string>(&cell)) bytes += text->size();
    return bytes;
}

template <class Body>
Result<EventBody> read_body(const Row& row) {
    Body body{};
    std::optional<Error> failed;
    std::size_t at = base_columns;
    for_each_field<Body>([&](const auto& field) {
        using Member = typename std::decay_t<decltype(field)>::member_type;
        const std::size_t column = at++;
        if (failed) return;
        Result<Member> value = ColumnCodec<Member>::read(row[column]);
        if (value)
            body.*field.member = *std::move(value);
        else
            failed = value.error();
    });
    if (failed) return *failed;
    return EventBody(std::move(body));
}

template <std::size_t... I>
Result<EventBody> body_of(EventKind kind, const Row& row, std::index_sequence<I...>) {
    using Read = Result<EventBody> (*)(const Row&);
    static constexpr std::array<Read, kinds> readers{
        &read_body<std::variant_alternative_t<I, EventBody>>...};
    return readers[static_cast<std::size_t>(kind)](row);
}

}  // namespace

const Table& audit_table() { return table_of<model::AuditLog>(); }

const Table& event_table(EventKind kind) {
    static const std::array<Table, kinds> tables =
        make_event_tables(std::make_index_sequence<kinds>());
    return tables[static_cast<std::size_t>(kind)];
}

Record record_of(const model::AuditLog& entry) {
    Record record{&audit_table(), to_row(entry), 0};
    record.bytes = bytes_of(record.row);
    return record;
}

Record record_of(const model::Event& event) {
    Record record{
        &event_table(event.kind()),
        {Cell(event.id), Cell(event.created_time), Cell(event.tenant_id.uuid),
                                   Cell(event.entity_id), Cell(without_nul(event.service_id))},
        0
    };
    std::visit(
        [&](const auto& body) {
            using Body = std::decay_t<decltype(body)>;
            for_each_field<Body>([&](const auto& field) {
                using Member = typename std::decay_t<decltype(field)>::member_type;
                record.row.push_back(ColumnCodec<Member>::write(body.*field.member));
            });
        },
        event.body);
    record.bytes = bytes_of(record.row);
    return record;
}

Result<model::AuditLog> audit_of(const Row& row) { return from_row<model::AuditLog>(row); }

Result<model::Event> event_of(EventKind kind, const Row& row) {
    TS_ASSERT(row.size() == event_table(kind).columns.size());
    model::Event event;
    const auto id = ColumnCodec<Uuid>::read(row[0]);
    const auto time = ColumnCodec<EpochMs>::read(row[1]);
    const auto tenant = ColumnCodec<Uuid>::read(row[2]);
    const auto entity = ColumnCodec<Uuid>::read(row[3]);
    auto service = ColumnCodec<std::string>::read(row[4]);
    Result<EventBody> body = body_of(kind, row, std::make_index_sequence<kinds>());
    if (!id || !time || !tenant || !entity || !service || !body)
        return Error{ErrorCode::internal, "stored data is not as expected", event_table(kind).name};
    event.id = *id;
    event.created_time = *time;
    event.tenant_id = {*tenant};
    event.entity_id = *entity;
    event.service_id = *std::move(service);
    event.body = *std::move(body);
    return event;
}

}  // namespace thingstead::store::sql
