// POST of a table of text: what devices and assets do alike with its rows.
#pragma once
#include <string>
#include <vector>

#include "api/rest/entity_calls.h"
#include "core/bulk_import/bulk_import.h"

namespace thingstead::api {

struct ImportResult {
    std::int64_t created = 0;
    std::int64_t updated = 0;
    std::int64_t errors = 0;
    std::vector<std::string> errors_list;
};
constexpr auto describe(const ImportResult*) {
    return fields(field("created", &ImportResult::created),
                  field("updated", &ImportResult::updated), field("errors", &ImportResult::errors),
                  field("errorsList", &ImportResult::errors_list));
}

/// The row's attributes and telemetry. Errors: invalid_argument, forbidden, unavailable.
Task<Result<>> save_row_values(const Services& services, core::Caller caller,
                               model::EntityId entity, core::ImportRow row);

/// `save_row` is core::import_device or core::import_asset. Rows are saved one after the other;
/// what is wrong with one is in the answer and stops no other.
template <class T>
Task<Result<net::Reply>> import_rows(Call call,
                                     Task<Result<core::Saved<T>>> (*save_row)(const core::Platform&,
                                                                              core::Caller,
                                                                              core::ImportRow)) {
    const Result<json::value> body = call.body();
    if (!body) co_return body.error();
    const Result<core::ImportTable> table = core::import_table(*body);
    if (!table) co_return table.error();
    ImportResult result;
    for (const core::ImportRow& row : table->rows) {
        Result<core::Saved<T>> saved = core::invalid(row.problem);
        if (row.problem.empty()) {
            saved = co_await save_row(call.services.platform, call.caller, row);
            T asked{};
            if (const auto name = row.fields.find(core::ImportColumn::name);
                name != row.fields.end())
                asked.name = name->second;
            co_await tell_saved(call.services, call.caller, std::move(asked), saved);
        }
        Result<> whole = saved ? Result<>() : Result<>(saved.error());
        if (saved && (saved->created || table->update))
            whole = co_await save_row_values(call.services, call.caller, saved->entity.id, row);
        if (whole) {
            ++(saved->created ? result.created : result.updated);
            continue;
        }
        ++result.errors;
        result.errors_list.push_back("Line " + std::to_string(row.line) + ": " +
                                     whole.error().message);
    }
    co_return json_reply_of(result);
}

}  // namespace thingstead::api
