// What handlers enter in the audit log: the note of an operation, in the words of the interface.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/rest/call.h"
#include "base/error.h"
#include "core/audit.h"
#include "model/entities.h"
#include "model/kv.h"
#include "model/payload.h"

namespace thingstead::api {

/// Address and agent of the caller.
core::Client client_of(const net::Request& request);

/// A note whose data is {"entityId": …} and what is added.
core::AuditNote note_of(model::ActionType action, model::EntityId entity);

/// {key: text}: the audit log shows every value as a text.
json::object texts_of(const std::vector<model::KeyValue>& values);
/// [{"ts", "values": {key: text}}]
json::array texts_of(const std::vector<model::TelemetryEntry>& entries);
json::array array_of(const std::vector<std::string>& texts);

/// Adds a member to the note's data.
void add_data(core::AuditNote& note, std::string_view name, json::value value);

/// Enters `note` with the outcome of the operation.
template <class T>
Task<> audit(const Services& services, core::Caller caller, core::AuditNote note,
             const Result<T>& outcome) {
    if (!outcome) note.failure = outcome.error();
    return services.audit.log(std::move(caller), std::move(note));
}

}  // namespace thingstead::api
