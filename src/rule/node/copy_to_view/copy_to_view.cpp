#include <algorithm>

#include "core/entity_view/entity_view_rules.h"
#include "rule/enqueue.h"
#include "rule/node.h"
#include "rule/scope.h"

namespace thingstead::rule::copy_to_view {
namespace {

constexpr std::string_view accepted[] = {
    model::msg_type::attributes_updated,
    model::msg_type::attributes_deleted,
    "ACTIVITY_EVENT",
    "INACTIVITY_EVENT",
    model::msg_type::post_attributes,
};

bool is_open(const model::EntityView& view, EpochMs now) {
    return view.start_time_ms < now && (view.end_time_ms == 0 || view.end_time_ms > now);
}

bool shows(const core::KeyList& keys, const std::string& key) {
    return !keys || std::find(keys->begin(), keys->end(), key) != keys->end();
}

/// Of {"attributes":[key…]}. Errors: malformed, invalid_argument.
Result<std::vector<std::string>> deleted_keys(const model::Msg& msg) {
    const Result<json::object> data = body_object(msg);
    if (!data) return data.error();
    const json::value* keys = data->if_contains("attributes");
    if (!keys) return std::vector<std::string>();
    return from_json<std::vector<std::string>>(*keys);
}

class CopyToViewNode final : public Node {
  public:
    CopyToViewNode(EmptyConfig, const NodeInfo& info, NodeServices& services)
        : info_(info), services_(services) {}

    Step on_message(Visit& visit) override {
        const model::Msg& msg = visit.msg;
        if (std::find(std::begin(accepted), std::end(accepted), msg.type) == std::end(accepted))
            return Error{ErrorCode::unsupported, "Unsupported msg type: " + msg.type};
        if (msg.metadata.empty())
            return Error{ErrorCode::invalid_argument, "Message metadata is empty"};
        Change change;
        if (msg.type == model::msg_type::post_attributes) {
            change.scope = model::AttributeScope::client;
        } else {
            const Result<model::AttributeScope> scope = scope_of(msg.metadata.get("scope"));
            if (!scope) return scope.error();
            change.scope = *scope;
        }
        change.deletes = msg.type == model::msg_type::attributes_deleted;
        if (change.deletes) {
            auto keys = deleted_keys(msg);
            if (!keys) return keys.error();
            change.keys = *std::move(keys);
        } else {
            auto values = services_.parser.attributes(msg.data, model::NullValue::refuse);
            if (!values) return values.error();
            change.values = *std::move(values);
        }
        return copy(visit, std::move(change));
    }

  private:
    struct Change {
        model::AttributeScope scope{};
        bool deletes = false;
        std::vector<std::string> keys{};
        std::vector<model::KeyValue> values{};
    };
    using Views = std::vector<model::EntityView>;

    Task<Outcome> copy(Visit& visit, Change change) {
        const Result<Views> views = co_await views_of(visit);
        if (!views) co_return Outcome(views.error());
        std::vector<model::QueuedMsg> told;
        for (const model::EntityView& view : *views) {
            const Result<bool> changed = co_await change_view(view, change);
            if (!changed) co_return Outcome(changed.error());
            if (!*changed) continue;
            model::QueuedMsg next = behind(info_, visit.msg, "Success");
            next.msg.originator = view.id;
            told.push_back(std::move(next));
        }
        if (told.empty()) co_return Outcome(Consumed{});
        co_return co_await enqueue(services_.ingress, std::move(told));
    }

    Task<Result<Views>> views_of(const Visit& visit) {
        Views views;
        const EpochMs now = services_.clock.now_ms();
        const auto work = [&](store::Reader& reader) -> Result<> {
            auto found = reader.all<model::EntityView>({
                {"tenantId", visit.tenant.uuid                                               },
                {"entityId", store::ColumnCodec<model::EntityId>::write(visit.msg.originator)}
            });
            if (!found) return found.error();
            views = *std::move(found);
            return {};
        };
        if (Result<> read = co_await services_.entities.read(work); !read) co_return read.error();
        std::erase_if(views, [&](const model::EntityView& each) { return !is_open(each, now); });
        co_return views;
    }

    /// False: the view shows none of the attributes.
    Task<Result<bool>> change_view(const model::EntityView& view, const Change& change) {
        const core::KeyList keys = core::attribute_keys(view, change.scope);
        if (change.deletes) {
            core::Attributes::RuleRemoval removal;
            removal.entity = view.id;
            removal.scope = change.scope;
            for (const std::string& each : change.keys)
                if (shows(keys, each)) removal.keys.push_back(each);
            if (removal.keys.empty()) co_return false;
            const auto removed = co_await services_.attributes.remove(std::move(removal));
            if (!removed) co_return removed.error();
        } else {
            core::Attributes::RuleSave save;
            save.entity = view.id;
            save.scope = change.scope;
            for (const model::KeyValue& each : change.values)
                if (shows(keys, each.key)) save.values.push_back(each);
            if (save.values.empty()) co_return false;
            const auto saved = co_await services_.attributes.save(std::move(save));
            if (!saved) co_return saved.error();
        }
        co_return true;
    }

    NodeInfo info_;
    NodeServices& services_;
};

}  // namespace

extern const NodeDescriptor descriptor{
    .type = "org.thingsboard.rule.engine.action.TbCopyAttributesToEntityViewNode",
    .name = "copy to view",
    .kind = NodeKind::action,
    .summary = "Copies changed attributes to the entity views of the originator.",
    .form = "tbNodeEmptyConfig",
    .icon = "content_copy",
    .default_configuration = &default_configuration<EmptyConfig>,
    .make = &make_node<CopyToViewNode, EmptyConfig>,
};

}  // namespace thingstead::rule::copy_to_view
