#include "protocol/lwm2m/object_model.h"

#include <expat.h>

#include <charconv>
#include <memory>
#include <optional>

namespace thingstead::lwm2m {
namespace {

constexpr int depth_max = 32;
/// Of one text; descriptions may be long, and are not kept.
constexpr std::size_t text_bytes_max = 4'096;

Error bad_model(std::string_view why) {
    return {ErrorCode::malformed, "LwM2M model is malformed: " + std::string(why)};
}

std::string trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == text.npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

std::optional<std::uint16_t> id_of(std::string_view text) {
    std::uint16_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// What the parser calls back: gathers the first object.
class Gatherer {
  public:
    explicit Gatherer(XML_Parser parser) : parser_(parser) {
        XML_SetUserData(parser, this);
        XML_SetElementHandler(parser, &start, &end);
        XML_SetCharacterDataHandler(parser, &characters);
        XML_SetStartDoctypeDeclHandler(parser, &doctype);
    }

    Result<ObjectModel> take() {
        if (!failure_.empty()) return bad_model(failure_);
        if (!found_) return bad_model("there is no object");
        if (!has_id_ || object_.name.empty()) return bad_model("the object has no id or no name");
        return std::move(object_);
    }
    bool failed() const { return !failure_.empty(); }

  private:
    static Gatherer& of(void* self) { return *static_cast<Gatherer*>(self); }

    static void XMLCALL doctype(void* self, const char*, const char*, const char*, int) {
        of(self).fail("a document type is declared");
    }
    static void XMLCALL start(void* self, const char* name, const char** attributes) {
        of(self).open(name, attributes);
    }
    static void XMLCALL end(void* self, const char* name) { of(self).close(name); }
    static void XMLCALL characters(void* self, const char* text, int size) {
        std::string& kept = of(self).text_;
        const std::size_t room = text_bytes_max - std::min(kept.size(), text_bytes_max);
        kept.append(text, std::min(static_cast<std::size_t>(size), room));
    }

    void fail(std::string_view why) {
        if (failure_.empty()) failure_ = why;
        XML_StopParser(parser_, XML_FALSE);
    }

    void open(std::string_view name, const char** attributes) {
        text_.clear();
        if (++depth_ > depth_max) return fail("it is too deep");
        if (depth_ == 1 && name != "LWM2M") return fail("its root is not LWM2M");
        if (name == "Object" && depth_ == 2 && !found_) found_ = in_object_ = true;
        if (!in_object_ || name != "Item" || depth_ != 4) return;
        if (object_.resources.size() == resources_max) return fail("it has too many resources");
        item_.emplace();
        item_has_id_ = false;
        for (; attributes[0]; attributes += 2)
            if (std::string_view(attributes[0]) == "ID") read_item_id(attributes[1]);
    }

    void read_item_id(std::string_view text) {
        const auto id = id_of(trimmed(text));
        if (!id) return fail("the id of a resource is no number");
        item_->id = *id;
        item_has_id_ = true;
    }

    void close(std::string_view name) {
        const std::string text = trimmed(text_);
        text_.clear();
        const int depth = depth_--;
        if (!in_object_) return;
        if (depth == 2) in_object_ = false;
        if (depth == 3) close_in_object(name, text);
        if (depth == 4 && item_) {
            if (item_has_id_) object_.resources.push_back(*std::move(item_));
            item_.reset();
        }
        if (depth == 5 && item_) close_in_item(name, text);
    }

    void close_in_object(std::string_view name, const std::string& text) {
        if (name == "Name") object_.name = text;
        if (name == "ObjectVersion" && !text.empty()) object_.version = text;
        if (name == "MultipleInstances") object_.multiple = text == "Multiple";
        if (name == "Mandatory") object_.mandatory = text == "Mandatory";
        if (name != "ObjectID") return;
        const auto id = id_of(text);
        if (!id) return fail("the id of the object is no number");
        object_.id = *id;
        has_id_ = true;
    }

    void close_in_item(std::string_view name, const std::string& text) {
        if (name == "Name") item_->name = text;
        if (name == "Operations") item_->operations = text;
        if (name == "MultipleInstances") item_->multiple = text == "Multiple";
        if (name == "Mandatory") item_->mandatory = text == "Mandatory";
        if (name == "Type") item_->type = text;
        if (name == "RangeEnumeration") item_->range = text;
        if (name == "Units") item_->units = text;
    }

    const XML_Parser parser_;
    int depth_ = 0;  ///< LWM2M 1, Object 2, its members and Resources 3, Item 4, its members 5.
    bool found_ = false, in_object_ = false, has_id_ = false, item_has_id_ = false;
    std::string text_;
    std::string failure_;
    ObjectModel object_;
    std::optional<ResourceModel> item_;
};

struct FreeParser {
    void operator()(XML_ParserStruct* parser) const { XML_ParserFree(parser); }
};

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

Result<ObjectModel> parse_object_model(std::string_view xml) {
    constexpr std::size_t step_bytes = 1u << 20;
    const std::unique_ptr<XML_ParserStruct, FreeParser> parser(XML_ParserCreate(nullptr));
    if (!parser) return Error{ErrorCode::internal, "no memory for an XML parser"};
    Gatherer gatherer(parser.get());
    do {
        const std::string_view step = xml.substr(0, step_bytes);
        xml.remove_prefix(step.size());
        const auto status = XML_Parse(parser.get(), step.data(), static_cast<int>(step.size()),
                                      xml.empty() ? XML_TRUE : XML_FALSE);
        if (gatherer.failed()) break;
        if (status != XML_STATUS_OK)
            return bad_model("line " + std::to_string(XML_GetCurrentLineNumber(parser.get())) +
                             ": " + XML_ErrorString(XML_GetErrorCode(parser.get())));
    } while (!xml.empty());
    return gatherer.take();
}

std::string key_name(std::string_view name) {
    std::string out;
    bool starts_word = false;
    for (const char c : name) {
        if (!is_alphanumeric(c)) {
            starts_word = !out.empty();
            continue;
        }
        out += starts_word ? upper(c) : lower(c);
        starts_word = false;
    }
    return out;
}

}  // namespace thingstead::lwm2m
