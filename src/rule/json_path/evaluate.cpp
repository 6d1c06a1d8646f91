#include <algorithm>
#include <utility>

#include "rule/json_path/program.h"

namespace thingstead::rule::json_path {
namespace {

using Values = std::vector<const json::value*>;

Error nowhere(const std::string& why) { return {ErrorCode::not_found, why}; }

/// A step that leads to one place at most.
bool is_definite(const Step& step, bool last) {
    if (step.deep) return false;
    if (const auto* names = std::get_if<Names>(&step.selector))
        return names->names.size() == 1 || last;
    if (const auto* indexes = std::get_if<Indexes>(&step.selector))
        return indexes->indexes.size() == 1;
    return false;
}

/// An index from the start; out of range if it is not below `size`.
std::size_t from_start(std::int64_t index, std::size_t size) {
    const auto count = static_cast<std::int64_t>(size);
    const std::int64_t at = index < 0 ? index + count : index;
    return at < 0 ? size : static_cast<std::size_t>(at);
}

std::size_t clipped(std::int64_t index, std::size_t size) {
    const auto count = static_cast<std::int64_t>(size);
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(index < 0 ? index + count : index, 0, count));
}

/// One evaluation of one path.
class Walk {
  public:
    Walk(const Path& path, const json::value& root, Budget& budget)
        : path_(path), root_(root), budget_(budget) {}

    Result<json::value> run(const json::value& from) {
        Values values{&from};
        for (std::size_t i = 0; i < path_.steps.size(); ++i) {
            const Step& step = path_.steps[i];
            const bool last = i + 1 == path_.steps.size();
            if (last && definite_ && is_merged(step)) return merged(step, *values.front());
            Values next;
            for (const json::value* each : values)
                if (Result<> done = follow(step, *each, last, next); !done) return done.error();
            definite_ = definite_ && is_definite(step, last);
            if (definite_ && next.empty()) return nowhere("No results for path");
            values = std::move(next);
        }
        if (definite_) return *values.front();
        json::array list;
        for (const json::value* each : values) list.push_back(*each);
        return list;
    }

  private:
    /// Several names at the end make one object of what is there.
    static bool is_merged(const Step& step) {
        const auto* names = std::get_if<Names>(&step.selector);
        return names && names->names.size() > 1 && !step.deep;
    }
    static Result<json::value> merged(const Step& step, const json::value& from) {
        const json::object* object = from.if_object();
        if (!object) return nowhere("An object is expected in path");
        json::object out;
        for (const std::string& name : std::get<Names>(step.selector).names)
            if (const json::value* value = object->if_contains(name)) out[name] = *value;
        return out;
    }

    Result<> follow(const Step& step, const json::value& from, bool last, Values& out) {
        if (step.deep) return follow_everywhere(step, from, out);
        return follow_here(step, from, last, out);
    }

    /// The step from `from` and from all below it, from the top down.
    Result<> follow_everywhere(const Step& step, const json::value& from, Values& out) {
        if (!budget_.take()) return too_many_steps();
        const auto* filter = std::get_if<std::shared_ptr<const Filter>>(&step.selector);
        if (!filter) {
            const bool was_definite = std::exchange(definite_, false);
            const Result<> done = follow_here(step, from, false, out);
            definite_ = was_definite;
            if (!done) return done;
        }
        const auto below = [&](const json::value& value) -> Result<> {
            if (filter)
                if (Result<> done = add_fitting(**filter, value, out); !done) return done;
            return value.is_structured() ? follow_everywhere(step, value, out) : Result<>();
        };
        if (const json::array* list = from.if_array())
            for (const json::value& each : *list)
                if (Result<> done = below(each); !done) return done;
        if (const json::object* object = from.if_object())
            for (const json::key_value_pair& each : *object)
                if (Result<> done = below(each.value()); !done) return done;
        return {};
    }

    /// What is missing is an error as long as the way was definite, but at its end.
    Result<> follow_here(const Step& step, const json::value& from, bool last, Values& out) {
        if (!budget_.take()) return too_many_steps();
        if (const auto* names = std::get_if<Names>(&step.selector))
            return by_names(*names, from, last, out);
        if (const auto* filter = std::get_if<std::shared_ptr<const Filter>>(&step.selector))
            return by_filter(**filter, from, out);
        if (std::holds_alternative<Wildcard>(step.selector)) return all_of(from, out);
        const json::array* list = from.if_array();
        if (!list)
            return definite_ ? Result<>(nowhere("An array is expected in path")) : Result<>();
        if (const auto* indexes = std::get_if<Indexes>(&step.selector)) {
            for (const std::int64_t each : indexes->indexes)
                if (const std::size_t at = from_start(each, list->size()); at < list->size())
                    out.push_back(&(*list)[at]);
            return {};
        }
        const auto& [begin, end] = std::get<Slice>(step.selector);
        const std::size_t to = end ? clipped(*end, list->size()) : list->size();
        std::size_t at = begin ? clipped(*begin, list->size()) : 0;
        if (at < to && !budget_.take(to - at)) return too_many_steps();
        for (; at < to; ++at) out.push_back(&(*list)[at]);
        return {};
    }

    Result<> by_names(const Names& names, const json::value& from, bool last, Values& out) {
        const json::object* object = from.if_object();
        if (!object)
            return definite_ ? Result<>(nowhere("An object is expected in path")) : Result<>();
        for (const std::string& name : names.names) {
            if (const json::value* value = object->if_contains(name))
                out.push_back(value);
            else if (definite_ && !last)
                return nowhere("Missing property in path: " + name);
        }
        return {};
    }

    Result<> by_filter(const Filter& filter, const json::value& from, Values& out) {
        if (from.is_object()) return add_fitting(filter, from, out);
        const json::array* list = from.if_array();
        if (!list)
            return definite_ ? Result<>(nowhere("A filter can't be applied to a plain value"))
                             : Result<>();
        for (const json::value& each : *list)
            if (Result<> done = add_fitting(filter, each, out); !done) return done;
        return {};
    }

    Result<> add_fitting(const Filter& filter, const json::value& value, Values& out) {
        const Result<bool> accepted = fits(filter, value, root_, budget_);
        if (!accepted) return accepted.error();
        if (*accepted) out.push_back(&value);
        return {};
    }

    Result<> all_of(const json::value& from, Values& out) {
        const json::array* list = from.if_array();
        const json::object* object = from.if_object();
        if (!budget_.take(list ? list->size() : object ? object->size() : 0))
            return too_many_steps();
        if (list)
            for (const json::value& each : *list) out.push_back(&each);
        if (object)
            for (const json::key_value_pair& each : *object) out.push_back(&each.value());
        return {};
    }

    const Path& path_;
    const json::value& root_;
    Budget& budget_;
    bool definite_ = true;  ///< So far.
};

// --- functions ---

std::vector<double> numbers_of(const json::array& list) {
    std::vector<double> out;
    for (const json::value& each : list)
        if (each.is_number()) out.push_back(each.to_number<double>());
    return out;
}

Result<json::value> aggregate(Function function, const json::array& list) {
    const std::vector<double> numbers = numbers_of(list);
    if (numbers.empty()) return Error{ErrorCode::invalid_argument, "An aggregation needs numbers"};
    double sum = 0;
    for (const double each : numbers) sum += each;
    switch (function) {
        case Function::min: return json::value(*std::min_element(numbers.begin(), numbers.end()));
        case Function::max: return json::value(*std::max_element(numbers.begin(), numbers.end()));
        case Function::avg: return json::value(sum / static_cast<double>(numbers.size()));
        default:            return json::value(sum);
    }
}

Result<json::value> apply(Function function, const json::value& value) {
    const json::array* list = value.if_array();
    const json::object* object = value.if_object();
    switch (function) {
        case Function::none: return value;
        case Function::length:
            if (list) return json::value(list->size());
            if (object) return json::value(object->size());
            return json::value(nullptr);
        case Function::keys: {
            if (!object) return nowhere("keys() needs an object");
            json::array keys;
            for (const json::key_value_pair& each : *object) keys.emplace_back(each.key());
            return keys;
        }
        case Function::first:
        case Function::last:
            if (!list || list->empty()) return nowhere("The array has no elements");
            return function == Function::first ? list->front() : list->back();
        case Function::min:
        case Function::max:
        case Function::sum:
        case Function::avg:
            if (!list) return nowhere("An aggregation needs an array");
            return aggregate(function, *list);
    }
    return value;
}

}  // namespace

Error too_many_steps() {
    return {ErrorCode::too_large,
            "The path leads to more than " + std::to_string(json_path_steps_max) + " values"};
}

Result<json::value> evaluate(const Path& path, const json::value& from, const json::value& root,
                             Budget& budget) {
    Result<json::value> found = Walk(path, root, budget).run(from);
    if (!found) return found.error();
    return apply(path.function, *found);
}

}  // namespace thingstead::rule::json_path

namespace thingstead::rule {

Result<json::value> JsonPath::evaluate(const json::value& document) const {
    json_path::Budget budget;
    return json_path::evaluate(program_->path, document, document, budget);
}

}  // namespace thingstead::rule
