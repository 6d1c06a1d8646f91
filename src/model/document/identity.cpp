// Shapes of log-in, passwords and people.
#include "model/document/shapes.h"

namespace thingstead::model {
namespace {

constexpr Member activate_user_request_members[] = {
    {.name = "activateToken", .kind = Kind::text},
    {.name = "password",      .kind = Kind::text},
};

constexpr Member change_password_request_members[] = {
    {.name = "currentPassword", .kind = Kind::text},
    {.name = "newPassword",     .kind = Kind::text},
};

constexpr Member home_dashboard_members[] = {
    {.name = "assignedCustomers",
     .kind = Kind::object,
     .shape = "ShortCustomerInfo",
     .list = true,
     .read_only = true},
    {.name = "configuration", .kind = Kind::any, .shape = "JsonNode"},
    {.name = "createdTime", .kind = Kind::long_integer, .read_only = true},
    {.name = "hideDashboardToolbar", .kind = Kind::boolean},
    {.name = "id", .kind = Kind::id, .shape = "DashboardId"},
    {.name = "image", .kind = Kind::text, .read_only = true},
    {.name = "mobileHide", .kind = Kind::boolean, .read_only = true},
    {.name = "mobileOrder", .kind = Kind::integer, .read_only = true},
    {.name = "name", .kind = Kind::text, .read_only = true},
    {.name = "resources", .kind = Kind::object, .shape = "ResourceExportData", .list = true},
    {.name = "tenantId", .kind = Kind::id, .shape = "TenantId", .read_only = true},
    {.name = "title", .kind = Kind::text, .required = true},
    {.name = "version", .kind = Kind::long_integer},
};

constexpr Member home_dashboard_info_members[] = {
    {.name = "dashboardId", .kind = Kind::id, .shape = "DashboardId"},
    {.name = "hideDashboardToolbar", .kind = Kind::boolean},
};

constexpr Member login_request_members[] = {
    {.name = "password", .kind = Kind::text, .required = true},
    {.name = "username", .kind = Kind::text, .required = true},
};

constexpr Member login_response_members[] = {
    {.name = "refreshToken", .kind = Kind::text, .required = true},
    {.name = "token",        .kind = Kind::text, .required = true},
};

constexpr Member mobile_session_info_members[] = {
    {.name = "fcmTokenTimestamp", .kind = Kind::long_integer},
};

constexpr Member reset_password_email_request_members[] = {
    {.name = "email", .kind = Kind::text},
};

constexpr Member reset_password_request_members[] = {
    {.name = "password",   .kind = Kind::text},
    {.name = "resetToken", .kind = Kind::text},
};

constexpr Member thingsboard_credentials_expired_response_members[] = {
    {.name = "errorCode",  .kind = Kind::text,         .shape = "ThingsboardErrorCode"},
    {.name = "message",    .kind = Kind::text,         .read_only = true              },
    {.name = "resetToken", .kind = Kind::text,         .read_only = true              },
    {.name = "status",     .kind = Kind::integer,      .read_only = true              },
    {.name = "timestamp",  .kind = Kind::long_integer, .read_only = true              },
};

constexpr std::string_view thingsboard_error_code_names[] = {
    "2", "10", "11", "15", "20", "30", "31", "32", "33", "34", "35", "40", "41", "45", "46"};

constexpr Member thingsboard_error_response_members[] = {
    {.name = "errorCode", .kind = Kind::text,         .shape = "ThingsboardErrorCode"},
    {.name = "message",   .kind = Kind::text,         .read_only = true              },
    {.name = "status",    .kind = Kind::integer,      .read_only = true              },
    {.name = "timestamp", .kind = Kind::long_integer, .read_only = true              },
};

constexpr Member user_activation_link_members[] = {
    {.name = "ttlMs", .kind = Kind::long_integer},
    {.name = "value", .kind = Kind::text        },
};

constexpr Member user_dashboards_info_members[] = {
    {.name = "last",
     .kind = Kind::object,
     .shape = "LastVisitedDashboardInfo",
     .list = true,
     .read_only = true},
    {.name = "starred",
     .kind = Kind::object,
     .shape = "StarredDashboardInfo",
     .list = true,
     .read_only = true},
};

constexpr Shape identity_table[] = {
    {.name = "ActivateUserRequest",                   .members = activate_user_request_members       },
    {.name = "ChangePasswordRequest",                 .members = change_password_request_members     },
    {.name = "HomeDashboard",                         .members = home_dashboard_members              },
    {.name = "HomeDashboardInfo",                     .members = home_dashboard_info_members         },
    {.name = "LoginRequest",                          .members = login_request_members               },
    {.name = "LoginResponse",                         .members = login_response_members              },
    {.name = "MobileSessionInfo",                     .members = mobile_session_info_members         },
    {.name = "ResetPasswordEmailRequest",             .members = reset_password_email_request_members},
    {.name = "ResetPasswordRequest",                  .members = reset_password_request_members      },
    {.name = "ThingsboardCredentialsExpiredResponse",
     .members = thingsboard_credentials_expired_response_members                                     },
    {.name = "ThingsboardErrorCode",                  .names = thingsboard_error_code_names          },
    {.name = "ThingsboardErrorResponse",              .members = thingsboard_error_response_members  },
    {.name = "UserActivationLink",                    .members = user_activation_link_members        },
    {.name = "UserDashboardsInfo",                    .members = user_dashboards_info_members        },
};

}  // namespace

std::span<const Shape> identity_shapes() { return identity_table; }

}  // namespace thingstead::model
