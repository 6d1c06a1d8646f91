// The shapes of the JSON documents of the interface that are kept and passed on as documents:
// profile data, widget descriptors, settings. They are tables: what comes in is compared with them,
// and the description of the interface is written from them.
// Each file of model/document/ declares the shapes of one subject.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"
#include "base/json.h"

namespace thingstead::model {

enum class Kind : std::uint8_t {
    any,   ///< Not looked at.
    text,  ///< With `shape`: one of an enumeration.
    uuid,
    integer,  ///< 32 bits.
    long_integer,
    number,
    boolean,
    object,  ///< Of the shape `shape`; without one: any object.
    id,      ///< {"entityType","id"}; `shape` is its name, as DeviceId.
};

struct Member {
    std::string_view name;
    Kind kind = Kind::any;
    std::string_view shape{};
    bool list = false;  ///< An array of such.
    bool map = false;   ///< An object with such members under any name.
    bool required =
        false;  ///< As the interface describes it; what must be there is a rule of the kind.
    bool read_only = false;  ///< The server's.
};

struct Variant {
    std::string_view value;  ///< Of the discriminator.
    std::string_view shape;
};

struct Shape {
    std::string_view name;
    std::span<const Member> members{};
    std::string_view extends{};        ///< Has the members of this shape too.
    std::string_view discriminator{};  ///< The member that tells which variant it is.
    std::span<const Variant> variants{};
    std::span<const std::string_view> names{};  ///< An enumeration.
};

/// Every shape, sorted by name.
std::span<const Shape* const> all_shapes();
/// Null: there is none.
const Shape* find_shape(std::string_view name);

/// Whether `document` has the shape `name`: members of the wrong type and values that are no name
/// of their enumeration are errors; members that are missing, or that nobody knows, are not, but
/// for discriminators. Numbers and booleans pass for texts and texts that read as numbers for
/// numbers, as clients are used to; null passes for anything.
/// Errors: invalid_argument - the message names the member, "configuration.type: expected a
/// string".
Result<> check_document(std::string_view name, const json::value& document);

}  // namespace thingstead::model
