#include "rule/replay/report.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "rule/event_keeper.h"

namespace thingstead::rule {
namespace {

constexpr std::size_t names_max = 10'000;        ///< That are counted on their own.
constexpr std::size_t effect_chars_max = 2'000;  ///< Of one effect or message that is shown.
constexpr std::size_t effects_shown_max = 100;   ///< Of one message and version.

constexpr std::array<std::string_view, 8> kind_words{"way",    "point",   "attribute", "alarm",
                                                     "entity", "outside", "enqueued",  "failure"};

std::string_view word_of(EffectKind kind) { return kind_words[static_cast<std::size_t>(kind)]; }

/// FNV-1a; chained, so that the order counts.
std::uint64_t digest_of(std::uint64_t before, std::string_view text) {
    std::uint64_t hash = before ^ 0xcbf29ce484222325u;
    for (const char each : text) hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001b3u;
    return hash;
}

std::vector<core::ReplayCount> listed(const std::map<std::string, std::int64_t>& counts) {
    std::vector<core::ReplayCount> list;
    for (const auto& [name, count] : counts) list.push_back({name, count});
    return list;
}

/// What of `these` is not among `those`, each as often as it is more; in order.
std::vector<const Effect*> only_in(const std::vector<Effect>& these,
                                   const std::vector<Effect>& those) {
    std::map<std::pair<EffectKind, std::string_view>, std::int64_t> left;
    for (const Effect& each : those) ++left[{each.kind, each.text}];
    std::vector<const Effect*> only;
    for (const Effect& each : these)
        if (--left[{each.kind, each.text}] < 0) only.push_back(&each);
    return only;
}

bool are_ways(const std::vector<const Effect*>& effects) {
    return std::all_of(effects.begin(), effects.end(),
                       [](const Effect* each) { return each->kind == EffectKind::way; });
}

std::vector<std::string> shown(const std::vector<const Effect*>& effects) {
    std::vector<std::string> texts;
    for (const Effect* each : effects) {
        if (texts.size() == effects_shown_max) {
            texts.push_back("and " + std::to_string(effects.size() - effects_shown_max) + " more");
            break;
        }
        texts.push_back(std::string(word_of(each->kind)) + ": " +
                        shortened(each->text, effect_chars_max));
    }
    return texts;
}

}  // namespace

void ReplaySumsMaker::count(Counts& counts, const std::string& name) {
    if (counts.size() < names_max || counts.contains(name))
        ++counts[name];
    else
        ++counts["(others)"];
}

void ReplaySumsMaker::add(const std::vector<Effect>& effects, bool is_message) {
    if (is_message) ++sums_.messages;
    bool failed = false;
    for (const Effect& each : effects) {
        digest_ = digest_of(digest_of(digest_, word_of(each.kind)), each.text);
        switch (each.kind) {
            case EffectKind::way:       count(ways_, each.label); break;
            case EffectKind::point:     ++sums_.points; break;
            case EffectKind::attribute: ++sums_.attributes; break;
            case EffectKind::alarm:     count(alarms_, each.label); break;
            case EffectKind::entity:    count(entities_, each.label); break;
            case EffectKind::enqueued:  ++sums_.enqueued; break;
            case EffectKind::failure:   failed = true; break;
            case EffectKind::outside:
                ++sums_.outside_calls;
                count(outside_, each.label);
                break;
        }
    }
    if (failed) ++sums_.failures;
}

core::ReplaySums ReplaySumsMaker::sums() const {
    core::ReplaySums sums = sums_;
    sums.ways = listed(ways_);
    sums.alarms = listed(alarms_);
    sums.entities = listed(entities_);
    sums.outside = listed(outside_);
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%016llx",
                  static_cast<unsigned long long>(digest_));
    sums.digest = digits.data();
    return sums;
}

void ReplayComparison::add(const model::Msg* message, EpochMs ts, const std::vector<Effect>& run,
                           const std::vector<Effect>& against) {
    if (run == against) return;
    const std::vector<const Effect*> first = only_in(run, against);
    const std::vector<const Effect*> second = only_in(against, run);
    if (first.empty() && second.empty()) return;  // The same in another order.
    ++different_;
    if (!are_ways(first) || !are_ways(second)) ++different_effects_;
    if (shown_.size() >= shown_max_) return;
    core::ReplayDifference difference;
    difference.ts = ts;
    if (message) {
        difference.message_id = message->id.to_string();
        difference.type = message->type;
        difference.originator = std::string(model::wire_name(message->originator.type)) + ":" +
                                message->originator.uuid.to_string();
        difference.data = shortened(message->data, effect_chars_max);
    }
    difference.run = shown(first);
    difference.against = shown(second);
    shown_.push_back(std::move(difference));
}

void ReplayComparison::tell(core::ReplayReport& report) const {
    report.different = different_;
    report.different_effects = different_effects_;
    report.differences = shown_;
}

}  // namespace thingstead::rule
