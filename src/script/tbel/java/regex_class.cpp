// Character classes: Java nests them, unites and intersects them; PCRE2 of today does not.
// A class becomes one of PCRE2 where that is enough, else an expression for one character made of
// alternatives and look-aheads.
#include <vector>

#include "script/tbel/java/regex_reader.h"

namespace thingstead::script::java {
namespace {

constexpr int class_depth_max = 50;

/// One side of && : plain items, and classes within.
struct ClassOperand {
    std::string items;
    std::vector<std::string> nested;

    bool empty() const { return items.empty() && nested.empty(); }
};

std::string one_of(const ClassOperand& operand) {
    if (operand.nested.empty()) return '[' + operand.items + ']';
    std::string out = "(?:";
    if (!operand.items.empty()) out += '[' + operand.items + "]|";
    for (std::size_t i = 0; i < operand.nested.size(); ++i)
        out += (i == 0 ? "" : "|") + operand.nested[i];
    return out + ')';
}

std::string class_of(const std::vector<ClassOperand>& operands, bool negated) {
    if (operands.size() == 1 && operands[0].nested.empty())
        return (negated ? "[^" : "[") + operands[0].items + ']';
    std::string out = operands.size() == 1 ? "" : "(?:";
    for (std::size_t i = 0; i + 1 < operands.size(); ++i) out += "(?=" + one_of(operands[i]) + ')';
    out += one_of(operands.back());
    if (operands.size() > 1) out += ')';
    return negated ? "(?:(?!" + out + ")[\\s\\S])" : out;
}

/// Everything up to \E, each character for itself.
void take_quoted(RegexReader& reader, std::string& items) {
    while (!reader.at_end() && !reader.take("\\E")) append_literal(items, reader.take_code_point());
}

/// An escape that is a class by itself (\d, \p{L}, …), behind its backslash.
void take_class_escape(RegexReader& reader, std::string& items) {
    const char letter = reader.peek();
    constexpr std::string_view classes = "dDsSwWhHvV";
    if (classes.find(letter) != std::string_view::npos) {
        items += '\\';
        items += letter;
        reader.skip(1);
    } else if (letter == 'p' || letter == 'P') {
        reader.skip(1);
        items += reader.take_property(letter == 'P');
    } else {
        reader.fail("Illegal/unsupported escape sequence");
    }
}

/// A character, or nullopt where an escape that is a class was taken into `items`.
std::optional<std::int32_t> take_member(RegexReader& reader, std::string& items) {
    if (!reader.take("\\")) return reader.take_code_point();
    if (std::optional<std::int32_t> character = reader.take_escaped_character()) return character;
    if (!reader.error()) take_class_escape(reader, items);
    return std::nullopt;
}

void take_item(RegexReader& reader, std::string& items) {
    if (reader.take("\\Q")) return take_quoted(reader, items);
    const std::optional<std::int32_t> first = take_member(reader, items);
    if (!first) return;
    append_literal(items, *first);
    reader.skip_comments();
    const std::string_view rest = reader.rest();
    const bool range = rest.size() > 1 && rest[0] == '-' && rest[1] != ']' && rest[1] != '[';
    if (!range) return;
    reader.skip(1);
    reader.skip_comments();
    const std::size_t before = items.size();
    const std::size_t at = reader.at();
    const std::optional<std::int32_t> last = take_member(reader, items);
    if (!last) {
        items.insert(before, "\\x{2d}");
        return;
    }
    if (*last < *first) return reader.fail("Illegal character range", at);
    items += '-';
    append_literal(items, *last);
}

}  // namespace

std::string translate_class(RegexReader& reader, int depth) {
    if (depth > class_depth_max) reader.fail("Character class is nested too deep");
    const bool negated = reader.take("^");
    std::vector<ClassOperand> operands(1);
    bool first = true;
    while (true) {
        reader.skip_comments();
        if (reader.at_end()) {
            reader.fail("Unclosed character class", reader.at() - 1);
            return {};
        }
        ClassOperand& operand = operands.back();
        if (!first && reader.take("]")) {
            if (operand.empty() && operands.size() > 1) operands.pop_back();
            break;
        }
        first = false;
        if (reader.take("[")) {
            operand.nested.push_back(translate_class(reader, depth + 1));
        } else if (reader.take("&&")) {
            if (!operand.empty()) operands.emplace_back();
        } else {
            take_item(reader, operand.items);
        }
    }
    if (operands.back().empty()) reader.fail("Bad class syntax");
    return class_of(operands, negated);
}

}  // namespace thingstead::script::java
