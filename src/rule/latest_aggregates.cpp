#include "rule/latest_aggregates.h"

#include <algorithm>
#include <functional>
#include <memory>

#include "model/validate.h"
#include "rule/entity_reads.h"
#include "rule/message_body.h"
#include "rule/node_script.h"

namespace thingstead::rule {
namespace {

using model::EntityId;

/// Children whose values are in memory at a time.
constexpr std::size_t children_at_once = 100;

constexpr std::array<model::AttributeScope, 3> child_scopes{
    model::AttributeScope::client, model::AttributeScope::shared, model::AttributeScope::server};
constexpr std::array<std::string_view, 3> scope_prefixes{"cs_", "shared_", "ss_"};

using Keys = std::vector<std::string>;

/// Keys by scope, those of telemetry last.
using KeysOfAll = std::array<Keys, 4>;

std::size_t place_of(LatestSource source) {
    switch (source) {
        case LatestSource::client:    return 0;
        case LatestSource::shared:    return 1;
        case LatestSource::server:    return 2;
        case LatestSource::telemetry: break;
    }
    return 3;
}

void add_keys(Keys& to, const Keys& more) {
    for (const std::string& each : more)
        if (std::find(to.begin(), to.end(), each) == to.end()) to.push_back(each);
}

/// What is known of a child: values by key, in the places of KeysOfAll.
struct ChildValues {
    EntityId child;
    std::array<std::vector<std::pair<std::string, model::Value>>, 4> by_place;

    const model::Value* find(std::size_t place, const std::string& key) const {
        for (const auto& [its_key, value] : by_place[place])
            if (its_key == key) return &value;
        return nullptr;
    }
};

struct PlannedMapping {
    std::string source;
    std::size_t place = 3;
    std::optional<double> default_value;
    std::string target;
    AggregateFunction function = AggregateFunction::avg;
    KeysOfAll filter_keys{};
    std::optional<NodeScript> filter{};
};

json::object filter_input(const PlannedMapping& mapping, const ChildValues& child) {
    json::object attributes;
    for (std::size_t place = 0; place < mapping.filter_keys.size(); ++place)
        for (const std::string& key : mapping.filter_keys[place]) {
            const model::Value* value = child.find(place, key);
            if (!value) continue;
            std::string name =
                place < scope_prefixes.size() ? std::string(scope_prefixes[place]) : std::string();
            attributes[name + key] = json_of(*value);
        }
    return attributes;
}

/// Whether the child counts for the mapping. Errors: of the script.
Task<Result<bool>> takes(PlannedMapping& mapping, const ChildValues& child) {
    if (!mapping.filter) co_return true;
    const json::value attributes = filter_input(mapping, child);
    const std::array<script::Input, 1> inputs{&attributes};
    const Result<json::value> answer = co_await mapping.filter->ask(inputs);
    if (!answer) co_return answer.error();
    if (!answer->is_bool()) co_return wrong_result_type(*answer);
    co_return answer->get_bool();
}

/// Of one that counts.
Result<> take_child(const PlannedMapping& mapping, Aggregate& into, const ChildValues& child) {
    const model::Value* value = child.find(mapping.place, mapping.source);
    if (value) return add(into, mapping.function, json_of(*value));
    if (mapping.default_value) return add(into, mapping.function, *mapping.default_value);
    return {};
}

class LatestAggregates final : public ParentWork {
  public:
    LatestAggregates(std::vector<PlannedMapping> mappings, RelationsConfig children,
                     model::TenantId tenant, NodeServices& services)
        : mappings_(std::move(mappings)),
          children_(std::move(children)),
          tenant_(tenant),
          services_(services) {
        for (const PlannedMapping& each : mappings_) {
            add_keys(keys_[each.place], {each.source});
            for (std::size_t place = 0; place < keys_.size(); ++place)
                add_keys(keys_[place], each.filter_keys[place]);
        }
    }

    Task<std::vector<Told>> told_of(EntityId parent) override {
        using Entities = std::vector<EntityId>;
        const std::function<Result<Entities>(store::Reader&)> work = [&](store::Reader& reader) {
            return children_of(reader, tenant_, parent, children_, services_.clock);
        };
        const Result<Entities> children = co_await read_entities<Entities>(services_, work);
        std::vector<Told> told;
        if (!children) {
            told.emplace_back(parent, children.error());
            co_return told;
        }
        std::vector<Result<Aggregate>> made(mappings_.size(), Result<Aggregate>(Aggregate()));
        for (std::size_t at = 0; at < children->size(); at += children_at_once) {
            const std::size_t end = std::min(at + children_at_once, children->size());
            Entities some(children->begin() + static_cast<std::ptrdiff_t>(at),
                          children->begin() + static_cast<std::ptrdiff_t>(end));
            const auto known = co_await values_of(std::move(some));
            if (!known) {
                told.emplace_back(parent, known.error());
                co_return told;
            }
            co_await take(made, *known);
        }
        for (std::size_t i = 0; i < made.size(); ++i) tell(told, parent, mappings_[i], made[i]);
        co_return told;
    }

  private:
    using Known = std::vector<ChildValues>;

    Task<Result<Known>> values_of(std::vector<EntityId> children) {
        Known known;
        for (const EntityId& each : children) known.push_back({each, {}});
        const bool any_scope = !keys_[0].empty() || !keys_[1].empty() || !keys_[2].empty();
        if (any_scope) {
            const std::function<Result<Known>(store::Reader&)> work = [&](store::Reader& reader) {
                return with_attributes(reader, known);
            };
            Result<Known> read = co_await read_entities<Known>(services_, work);
            if (!read) co_return read.error();
            known = *std::move(read);
        }
        if (keys_[3].empty()) co_return known;
        for (ChildValues& each : known) {
            const auto latest = co_await net::with_deadline(
                services_.telemetry.latest(each.child, keys_[3]), answer_time_max);
            if (!latest) co_return latest.error();
            for (const store::LatestValue& one : *latest)
                each.by_place[3].emplace_back(one.key, one.value);
        }
        co_return known;
    }

    Result<Known> with_attributes(store::Reader& reader, Known known) const {
        for (ChildValues& each : known)
            for (std::size_t place = 0; place < child_scopes.size(); ++place) {
                if (keys_[place].empty()) continue;
                const auto read = reader.attributes(each.child, child_scopes[place], keys_[place]);
                if (!read) return read.error();
                for (const model::Attribute& one : *read)
                    each.by_place[place].emplace_back(one.key, one.value);
            }
        return known;
    }

    /// What went wrong with one child is the end of its mapping.
    Task<> take(std::vector<Result<Aggregate>>& made, const Known& known) {
        for (std::size_t i = 0; i < made.size(); ++i)
            for (const ChildValues& child : known) {
                if (!made[i]) break;
                const Result<bool> counts = co_await takes(mappings_[i], child);
                if (!counts) {
                    made[i] = counts.error();
                } else if (*counts) {
                    if (Result<> taken = take_child(mappings_[i], *made[i], child); !taken)
                        made[i] = taken.error();
                }
            }
    }

    static void tell(std::vector<Told>& told, EntityId parent, const PlannedMapping& mapping,
                     const Result<Aggregate>& made) {
        if (!made) {
            Error why = made.error();
            why.message = mapping.target + ": " + why.message;
            told.emplace_back(parent, std::move(why));
            return;
        }
        using enum AggregateFunction;
        const bool of_values =
            mapping.function == min || mapping.function == max || mapping.function == avg;
        if (of_values && made->count == 0) return;
        told.emplace_back(parent, json::object{
                                      {mapping.target, result_of(*made, mapping.function)}
        });
    }

    std::vector<PlannedMapping> mappings_;
    const RelationsConfig children_;
    const model::TenantId tenant_;
    NodeServices& services_;
    KeysOfAll keys_;  ///< Of all mappings.
};

Result<PlannedMapping> planned(const LatestMapping& config, const NodeInfo& info,
                               NodeServices& services) {
    const auto refusal = [](std::string text) {
        return Error{ErrorCode::invalid_argument, std::move(text)};
    };
    if (model::is_blank(config.source)) return refusal("aggMappings: source can't be blank!");
    if (model::is_blank(config.target)) return refusal("aggMappings: target can't be blank!");
    PlannedMapping mapping;
    mapping.source = config.source;
    mapping.target = config.target;
    mapping.default_value = config.default_value;
    mapping.function = config.function;
    if (const std::string scope = config.scope.value_or(""); !scope.empty()) {
        const auto source = enum_value<LatestSource>(std::string_view(scope));
        if (!source) return refusal("aggMappings: unknown sourceScope: " + scope);
        mapping.place = place_of(*source);
    }
    if (!config.filter) return mapping;
    const ChildFilterConfig& filter = *config.filter;
    mapping.filter_keys = {filter.client, filter.shared, filter.server, filter.latest};
    ScriptTexts texts;
    texts.language = filter.language;
    texts.js_script = filter.js_script;
    texts.tbel_script = filter.tbel_script;
    Result<NodeScript> script = NodeScript::make(texts, info, services, {"attributes"});
    if (!script) return script.error();
    mapping.filter = *std::move(script);
    return mapping;
}

}  // namespace

Result<std::unique_ptr<Node>> LatestAggregatesNode::make(LatestConfig config, const NodeInfo& info,
                                                         NodeServices& services) {
    if (Result<> valid = config.check(); !valid) return valid.error();
    if (config.mappings.empty())
        return Error{ErrorCode::invalid_argument, "aggMappings should be specified!"};
    std::vector<PlannedMapping> mappings;
    for (const LatestMapping& each : config.mappings) {
        Result<PlannedMapping> mapping = planned(each, info, services);
        if (!mapping) return mapping.error();
        mappings.push_back(*std::move(mapping));
    }
    auto work = std::make_shared<LatestAggregates>(std::move(mappings), config.parents.children,
                                                   info.tenant, services);
    return std::unique_ptr<Node>(
        std::make_unique<LatestAggregatesNode>(config, info, services, std::move(work)));
}

}  // namespace thingstead::rule
