// Where somebody is found: a part of tenants and customers.
#pragma once
#include <optional>
#include <string>

#include "base/describe.h"

namespace thingstead::model {

struct Contact {
    std::optional<std::string> country;
    std::optional<std::string> state;
    std::optional<std::string> city;
    std::optional<std::string> address;
    std::optional<std::string> address2;
    std::optional<std::string> zip;
    std::optional<std::string> phone;
    std::optional<std::string> email;
};

/// Of an entity that is a Contact: goes into its describe() with joined().
constexpr auto contact_fields() {
    return fields(field("country", &Contact::country, "", short_text),
                  field("state", &Contact::state, "", short_text),
                  field("city", &Contact::city, "", short_text),
                  field("address", &Contact::address, "", no_markup),
                  field("address2", &Contact::address2, "", no_markup),
                  field("zip", &Contact::zip, "", short_text, shown_as("zip or postal code")),
                  field("phone", &Contact::phone, "", short_text),
                  field("email", &Contact::email, "", short_text));
}

}  // namespace thingstead::model
