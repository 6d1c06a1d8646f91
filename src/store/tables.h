// The table of each entity and the fields that a text search looks at. The columns follow from
// describe(); the DDL is in store/migrations.
#pragma once
#include <array>
#include <string_view>

#include "model/audit.h"
#include "model/entities.h"
#include "store/row.h"

namespace thingstead::store {

template <>
struct TableName<model::Tenant> {
    static constexpr std::string_view name = "tenant";
    static constexpr std::array<std::string_view, 1> searchable{"title"};
};

template <>
struct TableName<model::TenantProfile> {
    static constexpr std::string_view name = "tenant_profile";
    static constexpr std::array<std::string_view, 1> searchable{"name"};
};

template <>
struct TableName<model::Customer> {
    static constexpr std::string_view name = "customer";
    static constexpr std::array<std::string_view, 1> searchable{"title"};
};

/// `user` is a reserved word.
template <>
struct TableName<model::User> {
    static constexpr std::string_view name = "tb_user";
    static constexpr std::array<std::string_view, 1> searchable{"email"};
};

template <>
struct TableName<model::UserCredentials> {
    static constexpr std::string_view name = "user_credentials";
    static constexpr std::array<std::string_view, 0> searchable{};
};

template <>
struct TableName<model::Device> {
    static constexpr std::string_view name = "device";
    static constexpr std::array<std::string_view, 3> searchable{"name", "label", "type"};
};

template <>
struct TableName<model::DeviceCredentials> {
    static constexpr std::string_view name = "device_credentials";
    static constexpr std::array<std::string_view, 0> searchable{};
};

template <>
struct TableName<model::DeviceProfile> {
    static constexpr std::string_view name = "device_profile";
    static constexpr std::array<std::string_view, 1> searchable{"name"};
};

template <>
struct TableName<model::RuleChain> {
    static constexpr std::string_view name = "rule_chain";
    static constexpr std::array<std::string_view, 1> searchable{"name"};
};

template <>
struct TableName<model::AdminSettings> {
    static constexpr std::string_view name = "admin_settings";
    static constexpr std::array<std::string_view, 0> searchable{};
};

/// In the database of the event store; the tables of events are in store/sql/event_rows.cpp.
template <>
struct TableName<model::AuditLog> {
    static constexpr std::string_view name = "audit_log";
    static constexpr std::array<std::string_view, 5> searchable{
        "entityType", "entityName", "userName", "actionType", "actionStatus"};
};

}  // namespace thingstead::store
