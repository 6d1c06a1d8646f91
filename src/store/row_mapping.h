// How the functions of store/row.h come about, for the file that compiles them for its entities:
//   #include "store/row_mapping.h"
//   TS_MAP_ROWS(model::Device)            in namespace thingstead::store
#pragma once
#include "store/row.h"

#define TS_MAP_ROWS(T)                       \
    template const Table& table_of<T>();     \
    template Row to_row<T>(const T& entity); \
    template Result<T> from_row<T>(const Row& row);

namespace thingstead::store {

template <Described T>
const Table& table_of() {
    static const Table table = [] {
        Table made{std::string(table_name(static_cast<const T*>(nullptr))), {}};
        std::vector<std::size_t> key;
        for_each_field<T>([&](const auto& field) {
            using Member = typename std::decay_t<decltype(field)>::member_type;
            if (field.facts.wire_only) return;
            if (field.facts.key) key.push_back(made.columns.size());
            made.columns.push_back({std::string(field.name), snake_case(field.name),
                                    ColumnCodec<Member>::kind, field.facts.searchable});
        });
        if (key.empty()) key.push_back(0);
        made.key = std::move(key);
        return made;
    }();
    return table;
}

template <Described T>
Row to_row(const T& entity) {
    Row row;
    row.reserve(table_of<T>().columns.size());
    for_each_field<T>([&](const auto& field) {
        using Member = typename std::decay_t<decltype(field)>::member_type;
        if (field.facts.wire_only) return;
        row.push_back(ColumnCodec<Member>::write(entity.*field.member));
    });
    return row;
}

template <Described T>
Result<T> from_row(const Row& row) {
    const Table& table = table_of<T>();
    TS_ASSERT(row.size() == table.columns.size());
    T entity{};
    std::optional<Error> failed;
    std::size_t at = 0;
    for_each_field<T>([&](const auto& field) {
        using Member = typename std::decay_t<decltype(field)>::member_type;
        if (field.facts.wire_only) return;
        const std::size_t column = at++;
        if (failed) return;
        Result<Member> value = ColumnCodec<Member>::read(row[column]);
        if (value) {
            entity.*field.member = *std::move(value);
            return;
        }
        failed = value.error();
        failed->detail = table.name + "." + table.columns[column].name + ": " + failed->detail;
    });
    if (failed) return *std::move(failed);
    return entity;
}

}  // namespace thingstead::store
