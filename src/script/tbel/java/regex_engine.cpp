#include "script/tbel/java/regex_engine.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/lru_cache.h"
#include "script/tbel/java/regex_pattern.h"
#include "script/tbel/java/text.h"

namespace thingstead::script::java {
namespace {

template <class T, void (*release)(T*)>
struct Pcre2Free {
    void operator()(T* object) const { release(object); }
};
using Code = std::unique_ptr<pcre2_code, Pcre2Free<pcre2_code, &pcre2_code_free>>;
using MatchData =
    std::unique_ptr<pcre2_match_data, Pcre2Free<pcre2_match_data, &pcre2_match_data_free>>;
using MatchContext =
    std::unique_ptr<pcre2_match_context, Pcre2Free<pcre2_match_context, &pcre2_match_context_free>>;
using CompileContext =
    std::unique_ptr<pcre2_compile_context,
                    Pcre2Free<pcre2_compile_context, &pcre2_compile_context_free>>;

/// Start positions that one attempt may try; see RegexRun::State::search.
constexpr std::size_t window_first = 1024;
constexpr std::size_t window_max = 32 * 1024;
constexpr std::uint32_t window_steps_min = 64;

PCRE2_SPTR units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

/// Whether every character is whole; surrogates alone are.
bool is_well_formed(std::string_view text) {
    if (is_ascii(text)) return true;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        if (next_code_point(text, at) == 0xFFFD && at - begin != 3) return false;
    }
    return true;
}

std::string pcre2_message(int code) {
    std::array<PCRE2_UCHAR, 256> buffer{};
    pcre2_get_error_message(code, buffer.data(), buffer.size());
    return reinterpret_cast<const char*>(buffer.data());
}

Error too_costly() { return {ErrorCode::timeout, "Regular expression takes too many steps"}; }

}  // namespace

class CompiledRegex {
  public:
    CompiledRegex(Code code, std::size_t groups) : code_(std::move(code)), groups_(groups) {}
    const pcre2_code* code() const { return code_.get(); }
    std::size_t groups() const { return groups_; }

  private:
    Code code_;
    std::size_t groups_;
};

namespace {

using Compiled = std::shared_ptr<const CompiledRegex>;

/// PCRE2 knows more names of properties than the translation does, so it is the one that misses
/// them; `read` is what it had read by then, up to the brace behind the name.
Error compile_error(int code, std::string_view read, std::string_view pattern) {
    const std::size_t brace = read.rfind('{');
    if (code != PCRE2_ERROR_UNKNOWN_UNICODE_PROPERTY || brace == std::string_view::npos)
        return pattern_error(pcre2_message(code), pattern, pattern.size());
    std::string name(read.substr(brace + 1));
    name.erase(std::min(name.find('}'), name.size()));
    const std::size_t place = pattern.find(name + '}');
    return pattern_error("Unknown character property name {" + name + "}", pattern,
                         std::min(place, pattern.size() - name.size()) + name.size());
}

Result<Compiled> compile_now(std::string_view pattern, unsigned flags) {
    if (pattern.size() > regex_pattern_bytes_max)
        return Error{ErrorCode::too_large, "Regular expression is too long"};
    if (!is_well_formed(pattern))
        return Error{ErrorCode::malformed, "Regular expression is no valid UTF-8"};
    const Result<Pcre2Pattern> translated = to_pcre2(pattern, flags);
    if (!translated) return translated.error();
    std::uint32_t options = PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_USE_OFFSET_LIMIT |
                            PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY | PCRE2_AUTO_CALLOUT;
    if (translated->unicode_classes) options |= PCRE2_UCP;
    if (translated->caseless) options |= PCRE2_CASELESS;
    const CompileContext context(pcre2_compile_context_create(nullptr));
    pcre2_set_compile_extra_options(context.get(), PCRE2_EXTRA_ALLOW_SURROGATE_ESCAPES);
    int failed = 0;
    PCRE2_SIZE at = 0;
    Code code(pcre2_compile(units(translated->text), translated->text.size(), options, &failed, &at,
                            context.get()));
    if (!code) return compile_error(failed, translated->text.substr(0, at), pattern);
    std::uint32_t groups = 0;
    pcre2_pattern_info(code.get(), PCRE2_INFO_CAPTURECOUNT, &groups);
    return std::make_shared<const CompiledRegex>(std::move(code), groups);
}

}  // namespace

Result<Compiled> compile_regex(std::string_view pattern, unsigned flags) {
    thread_local LruCache<std::string, Compiled> cache(regex_cache_size, 1);
    const std::string key = std::to_string(flags) + '/' + std::string(pattern);
    if (std::optional<Compiled> known = cache.get(key)) return *std::move(known);
    Result<Compiled> compiled = compile_now(pattern, flags);
    if (compiled) cache.put(key, *compiled);
    return compiled;
}

std::size_t group_count(const CompiledRegex& regex) { return regex.groups(); }

std::optional<std::size_t> group_number(const CompiledRegex& regex, std::string_view name) {
    const std::string zero_ended(name);
    const int number = pcre2_substring_number_from_name(regex.code(), units(zero_ended));
    if (number < 0) return std::nullopt;
    return static_cast<std::size_t>(number);
}

class RegexRun::State {
  public:
    State(Compiled regex, std::string_view text)
        : regex_(std::move(regex)),
          text_(text),
          well_formed_(is_well_formed(text)),
          data_(pcre2_match_data_create_from_pattern(regex_->code(), nullptr)),
          context_(pcre2_match_context_create(nullptr)),
          deadline_(std::chrono::steady_clock::now() + regex_time_max) {
        pcre2_set_depth_limit(context_.get(), regex_depth_max);
        pcre2_set_heap_limit(context_.get(), regex_heap_kib_max);
        pcre2_set_callout(context_.get(), &State::check_time, this);
    }

    Result<std::optional<RegexMatch>> match(std::size_t from, RegexAnchor anchor) {
        if (!well_formed_) return Error{ErrorCode::malformed, "Text is no valid UTF-8"};
        if (std::chrono::steady_clock::now() > deadline_) return too_costly();
        if (anchor == RegexAnchor::none) return search(from);
        const std::uint32_t whole = anchor == RegexAnchor::whole ? PCRE2_ENDANCHORED : 0;
        return result_of(attempt(from, PCRE2_UNSET, regex_match_steps_max, PCRE2_ANCHORED | whole));
    }

  private:
    /// Called before each item of the expression: a step may itself look at the whole text, so that
    /// counting steps does not bound the time.
    static int check_time(pcre2_callout_block*, void* state) {
        auto& self = *static_cast<State*>(state);
        constexpr std::uint32_t calls_between_looks = 256;
        if (++self.calls_ % calls_between_looks != 0) return 0;
        const bool late = std::chrono::steady_clock::now() > self.deadline_;
        return late ? PCRE2_ERROR_CALLOUT : 0;
    }

    /// PCRE2 counts steps for each start position anew. So that all of them together stay bounded,
    /// a window of start positions shares the steps of one; one that runs out of them is tried
    /// again in halves. The clock is looked at between windows.
    Result<std::optional<RegexMatch>> search(std::size_t from) {
        std::size_t window = window_first;
        while (true) {
            const std::size_t last = std::min(from + window - 1, text_.size());
            const auto share = static_cast<std::uint32_t>(regex_match_steps_max / window);
            const int found = attempt(from, last, std::max(share, window_steps_min), 0);
            if (found == PCRE2_ERROR_MATCHLIMIT && window > 1) {
                window /= 2;
            } else if (found != PCRE2_ERROR_NOMATCH || last >= text_.size()) {
                return result_of(found);
            } else {
                from = next_start(last);
                window = std::min(window * 2, window_max);
            }
            if (std::chrono::steady_clock::now() > deadline_) return too_costly();
        }
    }

    std::size_t next_start(std::size_t last) const {
        std::size_t at = last + 1;
        while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0) == 0x80) ++at;
        return at;
    }

    int attempt(std::size_t from, std::size_t last, std::uint32_t steps, std::uint32_t options) {
        pcre2_set_match_limit(context_.get(), steps);
        pcre2_set_offset_limit(context_.get(), last);
        return pcre2_match(regex_->code(), units(text_), text_.size(), from,
                           options | PCRE2_NO_UTF_CHECK, data_.get(), context_.get());
    }

    Result<std::optional<RegexMatch>> result_of(int found) const {
        if (found == PCRE2_ERROR_NOMATCH) return std::optional<RegexMatch>();
        if (found == PCRE2_ERROR_MATCHLIMIT || found == PCRE2_ERROR_DEPTHLIMIT ||
            found == PCRE2_ERROR_HEAPLIMIT || found == PCRE2_ERROR_CALLOUT)
            return too_costly();
        if (found < 0)
            return Error{ErrorCode::internal, "Regular expression failed", pcre2_message(found)};
        RegexMatch match;
        const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(data_.get());
        for (std::size_t i = 0; i <= regex_->groups(); ++i) {
            const bool took_part = ends[2 * i] != PCRE2_UNSET;
            match.groups.push_back(
                took_part ? std::optional(ByteRange{ends[2 * i], ends[2 * i + 1]}) : std::nullopt);
        }
        return std::optional<RegexMatch>(std::move(match));
    }

    Compiled regex_;
    std::string_view text_;
    bool well_formed_;
    MatchData data_;
    MatchContext context_;
    std::chrono::steady_clock::time_point deadline_;
    std::uint32_t calls_ = 0;
};

RegexRun::RegexRun(Compiled regex, std::string_view text)
    : state_(std::make_unique<State>(std::move(regex), text)) {}
RegexRun::~RegexRun() = default;

Result<std::optional<RegexMatch>> RegexRun::match(std::size_t from, RegexAnchor anchor) {
    return state_->match(from, anchor);
}

}  // namespace thingstead::script::java
