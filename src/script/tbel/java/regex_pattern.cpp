#include "script/tbel/java/regex_pattern.h"

#include <set>
#include <vector>

#include "script/tbel/java/number_text.h"
#include "script/tbel/java/regex_reader.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

// Java's line ends are \n, \r\n, \r, NEL, LS and PS; with the flag d only \n.
constexpr std::string_view any_but_line_end = "[^\\n\\r\\x{85}\\x{2028}\\x{2029}]";
constexpr std::string_view before_last_line_end =
    "(?=(?:\\r\\n|[\\n\\r\\x{85}\\x{2028}\\x{2029}])?+\\z)(?!(?<=\\r)\\n)";
constexpr std::string_view before_line_end =
    "(?:\\z|(?=[\\n\\r\\x{85}\\x{2028}\\x{2029}])(?!(?<=\\r)\\n))";
constexpr std::string_view after_line_end =
    "(?:\\A|(?<=[\\n\\r\\x{85}\\x{2028}\\x{2029}])(?!(?<=\\r)\\n)(?!\\z))";
constexpr std::string_view before_last_newline = "(?=\\n?+\\z)";
constexpr std::string_view before_newline = "(?:\\z|(?=\\n))";
constexpr std::string_view after_newline = "(?:\\A|(?<=\\n)(?!\\z))";

constexpr std::size_t group_depth_max = 200;

unsigned flag_of(char letter) {
    switch (letter) {
        case 'i': return regex_case_insensitive;
        case 'd': return regex_unix_lines;
        case 'm': return regex_multiline;
        case 's': return regex_dotall;
        case 'u': return regex_unicode_case;
        case 'x': return regex_comments;
        case 'U': return regex_unicode_character_class | regex_unicode_case;
        default:  return 0;
    }
}

class Translation {
  public:
    Translation(std::string_view pattern, unsigned flags) : reader_(pattern, flags) {}

    Result<Pcre2Pattern> run() {
        out_.caseless = reader_.has(regex_case_insensitive);
        note_unicode_classes();
        while (true) {
            reader_.skip_comments();
            if (reader_.at_end()) break;
            step();
        }
        if (!reader_.error() && !outer_flags_.empty()) reader_.fail("Unclosed group");
        if (reader_.error()) return *reader_.error();
        return std::move(out_);
    }

  private:
    void step() {
        const std::size_t at = reader_.at();
        const char letter = reader_.peek();
        switch (letter) {
            case '(':  reader_.skip(1); return open_group();
            case ')':  reader_.skip(1); return close_group(at);
            case '[':  reader_.skip(1); return atom(translate_class(reader_));
            case '|':  reader_.skip(1); return no_atom("|");
            case '.':  reader_.skip(1); return dot();
            case '^':  reader_.skip(1); return line_start();
            case '$':  reader_.skip(1); return line_end(reader_.has(regex_multiline));
            case '*':
            case '+':
            case '?':  return quantifier(reader_.rest().substr(0, 1));
            case '{':  return counted();
            case '\\': reader_.skip(1); return escape();
            default:   return literal(reader_.take_code_point());
        }
    }

    void atom(std::string_view text) {
        out_.text += text;
        repeatable_ = true;
    }
    void no_atom(std::string_view text) {
        out_.text += text;
        repeatable_ = false;
    }

    /// Without the flag u the case of ASCII letters alone is ignored.
    void literal(std::int32_t code_point) {
        const bool own_case = code_point >= 0x80 && reader_.has(regex_case_insensitive) &&
                              !reader_.has(regex_unicode_case);
        if (own_case) out_.text += "(?-i:";
        append_literal(out_.text, code_point);
        if (own_case) out_.text += ')';
        repeatable_ = true;
    }

    void dot() {
        if (reader_.has(regex_dotall)) return atom("[\\s\\S]");
        atom(reader_.has(regex_unix_lines) ? "[^\\n]" : any_but_line_end);
    }

    void line_start() {
        if (!reader_.has(regex_multiline)) return atom("^");
        atom(reader_.has(regex_unix_lines) ? after_newline : after_line_end);
    }

    void line_end(bool multiline) {
        const bool unix_lines = reader_.has(regex_unix_lines);
        if (multiline) return atom(unix_lines ? before_newline : before_line_end);
        out_.text += "(?:";
        out_.text += unix_lines ? before_last_newline : before_last_line_end;
        atom(")");
    }

    void quantifier(std::string_view sign) {
        if (!repeatable_)
            return reader_.fail("Dangling meta character '" + std::string(sign) + "'");
        reader_.skip(sign.size());
        out_.text += sign;
        if (reader_.take("?"))
            out_.text += '?';
        else if (reader_.take("+"))
            out_.text += '+';
        repeatable_ = false;
    }

    /// {n}, {n,} and {n,m}; a brace that is none of them is an error in Java.
    void counted() {
        const std::string_view rest = reader_.rest();
        std::size_t end = 1;
        const auto digits = [&] {
            const std::size_t begin = end;
            while (end < rest.size() && rest[end] >= '0' && rest[end] <= '9') ++end;
            return parse_int(rest.substr(begin, end - begin));
        };
        const Result<std::int32_t> low = digits();
        if (!low || !repeatable_) return reader_.fail("Illegal repetition", reader_.at() + 1);
        if (end < rest.size() && rest[end] == ',') {
            ++end;
            const std::size_t begin = end;
            const Result<std::int32_t> high = digits();
            if (end > begin && (!high || *high < *low))
                return reader_.fail("Illegal repetition range", reader_.at() + end);
        }
        if (end >= rest.size() || rest[end] != '}') return reader_.fail("Unclosed counted closure");
        quantifier(rest.substr(0, end + 1));
    }

    void open_group() {
        if (outer_flags_.size() >= group_depth_max) return reader_.fail("Groups nest too deep");
        if (!reader_.take("?")) {
            ++groups_;
            outer_flags_.push_back(reader_.flags());
            return no_atom("(");
        }
        for (const std::string_view kind : {":", "=", "!", ">", "<=", "<!"})
            if (reader_.take(kind)) {
                outer_flags_.push_back(reader_.flags());
                return no_atom("(?" + std::string(kind));
            }
        if (reader_.take("<")) return open_named();
        inline_flags();
    }

    void open_named() {
        const std::string name = take_name();
        if (name.empty()) return;
        if (!names_.insert(name).second)
            return reader_.fail("Named capturing group <" + name + "> is already defined",
                                reader_.at() - 1);
        ++groups_;
        outer_flags_.push_back(reader_.flags());
        no_atom("(?<" + name + '>');
    }

    /// A letter, letters and digits, and the closing >.
    std::string take_name() {
        std::string name;
        while (!reader_.at_end()) {
            const char letter = reader_.peek();
            const bool alpha = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
            if (!alpha && (name.empty() || letter < '0' || letter > '9')) break;
            name += letter;
            reader_.skip(1);
        }
        if (name.empty()) {
            reader_.fail("capturing group name does not start with a Latin letter");
        } else if (!reader_.take(">")) {
            reader_.fail("named capturing group is missing trailing '>'");
            name.clear();
        }
        return name;
    }

    /// (?im-s) or (?im-s:, behind the question mark.
    void inline_flags() {
        const unsigned before = reader_.flags();
        unsigned flags = before;
        bool off = false;
        while (true) {
            const char letter = reader_.peek();
            if (letter == ')' || letter == ':') break;
            reader_.skip(1);
            if (letter == '-' && !off) {
                off = true;
                continue;
            }
            const unsigned flag = flag_of(letter);
            if (flag == 0) return reader_.fail("Unknown inline modifier", reader_.at() - 1);
            flags = off ? flags & ~flag : flags | flag;
        }
        const bool group = reader_.take(":");
        if (!group) reader_.skip(1);
        reader_.set_flags(flags);
        note_unicode_classes();
        const bool caseless = reader_.has(regex_case_insensitive);
        const bool changes = caseless != ((before & regex_case_insensitive) != 0);
        const std::string sign = !changes ? "" : caseless ? "i" : "-i";
        if (group) outer_flags_.push_back(before);
        if (group || changes) no_atom("(?" + sign + (group ? ":" : ")"));
    }

    void close_group(std::size_t at) {
        if (outer_flags_.empty())
            return reader_.fail("Unmatched closing ')'", at == 0 ? 0 : at - 1);
        reader_.set_flags(outer_flags_.back());
        outer_flags_.pop_back();
        atom(")");
    }

    void escape() {
        if (reader_.take("Q")) return quoted();
        if (const std::optional<std::int32_t> character = reader_.take_escaped_character())
            return literal(*character);
        if (reader_.error()) return;
        const char letter = reader_.peek();
        constexpr std::string_view same = "dDsSwWhHvVRXbBAGz";
        if (same.find(letter) != std::string_view::npos) {
            out_.text += '\\';
            reader_.skip(1);
            return atom(std::string_view(&letter, 1));
        }
        if (letter >= '1' && letter <= '9') return back_reference();
        reader_.skip(1);
        switch (letter) {
            case 'Z': return line_end(false);
            case 'p':
            case 'P': return atom('[' + reader_.take_property(letter == 'P') + ']');
            case 'k': {
                if (!reader_.take("<")) return reader_.fail("\\k is not followed by '<'");
                const std::string name = take_name();
                if (!name.empty() && !names_.contains(name))
                    return reader_.fail("named capturing group <" + name + "> does not exist",
                                        reader_.at() - 1);
                return atom("\\k<" + name + '>');
            }
            default: return reader_.fail("Illegal/unsupported escape sequence", reader_.at() - 1);
        }
    }

    void quoted() {
        while (!reader_.at_end() && !reader_.take("\\E")) literal(reader_.take_code_point());
    }

    /// As many digits as make the number of a group that is open or closed by now.
    void back_reference() {
        std::int32_t group = reader_.peek() - '0';
        reader_.skip(1);
        while (reader_.peek() >= '0' && reader_.peek() <= '9') {
            const std::int32_t longer = group * 10 + (reader_.peek() - '0');
            if (longer > groups_) break;
            group = longer;
            reader_.skip(1);
        }
        atom(group <= groups_ ? "\\g{" + std::to_string(group) + '}' : "(?!)");
    }

    void note_unicode_classes() {
        if (reader_.has(regex_unicode_character_class)) out_.unicode_classes = true;
    }

    RegexReader reader_;
    Pcre2Pattern out_;
    std::vector<unsigned> outer_flags_;  ///< Of the groups that are open.
    std::set<std::string> names_;
    std::int32_t groups_ = 0;
    bool repeatable_ = false;
};

}  // namespace

Error pattern_error(std::string_view what, std::string_view pattern, std::size_t byte) {
    const auto index = static_cast<std::size_t>(unit_of_byte(pattern, byte));
    std::string message = std::string(what) + " near index " + std::to_string(index) + '\n';
    message += pattern;
    if (byte < pattern.size()) message += '\n' + std::string(index, ' ') + '^';
    return {ErrorCode::malformed, std::move(message)};
}

Result<Pcre2Pattern> to_pcre2(std::string_view pattern, unsigned flags) {
    if (!(flags & regex_literal)) return Translation(pattern, flags).run();
    Pcre2Pattern out;
    out.caseless = (flags & regex_case_insensitive) != 0;
    for (std::size_t at = 0; at < pattern.size();)
        append_literal(out.text, next_code_point(pattern, at));
    return out;
}

}  // namespace thingstead::script::java
