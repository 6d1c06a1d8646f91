// Details of customers and tenants that are added to messages.
#pragma once
#include <array>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/contact.h"
#include "rule/message_body.h"
#include "rule/node.h"

namespace thingstead::rule {

enum class ContactDetail : std::uint8_t {
    // clang-format off
    id, title, country, city, state, zip, address, address2, phone, email, additional_info,
    // clang-format on
};
constexpr auto enum_names(ContactDetail) {
    using namespace std::literals;
    using enum ContactDetail;
    return std::array{
        std::pair{id,              "ID"sv             },
        std::pair{title,           "TITLE"sv          },
        std::pair{country,         "COUNTRY"sv        },
        std::pair{city,            "CITY"sv           },
        std::pair{state,           "STATE"sv          },
        std::pair{zip,             "ZIP"sv            },
        std::pair{address,         "ADDRESS"sv        },
        std::pair{address2,        "ADDRESS2"sv       },
        std::pair{phone,           "PHONE"sv          },
        std::pair{email,           "EMAIL"sv          },
        std::pair{additional_info, "ADDITIONAL_INFO"sv}
    };
}

struct ContactDetailsConfig {
    std::vector<ContactDetail> details;
    std::optional<MsgPart> fetch_to = MsgPart::data;
};
constexpr auto describe(const ContactDetailsConfig*) {
    return fields(field("detailsList", &ContactDetailsConfig::details, "What is added."),
                  field("fetchTo", &ContactDetailsConfig::fetch_to, "DATA or METADATA."));
}

/// Whose details they are.
struct ContactOf {
    std::string id;
    std::string title;
    model::Contact contact;
    json::value additional_info;
};
template <std::derived_from<model::Contact> T>
ContactOf contact_of(const T& entity) {
    return {entity.id.to_string(), entity.title, entity, entity.additional_info};
}
/// Called within a read. Nullopt: there is nobody, and the message stays as it is.
using ContactFinder =
    std::function<Result<std::optional<ContactOf>>(store::Reader& reader, const Visit&)>;

/// A node that adds `<prefix>title` and the like to each message; what is not set is left out.
/// ADDITIONAL_INFO is its description; without one it is the detail before it once more, as in the
/// reference platform. Errors: invalid_argument - no details, no `fetchTo`.
Result<std::unique_ptr<Node>> contact_node(const json::value& configuration, std::string prefix,
                                           ContactFinder find, NodeServices& services);

/// Old configurations: `addToMetadata` became `fetchTo`.
Result<> upgrade_contact(std::int32_t from, json::object& configuration);

}  // namespace thingstead::rule
