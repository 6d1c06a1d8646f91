// The rights of the three authorities and of roles, as tables: whoever changes one sees it here.
#include "core/permission/check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include "core/permission/permissions.h"
#include "model/entity_group.h"

namespace thingstead::core {
namespace {

using model::Authority;
using model::CustomerId;
using model::TenantId;
using enum Authority;

const TenantId tenant{new_time_uuid()};
const TenantId other_tenant{new_time_uuid()};
const CustomerId customer{new_time_uuid()};
const CustomerId below{new_time_uuid()};
const CustomerId other_customer{new_time_uuid()};
const model::UserId user{new_time_uuid()};
const Uuid group = new_time_uuid();
const Uuid member = new_time_uuid();

/// Knows that `below` is below `customer`, and that `member` is in `group`.
class FewRows final : public store::Reader {
  public:
    Result<std::vector<model::Attribute>> attributes(model::EntityId, model::AttributeScope,
                                                     const std::vector<std::string>&) override {
        return std::vector<model::Attribute>();
    }

  protected:
    Result<std::optional<store::Row>> find_row(const store::Table& table,
                                               const store::Filter& filter) override {
        const auto has = [&](std::string_view field, const Uuid& id) {
            return std::any_of(filter.begin(), filter.end(), [&](const store::Condition& each) {
                return each.field == field && std::find(each.cells.begin(), each.cells.end(),
                                                        store::Cell(id)) != each.cells.end();
            });
        };
        if (table.name == "customer_branch" && has("ancestorId", customer.uuid) &&
            has("descendantId", below.uuid))
            return std::optional(store::to_row(model::CustomerBranch{customer, below}));
        if (table.name == "entity_group_member" && has("groupId", group) && has("entityId", member))
            return std::optional(store::to_row(model::EntityGroupMember{{group}, member}));
        return std::optional<store::Row>();
    }
    Result<store::RowPage> page_rows(const store::Table&, const store::Filter&,
                                     const store::PageLink&) override {
        return store::RowPage();
    }
    Result<std::vector<store::Row>> all_rows(const store::Table&, const store::Filter&,
                                             std::int32_t) override {
        return std::vector<store::Row>();
    }
    Result<std::int64_t> count_rows(const store::Table&, const store::Filter&) override {
        return std::int64_t{0};
    }
    Result<std::vector<store::Cell>> distinct_cells(const store::Table&, std::string_view,
                                                    const store::Filter&) override {
        return std::vector<store::Cell>();
    }
    Result<std::int64_t> sum_cells(const store::Table&, std::string_view,
                                   const store::Filter&) override {
        return std::int64_t{0};
    }
};

Caller caller_of(Authority authority) {
    Caller caller;
    caller.authority = authority;
    caller.user = user;
    if (authority != sys_admin) caller.tenant = tenant;
    if (authority == customer_user) caller.customer = customer;
    return caller;
}

/// Whose an entity is.
enum class Whose : std::uint8_t { system, tenants, customers, belows, others, foreign };
constexpr std::pair<Whose, const char*> whose_names[] = {
    {Whose::system,    "the system's"      },
    {Whose::tenants,   "the tenant's"      },
    {Whose::customers, "the customer's"    },
    {Whose::belows,    "a sub-customer's"  },
    {Whose::others,    "another customer's"},
    {Whose::foreign,   "another tenant's"  },
};

Subject subject_of_row(Resource resource, Whose whose) {
    Subject subject;
    subject.resource = resource;
    const auto type = model::entity_type_of(resource_name(resource));
    subject.id = {type.value_or(model::EntityType::device), new_time_uuid()};
    subject.tenant = whose == Whose::system    ? model::system_tenant
                     : whose == Whose::foreign ? other_tenant
                                               : tenant;
    if (whose == Whose::customers) subject.owner = customer;
    if (whose == Whose::belows) subject.owner = below;
    if (whose == Whose::others) subject.owner = other_customer;
    return subject;
}

/// "READ WRITE", in the order of the vocabulary; "ALL"; "".
std::string allowed_text(const Caller& caller, const Subject& subject) {
    FewRows rows;
    std::string out;
    std::size_t count = 0;
    for (const auto& [operation, name] : enum_names(Operation{})) {
        if (!check(rows, caller, operation, subject)) continue;
        out += (out.empty() ? "" : " ") + std::string(name);
        ++count;
    }
    return count == enum_names(Operation{}).size() ? "ALL" : out;
}

struct Right {
    Authority who;
    const char* resource;
    Whose whose;
    const char* operations;
};

constexpr const char* uses =
    "READ WRITE RPC_CALL READ_CREDENTIALS READ_ATTRIBUTES WRITE_ATTRIBUTES READ_TELEMETRY "
    "WRITE_TELEMETRY CLAIM_DEVICES";
constexpr const char* reads = "READ READ_ATTRIBUTES READ_TELEMETRY";

constexpr Right rights[] = {
    // who         resource                         whose              may
    {sys_admin,     "ADMIN_SETTINGS",                Whose::system,    "ALL"                                       },
    {tenant_admin,  "ADMIN_SETTINGS",                Whose::tenants,   "ALL"                                       },
    {customer_user, "ADMIN_SETTINGS",                Whose::tenants,   ""                                          },

    {sys_admin,     "TENANT",                        Whose::foreign,   "ALL"                                       },
    {tenant_admin,  "TENANT",                        Whose::tenants,   "READ DELETE READ_ATTRIBUTES READ_TELEMETRY"},
    {tenant_admin,  "TENANT",                        Whose::foreign,   ""                                          },
    {customer_user, "TENANT",                        Whose::tenants,   ""                                          },

    {sys_admin,     "TENANT_PROFILE",                Whose::system,    "ALL"                                       },
    {tenant_admin,  "TENANT_PROFILE",                Whose::system,    ""                                          },
    {customer_user, "TENANT_PROFILE",                Whose::system,    ""                                          },

    {sys_admin,     "USER",                          Whose::foreign,   "ALL"                                       },
    {sys_admin,     "USER",                          Whose::customers, ""                                          },
    {tenant_admin,  "USER",                          Whose::tenants,   "ALL"                                       },
    {tenant_admin,  "USER",                          Whose::customers, "ALL"                                       },
    {tenant_admin,  "USER",                          Whose::system,    ""                                          },
    {tenant_admin,  "USER",                          Whose::foreign,   ""                                          },
    {customer_user, "USER",                          Whose::customers, "READ"                                      },
    {customer_user, "USER",                          Whose::others,    ""                                          },
    {customer_user, "USER",                          Whose::tenants,   ""                                          },

    {sys_admin,     "CUSTOMER",                      Whose::customers, ""                                          },
    {tenant_admin,  "CUSTOMER",                      Whose::customers, "ALL"                                       },
    {tenant_admin,  "CUSTOMER",                      Whose::foreign,   ""                                          },
    {customer_user, "CUSTOMER",                      Whose::customers, reads                                       },
    {customer_user, "CUSTOMER",                      Whose::others,    ""                                          },

    {sys_admin,     "DEVICE",                        Whose::tenants,   ""                                          },
    {tenant_admin,  "DEVICE",                        Whose::tenants,   "ALL"                                       },
    {tenant_admin,  "DEVICE",                        Whose::customers, "ALL"                                       },
    {tenant_admin,  "DEVICE",                        Whose::foreign,   ""                                          },
    {customer_user, "DEVICE",                        Whose::customers, uses                                        },
    {customer_user, "DEVICE",                        Whose::belows,    uses                                        },
    {customer_user, "DEVICE",                        Whose::tenants,   "CLAIM_DEVICES"                             },
    {customer_user, "DEVICE",                        Whose::others,    "CLAIM_DEVICES"                             },
    {customer_user, "DEVICE",                        Whose::foreign,   ""                                          },
    {customer_user, "ASSET",                         Whose::customers, uses                                        },
    {customer_user, "ENTITY_VIEW",                   Whose::customers, uses                                        },
    {customer_user, "EDGE",                          Whose::customers, uses                                        },
    {customer_user, "EDGE",                          Whose::others,    "CLAIM_DEVICES"                             },

    {tenant_admin,  "DEVICE_PROFILE",                Whose::tenants,   "ALL"                                       },
    {customer_user, "DEVICE_PROFILE",                Whose::tenants,   "READ"                                      },
    {customer_user, "ASSET_PROFILE",                 Whose::tenants,   "READ"                                      },
    {customer_user, "ASSET_PROFILE",                 Whose::foreign,   ""                                          },

    {sys_admin,     "DASHBOARD",                     Whose::tenants,   "READ"                                      },
    {tenant_admin,  "DASHBOARD",                     Whose::tenants,   "ALL"                                       },
    {customer_user, "DASHBOARD",                     Whose::customers, reads                                       },
    {customer_user, "DASHBOARD",                     Whose::tenants,   ""                                          },

    {tenant_admin,  "ALARM",                         Whose::tenants,   "ALL"                                       },
    {customer_user, "ALARM",                         Whose::customers, "ALL"                                       },
    {customer_user, "ALARM",                         Whose::others,    ""                                          },

    {sys_admin,     "RULE_CHAIN",                    Whose::system,    "ALL"                                       },
    {sys_admin,     "RULE_CHAIN",                    Whose::tenants,   ""                                          },
    {tenant_admin,  "RULE_CHAIN",                    Whose::tenants,   "ALL"                                       },
    {tenant_admin,  "RULE_CHAIN",                    Whose::system,    ""                                          },
    {customer_user, "RULE_CHAIN",                    Whose::tenants,   ""                                          },

    {sys_admin,     "WIDGETS_BUNDLE",                Whose::system,    "ALL"                                       },
    {sys_admin,     "WIDGETS_BUNDLE",                Whose::tenants,   ""                                          },
    {tenant_admin,  "WIDGETS_BUNDLE",                Whose::system,    "READ"                                      },
    {tenant_admin,  "WIDGETS_BUNDLE",                Whose::tenants,   "ALL"                                       },
    {customer_user, "WIDGETS_BUNDLE",                Whose::system,    "READ"                                      },
    {customer_user, "WIDGET_TYPE",                   Whose::tenants,   "READ"                                      },
    {tenant_admin,  "WIDGET_TYPE",                   Whose::system,    "READ"                                      },

    {sys_admin,     "TB_RESOURCE",                   Whose::system,    "ALL"                                       },
    {tenant_admin,  "TB_RESOURCE",                   Whose::system,    "READ"                                      },
    {customer_user, "TB_RESOURCE",                   Whose::system,    "READ"                                      },

    {sys_admin,     "OTA_PACKAGE",                   Whose::tenants,   ""                                          },
    {tenant_admin,  "OTA_PACKAGE",                   Whose::tenants,   "ALL"                                       },
    {customer_user, "OTA_PACKAGE",                   Whose::tenants,   ""                                          },
    {tenant_admin,  "API_USAGE_STATE",               Whose::tenants,   "ALL"                                       },
    {customer_user, "API_USAGE_STATE",               Whose::tenants,   ""                                          },
    {tenant_admin,  "VERSION_CONTROL",               Whose::tenants,   "ALL"                                       },
    {tenant_admin,  "AI_MODEL",                      Whose::tenants,   "ALL"                                       },
    {customer_user, "AI_MODEL",                      Whose::tenants,   ""                                          },

    {sys_admin,     "QUEUE",                         Whose::system,    "ALL"                                       },
    {tenant_admin,  "QUEUE",                         Whose::system,    "READ"                                      },
    {tenant_admin,  "QUEUE",                         Whose::tenants,   "ALL"                                       },
    {customer_user, "QUEUE",                         Whose::system,    ""                                          },
    {customer_user, "QUEUE",                         Whose::tenants,   ""                                          },

    {tenant_admin,  "RPC",                           Whose::tenants,   "ALL"                                       },
    {customer_user, "RPC",                           Whose::tenants,   "READ"                                      },
    {customer_user, "RPC",                           Whose::foreign,   ""                                          },

    {sys_admin,     "NOTIFICATION",                  Whose::system,    "ALL"                                       },
    {tenant_admin,  "NOTIFICATION",                  Whose::tenants,   "ALL"                                       },
    {customer_user, "NOTIFICATION",                  Whose::tenants,   ""                                          },

    {sys_admin,     "OAUTH2_CLIENT",                 Whose::system,    "ALL"                                       },
    {tenant_admin,  "OAUTH2_CLIENT",                 Whose::tenants,   "ALL"                                       },
    {customer_user, "OAUTH2_CLIENT",                 Whose::tenants,   ""                                          },
    {sys_admin,     "DOMAIN",                        Whose::system,    "ALL"                                       },
    {tenant_admin,  "DOMAIN",                        Whose::tenants,   ""                                          },
    {sys_admin,     "OAUTH2_CONFIGURATION_TEMPLATE", Whose::system,    "ALL"                                       },
    {tenant_admin,  "OAUTH2_CONFIGURATION_TEMPLATE", Whose::system,    "READ"                                      },
    {customer_user, "OAUTH2_CONFIGURATION_TEMPLATE", Whose::system,    ""                                          },
    {sys_admin,     "MOBILE_APP_SETTINGS",           Whose::system,    "ALL"                                       },
    {tenant_admin,  "MOBILE_APP_SETTINGS",           Whose::tenants,   "READ"                                      },
    {customer_user, "MOBILE_APP_SETTINGS",           Whose::tenants,   "READ"                                      },
    {sys_admin,     "API_KEY",                       Whose::foreign,   "ALL"                                       },
    {tenant_admin,  "API_KEY",                       Whose::tenants,   "ALL"                                       },
    {customer_user, "API_KEY",                       Whose::tenants,   "ALL"                                       },
};

/// The order of operations in the texts above is that of people; compare as sets.
std::set<std::string> words(const std::string& text) {
    std::set<std::string> out;
    std::istringstream in(text);
    for (std::string word; in >> word;) out.insert(word);
    return out;
}

std::string name_of(Whose whose) {
    for (const auto& [each, name] : whose_names)
        if (each == whose) return name;
    return {};
}

TEST(Check, GivesEachAuthorityWhatTheTableSays) {
    for (const Right& row : rights) {
        SCOPED_TRACE(std::string(enum_name(row.who)) + " " + row.resource + " " +
                     name_of(row.whose));
        const auto resource = resource_of_name(row.resource);
        ASSERT_TRUE(resource);
        EXPECT_EQ(words(allowed_text(caller_of(row.who), subject_of_row(*resource, row.whose))),
                  words(row.operations));
    }
}

TEST(Check, LetsNobodyIntoAnotherTenant) {
    for (const Authority who : {tenant_admin, customer_user})
        for (std::size_t i = 0; i < resource_count; ++i) {
            const auto resource = static_cast<Resource>(i);
            SCOPED_TRACE(std::string(enum_name(who)) + " " + std::string(resource_name(resource)));
            EXPECT_EQ(allowed_text(caller_of(who), subject_of_row(resource, Whose::foreign)), "");
        }
}

TEST(Check, GivesTheOwnAccountAllButWhatWouldMoveIt) {
    Subject own = subject_of_row(Resource::user, Whose::customers);
    own.id.uuid = user.uuid;
    const std::set<std::string> may = words(allowed_text(caller_of(customer_user), own));
    for (const char* each : {"READ", "WRITE", "WRITE_ATTRIBUTES", "READ_CREDENTIALS"})
        EXPECT_TRUE(may.contains(each)) << each;
    for (const char* each : {"CHANGE_OWNER", "ADD_TO_GROUP", "IMPERSONATE", "CREATE"})
        EXPECT_FALSE(may.contains(each)) << each;
}

TEST(Check, LetsCustomersReadDashboardsThatAreAssignedToThem) {
    Subject dashboard = subject_of_row(Resource::dashboard, Whose::tenants);
    dashboard.shared_with = {other_customer, customer};
    EXPECT_EQ(words(allowed_text(caller_of(customer_user), dashboard)), words(reads));
    dashboard.shared_with = {other_customer};
    EXPECT_EQ(allowed_text(caller_of(customer_user), dashboard), "");
}

model::Role generic_role(std::string_view permissions, std::string_view excluded = "null") {
    model::Role role;
    role.permissions = *parse_json(permissions);
    role.excluded_permissions = *parse_json(excluded);
    return role;
}

/// A caller to whom the roles give this.
Caller with_roles(Authority authority, const std::vector<model::Role>& roles,
                  std::vector<std::pair<Uuid, GroupGrant>> groups = {}) {
    Permissions permissions = before_roles(authority);
    for (const model::Role& each : roles) EXPECT_TRUE(add_generic_role(permissions, each));
    permissions.generic.limit(role_ceiling(authority));
    for (auto& [id, grant] : groups) permissions.groups.emplace(id, std::move(grant));
    Caller caller = caller_of(authority);
    caller.permissions = std::make_shared<const Permissions>(std::move(permissions));
    return caller;
}

TEST(Roles, GiveWhatTheyNameOnTheCustomersBranchAlone) {
    const Caller caller =
        with_roles(customer_user, {generic_role(R"({"DEVICE":["READ","WRITE"]})"),
                                   generic_role(R"({"DEVICE":["DELETE"],"ALARM":["ALL"]})")});
    struct Row {
        const char* resource;
        Whose whose;
        const char* operations;
    };
    constexpr Row rows[] = {
        {"DEVICE",      Whose::customers, "READ WRITE DELETE"},
        {"DEVICE",      Whose::belows,    "READ WRITE DELETE"},
        {"DEVICE",      Whose::others,    ""                 },
        {"DEVICE",      Whose::tenants,   ""                 },
        {"DEVICE",      Whose::foreign,   ""                 },
        {"ALARM",       Whose::belows,    "ALL"              },
        {"ASSET",       Whose::customers, ""                 },
        {"WIDGET_TYPE", Whose::system,    "READ"             },
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.resource) + " " + name_of(row.whose));
        EXPECT_EQ(
            words(allowed_text(caller, subject_of_row(*resource_of_name(row.resource), row.whose))),
            words(row.operations));
    }
}

TEST(Roles, TakeWhatTheyExclude) {
    const Caller caller =
        with_roles(tenant_admin, {generic_role(R"({"ALL":["ALL"]})",
                                               R"({"DEVICE":["DELETE"],"ALL":["CHANGE_OWNER"],
                                        "ASSET":["ALL"]})")});
    const std::set<std::string> device =
        words(allowed_text(caller, subject_of_row(Resource::device, Whose::tenants)));
    EXPECT_TRUE(device.contains("WRITE"));
    EXPECT_FALSE(device.contains("DELETE"));
    EXPECT_FALSE(device.contains("CHANGE_OWNER"));
    EXPECT_EQ(allowed_text(caller, subject_of_row(Resource::asset, Whose::tenants)), "");
}

TEST(Roles, NeverReachBeyondTheAuthority) {
    const Caller administrator = with_roles(tenant_admin, {generic_role(R"({"ALL":["ALL"]})")});
    EXPECT_EQ(allowed_text(administrator, subject_of_row(Resource::tenant_profile, Whose::system)),
              "");
    EXPECT_EQ(words(allowed_text(administrator, subject_of_row(Resource::tenant, Whose::tenants))),
              words("READ DELETE READ_ATTRIBUTES READ_TELEMETRY"));
    const Caller ordinary = with_roles(customer_user, {generic_role(R"({"ALL":["ALL"]})")});
    for (const char* each :
         {"TENANT", "RULE_CHAIN", "ADMIN_SETTINGS", "QUEUE", "VERSION_CONTROL"}) {
        EXPECT_EQ(allowed_text(ordinary, subject_of_row(*resource_of_name(each), Whose::tenants)),
                  "")
            << each;
        EXPECT_FALSE(check(ordinary, Operation::read, *resource_of_name(each))) << each;
    }
    Subject own = subject_of_row(Resource::customer, Whose::customers);
    own.id.uuid = customer.uuid;
    EXPECT_FALSE(words(allowed_text(ordinary, own)).contains("DELETE"));
    EXPECT_FALSE(words(allowed_text(ordinary, own)).contains("CHANGE_OWNER"));
}

TEST(Roles, OfAGroupGiveItsMembersWhoeverOwnsThem) {
    GroupGrant grant;
    grant.type = model::EntityType::device;
    grant.operations = {Operation::read, Operation::read_telemetry, Operation::add_to_group,
                        Operation::remove};
    const Caller caller = with_roles(customer_user,
                                     {
    },
                                     {{group, grant}});
    Subject device = subject_of_row(Resource::device, Whose::tenants);
    EXPECT_EQ(allowed_text(caller, device), "");
    device.id.uuid = member;
    EXPECT_EQ(words(allowed_text(caller, device)),
              words("READ READ_TELEMETRY DELETE ADD_TO_GROUP"));
    device.tenant = other_tenant;
    EXPECT_EQ(allowed_text(caller, device), "");
    // Of the group itself: reading it and what is in it.
    Subject itself;
    itself.resource = Resource::device_group;
    itself.id = {model::EntityType::entity_group, group};
    itself.tenant = tenant;
    EXPECT_EQ(words(allowed_text(caller, itself)), words("READ ADD_TO_GROUP"));
}

TEST(Roles, OfAGroupAllGiveWhatItsOwnerHas) {
    GroupGrant grant;
    grant.type = model::EntityType::device;
    grant.operations = {Operation::read};
    grant.all = true;
    grant.owner = other_customer;
    const Caller caller = with_roles(customer_user,
                                     {
    },
                                     {{group, grant}});
    EXPECT_EQ(allowed_text(caller, subject_of_row(Resource::device, Whose::others)), "READ");
    EXPECT_EQ(allowed_text(caller, subject_of_row(Resource::device, Whose::customers)), "");
    EXPECT_EQ(allowed_text(caller, subject_of_row(Resource::asset, Whose::others)), "");
}

TEST(Roles, MustNameWhatThereIs) {
    Permissions permissions;
    for (const char* text : {R"({"DEVICES":["READ"]})", R"({"DEVICE":["LOOK"]})",
                             R"({"DEVICE":"READ"})", R"(["READ"])", R"({"DEVICE":[1]})"})
        EXPECT_FALSE(add_generic_role(permissions, generic_role(text))) << text;
    EXPECT_FALSE(group_role_operations(generic_role(R"({"DEVICE":["READ"]})")));
    EXPECT_TRUE(group_role_operations(generic_role(R"(["READ","ALL"])")));
}

TEST(Readable, RefusesWhomNothingIsGiven) {
    const Caller caller = with_roles(customer_user, {});
    EXPECT_FALSE(readable(caller, Resource::device, model::EntityType::device));
    EXPECT_TRUE(readable(caller_of(customer_user), Resource::device, model::EntityType::device));
    EXPECT_FALSE(readable(caller_of(customer_user), Resource::rule_chain,
                          model::EntityType::rule_chain, {.owner = {}}));
    EXPECT_FALSE(readable(caller_of(sys_admin), Resource::device, model::EntityType::device));
}

}  // namespace
}  // namespace thingstead::core
