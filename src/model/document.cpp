#include "model/document.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/uuid.h"

namespace thingstead::model {
namespace {

/// Shapes may contain themselves; documents are not deeper than json_depth_max.
class Check {
  public:
    Result<> shape(const Shape& shape, const json::value& value) const {
        if (!shape.names.empty()) return enumeration(shape, value);
        const json::object* object = value.if_object();
        if (!object) return json_expected("an object");
        if (Result<> done = members(shape, *object); !done) return done;
        if (shape.discriminator.empty()) return {};
        const json::value* tag = object->if_contains(shape.discriminator);
        const json::string* name = tag ? tag->if_string() : nullptr;
        if (!name) return json_member_error(shape.discriminator, json_expected("a string"));
        for (const Variant& variant : shape.variants)
            if (variant.value == std::string_view(*name)) {
                const Shape* const found = find_shape(variant.shape);
                return found ? members(*found, *object) : Result<>();
            }
        return json_member_error(shape.discriminator, one_of_variants(shape));
    }

  private:
    static Error one_of_variants(const Shape& shape) {
        std::string names;
        for (const Variant& each : shape.variants)
            names += (names.empty() ? "" : ", ") + std::string(each.value);
        return json_expected("one of " + names);
    }

    static Result<> enumeration(const Shape& shape, const json::value& value) {
        const json::string* text = value.if_string();
        if (text && std::find(shape.names.begin(), shape.names.end(), std::string_view(*text)) !=
                        shape.names.end())
            return {};
        std::string names;
        for (const std::string_view each : shape.names)
            names += (names.empty() ? "" : ", ") + std::string(each);
        return json_expected("one of " + names);
    }

    Result<> members(const Shape& shape, const json::object& object) const {
        if (!shape.extends.empty())
            if (const Shape* const base = find_shape(shape.extends))
                if (Result<> done = members(*base, object); !done) return done;
        for (const Member& each : shape.members) {
            const json::value* found = object.if_contains(each.name);
            if (!found || found->is_null() || each.read_only) continue;
            if (Result<> fits = member(each, *found); !fits)
                return json_member_error(each.name, fits.error());
        }
        return {};
    }

    Result<> member(const Member& member, const json::value& value) const {
        if (member.list) {
            const json::array* items = value.if_array();
            if (!items) return json_expected("an array");
            for (std::size_t i = 0; i < items->size(); ++i)
                if (Result<> fits = one(member, (*items)[i]); !fits)
                    return json_member_error("[" + std::to_string(i) + "]", fits.error());
            return {};
        }
        if (member.map) {
            const json::object* items = value.if_object();
            if (!items) return json_expected("an object");
            for (const auto& item : *items)
                if (Result<> fits = one(member, item.value()); !fits)
                    return json_member_error(item.key(), fits.error());
            return {};
        }
        return one(member, value);
    }

    Result<> one(const Member& member, const json::value& value) const {
        if (value.is_null()) return {};
        switch (member.kind) {
            case Kind::any: return {};
            case Kind::uuid:
                if (const json::string* text = value.if_string(); text && parse_uuid(*text))
                    return {};
                return json_expected("a UUID");
            case Kind::text:
                if (const Shape* const names = find_shape(member.shape))
                    return shape(*names, value);
                if (value.is_object() || value.is_array()) return json_expected("a string");
                return {};
            case Kind::integer:
                return number<std::int32_t>(value) ? Result<>() : json_expected("an integer");
            case Kind::long_integer:
                return number<std::int64_t>(value) ? Result<>() : json_expected("an integer");
            case Kind::number:
                return number<double>(value) ? Result<>() : json_expected("a number");
            case Kind::boolean:
                if (value.is_bool()) return {};
                if (const json::string* text = value.if_string();
                    text && (*text == "true" || *text == "false"))
                    return {};
                return json_expected("true or false");
            case Kind::id:
            case Kind::object: {
                const Shape* const found = find_shape(member.shape);
                if (found) return shape(*found, value);
                return value.is_object() ? Result<>() : json_expected("an object");
            }
        }
        return {};
    }

    template <class T>
    static bool number(const json::value& value) {
        if (const json::string* text = value.if_string()) {
            T read{};
            const char* const end = text->data() + text->size();
            const auto done = std::from_chars(text->data(), end, read);
            return done.ec == std::errc() && done.ptr == end;
        }
        boost::system::error_code failed;
        value.to_number<T>(failed);
        return !failed;
    }
};

}  // namespace

const Shape* find_shape(std::string_view name) {
    if (name.empty()) return nullptr;
    const std::span<const Shape* const> shapes = all_shapes();
    const auto at = std::lower_bound(
        shapes.begin(), shapes.end(), name,
        [](const Shape* shape, std::string_view wanted) { return shape->name < wanted; });
    return at != shapes.end() && (*at)->name == name ? *at : nullptr;
}

Result<> check_document(std::string_view name, const json::value& document) {
    const Shape* const shape = find_shape(name);
    TS_ASSERT(shape);
    return Check().shape(*shape, document);
}

}  // namespace thingstead::model
