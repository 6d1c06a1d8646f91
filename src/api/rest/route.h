// A REST resource is a table of routes, and the table is the dispatch: the router, the permission
// tests and the OpenAPI document walk the same rows. A resource is a folder with a `descriptor`.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "api/rest/schema.h"
#include "base/error.h"
#include "core/caller.h"
#include "model/entities.h"
#include "net/http.h"
#include "net/task.h"

namespace thingstead::api {

struct Call;

/// Takes the call and answers it. An error becomes the error document (rest/status.h).
using Handler = Task<Result<net::Reply>> (*)(Call call);

/// Who may call: a set of authorities.
struct Allowed {
    std::uint8_t bits = 0;

    constexpr bool open() const { return bits == 0; }
    constexpr bool contains(model::Authority one) const {
        return (bits >> static_cast<int>(one)) & 1;
    }
    /// A token of an unfinished log-in opens only what names its scope.
    constexpr bool admits(model::Authority authority, core::TokenScope scope) const {
        switch (scope) {
            case core::TokenScope::full:              return contains(authority);
            case core::TokenScope::pre_verification:  return (bits & pre_verification_bit) != 0;
            case core::TokenScope::mfa_configuration: return (bits & mfa_configuration_bit) != 0;
        }
        return false;
    }
    static constexpr std::uint8_t pre_verification_bit = 1u << 6;
    static constexpr std::uint8_t mfa_configuration_bit = 1u << 7;
};

namespace allow {
constexpr std::uint8_t bit(model::Authority one) {
    return static_cast<std::uint8_t>(1u << static_cast<int>(one));
}
inline constexpr std::uint8_t sys_bit = bit(model::Authority::sys_admin);
inline constexpr std::uint8_t tenant_bit = bit(model::Authority::tenant_admin);
inline constexpr std::uint8_t customer_bit = bit(model::Authority::customer_user);

inline constexpr Allowed everyone{0};  ///< No token asked for.
inline constexpr Allowed system{sys_bit};
inline constexpr Allowed tenant{tenant_bit};
inline constexpr Allowed customer{customer_bit};
inline constexpr Allowed administrators{sys_bit | tenant_bit};
inline constexpr Allowed tenant_or_customer{tenant_bit | customer_bit};
inline constexpr Allowed users{sys_bit | tenant_bit | customer_bit};
/// Users, and those who must set up a second factor before they are.
inline constexpr Allowed users_and_newcomers{sys_bit | tenant_bit | customer_bit |
                                             Allowed::mfa_configuration_bit};
inline constexpr Allowed newcomers{Allowed::mfa_configuration_bit};
inline constexpr Allowed half_logged_in{Allowed::pre_verification_bit};
}  // namespace allow

enum class BodyKind : std::uint8_t {
    none,
    json,       ///< Another media type than JSON is answered 415.
    any,        ///< Clients send the same text under several media types.
    multipart,  ///< A form with files; another media type is answered 415.
};

/// How a handler's errors are answered. What the router itself refuses is always a document.
enum class ErrorForm : std::uint8_t { document, plain_text };

struct Route {
    net::Method method;
    /// Starts with '/'; a segment in braces is a variable. Literal segments win over variables.
    std::string_view pattern;
    Allowed allowed;
    Handler handler;
    std::string_view summary;
    BodyKind body = BodyKind::none;
    /// Query parameters, separated by commas, that select this row among those of the same method
    /// and pattern: a row that names more, all of them present, wins.
    std::string_view selected_by = {};
    /// Query parameters that the handler reads, separated by commas; required ones end with '!'.
    /// For the documentation.
    std::string_view parameters = {};
    std::string_view answer = {};  ///< Name of the entity answered, for the documentation.
    /// Name of the schema of the body, for the documentation; "[string]" is a list of texts.
    std::string_view takes = {};
    /// Older clients know it; the description of the interface does not show it.
    bool hidden = false;
    ErrorForm errors = ErrorForm::document;
};

/// One folder's contribution.
struct Resource {
    std::string_view name;  ///< Groups the routes in the documentation.
    std::string_view text;
    std::span<const Route> routes;
    /// What the routes take and answer, beside the documents of model/document.h.
    std::span<const SchemaEntry> schemas = {};
};

}  // namespace thingstead::api
