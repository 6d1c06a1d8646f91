// One call of a route: who asks, and typed access to what was sent.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/rest/route.h"
#include "api/services.h"
#include "base/json.h"
#include "core/caller.h"
#include "model/ids.h"
#include "net/http.h"
#include "net/url.h"
#include "store/entity_store.h"
#include "store/event_store.h"

namespace thingstead::api {

class Router;

/// A value that travels into the handler; `services`, `route` and `router` outlive it.
struct Call {
    const Services& services;
    const Router& router;
    const Route& route;
    net::Request request;
    net::Query query;
    std::vector<std::string> variables;  ///< In the order of the pattern.
    core::Caller caller{};               ///< Not set on open routes.

    /// Text of `{name}`. TS_ASSERT: the pattern has it.
    const std::string& variable(std::string_view name) const;
    /// Errors: invalid_argument - "Invalid UUID string: x".
    Result<Uuid> uuid(std::string_view name) const;
    template <class Id>
    Result<Id> id(std::string_view name) const {
        const Result<Uuid> value = uuid(name);
        if (!value) return value.error();
        return Id{*value};
    }
    /// Of {entityType} and {entityId}. Errors: invalid_argument.
    Result<model::EntityId> entity() const;

    /// A query parameter; empty text counts as missing.
    std::optional<std::string> parameter(std::string_view name) const;
    /// Errors: malformed - it is missing.
    Result<std::string> required(std::string_view name) const;
    /// Errors: invalid_argument - not an integer of T's range.
    Result<std::int64_t> integer(std::string_view name, std::int64_t otherwise) const;
    Result<std::optional<std::int64_t>> integer(std::string_view name) const;
    /// "true" or "false" in any case. Errors: invalid_argument.
    Result<bool> flag(std::string_view name, bool otherwise) const;
    /// Parts of a comma-separated parameter, empty ones left out, and each value of the parameter
    /// `repeated`, in which a comma is part of the value.
    std::vector<std::string> list(std::string_view name, std::string_view repeated = {}) const;
    /// UUIDs of a comma-separated parameter that must be there. Errors: malformed,
    /// invalid_argument.
    Result<std::vector<Uuid>> uuids(std::string_view name) const;
    /// pageSize and page (required), textSearch, sortProperty, sortOrder.
    Result<store::PageLink> page_link() const;
    /// startTime and endTime, either of which may be missing. Errors: invalid_argument.
    Result<store::TimeWindow> time_window() const;

    /// The body as JSON. Errors: malformed.
    Result<json::value> body() const;
    /// The body bound to T. Errors: malformed, invalid_argument.
    template <class T>
    Result<T> body_as() const {
        const Result<json::value> value = body();
        if (!value) return value.error();
        return from_json<T>(*value);
    }
};

}  // namespace thingstead::api
