#include "core/permission/permissions.h"

#include <string>

namespace thingstead::core {
namespace {

using enum Operation;

constexpr Operations reads{read, read_attributes, read_telemetry};
/// What a customer user may do with what is assigned to its customer.
constexpr Operations uses{
    read,           write,           read_credentials, read_attributes, write_attributes,
    read_telemetry, write_telemetry, rpc_call};

Permissions tenant_administrator() {
    Permissions out;
    for (std::size_t i = 0; i < resource_count; ++i)
        out.generic.at(static_cast<Resource>(i)) = Operations::all();
    // Of the installation, or of the system administrator.
    for (const Resource none : {Resource::tenant_profile, Resource::domain})
        out.generic.at(none) = {};
    out.generic.at(Resource::tenant) = {read, read_attributes, read_telemetry, remove};
    for (const Resource readable :
         {Resource::oauth2_configuration_template, Resource::mobile_app_settings})
        out.generic.at(readable) = {read};
    return out;
}

Permissions customer_user() {
    Permissions out;
    for (const Resource used :
         {Resource::device, Resource::asset, Resource::entity_view, Resource::edge})
        out.generic.at(used) = uses;
    for (const Resource read_only : {Resource::customer, Resource::dashboard})
        out.generic.at(read_only) = reads;
    out.generic.at(Resource::alarm) = Operations::all();
    out.generic.at(Resource::user) = {read};
    for (const Resource shared :
         {Resource::device_profile, Resource::asset_profile, Resource::widgets_bundle,
          Resource::widget_type, Resource::tb_resource, Resource::rpc,
          Resource::mobile_app_settings})
        out.tenant_wide.at(shared) = {read};
    for (const Resource claimed :
         {Resource::device, Resource::asset, Resource::entity_view, Resource::edge})
        out.tenant_wide.at(claimed) = {claim_devices};
    out.tenant_wide.at(Resource::api_key) = Operations::all();  // with the check of its user
    return out;
}

/// What is the installation's: entities of the system tenant.
Permissions system_administrator() {
    Permissions out;
    for (const Resource owned :
         {Resource::admin_settings, Resource::tenant, Resource::tenant_profile, Resource::user,
          Resource::rule_chain, Resource::widgets_bundle, Resource::widget_type,
          Resource::tb_resource, Resource::queue, Resource::notification, Resource::oauth2_client,
          Resource::mobile_app, Resource::mobile_app_bundle, Resource::domain,
          Resource::oauth2_configuration_template, Resource::mobile_app_settings,
          Resource::api_key})
        out.generic.at(owned) = Operations::all();
    out.generic.at(Resource::dashboard) = {read};
    return out;
}

/// A customer's roles reach what customers can own, never what runs the tenant.
Grants customer_ceiling() {
    Grants out;
    for (std::size_t i = 0; i < resource_count; ++i)
        out.at(static_cast<Resource>(i)) = Operations::all();
    for (const Resource none :
         {Resource::admin_settings, Resource::tenant, Resource::tenant_profile,
          Resource::rule_chain, Resource::oauth2_client, Resource::domain, Resource::mobile_app,
          Resource::mobile_app_bundle, Resource::oauth2_configuration_template, Resource::queue,
          Resource::queue_stats, Resource::version_control, Resource::mobile_app_settings,
          Resource::notification, Resource::ota_package, Resource::secret, Resource::ai_model,
          Resource::api_usage_state, Resource::job})
        out.at(none) = {};
    for (const Resource readable :
         {Resource::device_profile, Resource::asset_profile, Resource::widgets_bundle,
          Resource::widget_type, Resource::tb_resource})
        out.at(readable) = {read};
    return out;
}

Error unknown(std::string_view what, std::string_view name) {
    return {ErrorCode::invalid_argument,
            std::string(what) + " \"" + std::string(name) + "\" is not supported!"};
}

Result<Operations> operations_of(const json::value& names) {
    const json::array* list = names.if_array();
    if (!list) return Error{ErrorCode::invalid_argument, "Operations should be a list!"};
    Operations out;
    for (const json::value& each : *list) {
        const json::string* name = each.if_string();
        if (!name) return Error{ErrorCode::invalid_argument, "Operations should be names!"};
        if (*name == "ALL") {
            out |= Operations::all();
        } else {
            const auto operation = enum_value<Operation>(std::string_view(*name));
            if (!operation) return unknown("Operation", std::string_view(*name));
            out |= Operations{*operation};
        }
    }
    return out;
}

Result<Grants> grants_of(const json::value& document) {
    Grants out;
    if (document.is_null()) return out;
    const json::object* rows = document.if_object();
    if (!rows) return Error{ErrorCode::invalid_argument, "Permissions should be an object!"};
    for (const auto& row : *rows) {
        const Result<Operations> operations = operations_of(row.value());
        if (!operations) return operations.error();
        if (row.key() == "ALL") {
            for (std::size_t i = 0; i < resource_count; ++i)
                out.at(static_cast<Resource>(i)) |= *operations;
            continue;
        }
        const auto resource = resource_of_name(row.key());
        if (!resource) return unknown("Resource", row.key());
        out.at(*resource) |= *operations;
    }
    return out;
}

}  // namespace

void Grants::add(const Grants& other) {
    for (std::size_t i = 0; i < resource_count; ++i) sets_[i] |= other.sets_[i];
}

void Grants::take(const Grants& other) {
    for (std::size_t i = 0; i < resource_count; ++i) sets_[i] = sets_[i].without(other.sets_[i]);
}

void Grants::limit(const Grants& other) {
    for (std::size_t i = 0; i < resource_count; ++i) sets_[i] = sets_[i].within(other.sets_[i]);
}

const Grants& role_ceiling(model::Authority authority) {
    static const Grants customer = customer_ceiling();
    return authority == model::Authority::customer_user ? customer
                                                        : built_in_permissions(authority).generic;
}

Permissions before_roles(model::Authority authority) {
    Permissions out;
    out.from_roles = true;
    for (const Resource shared :
         {Resource::device_profile, Resource::asset_profile, Resource::widgets_bundle,
          Resource::widget_type, Resource::tb_resource, Resource::mobile_app_settings})
        out.tenant_wide.at(shared) = {read};
    if (authority == model::Authority::customer_user)
        out.tenant_wide.at(Resource::api_key) = Operations::all();  // with the check of its user
    return out;
}

Operations on_own_account() {
    return Operations::all().without({create, add_to_group, remove_from_group, change_owner,
                                      impersonate, share_group, assign_to_customer,
                                      unassign_from_customer, assign_to_tenant});
}

Operations on_own_customer() {
    return {read,
            read_attributes,
            read_telemetry,
            write_attributes,
            write_telemetry,
            read_calculated_field};
}

Operations on_group_itself() { return {read, add_to_group, remove_from_group}; }

const Permissions& built_in_permissions(model::Authority authority) {
    static const Permissions system = system_administrator();
    static const Permissions tenant = tenant_administrator();
    static const Permissions customer = customer_user();
    switch (authority) {
        case model::Authority::sys_admin:     return system;
        case model::Authority::tenant_admin:  return tenant;
        case model::Authority::customer_user: return customer;
    }
    return customer;
}

Result<> add_generic_role(Permissions& permissions, const model::Role& role) {
    Result<Grants> given = grants_of(role.permissions);
    if (!given) return given.error();
    const Result<Grants> excluded = grants_of(role.excluded_permissions);
    if (!excluded) return excluded.error();
    given->take(*excluded);
    permissions.generic.add(*given);
    return {};
}

Result<Operations> group_role_operations(const model::Role& role) {
    return operations_of(role.permissions);
}

}  // namespace thingstead::core
