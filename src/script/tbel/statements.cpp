#include "script/tbel/statements.h"

#include <algorithm>

#include "script/tbel/collections.h"
#include "script/tbel/convert.h"

namespace thingstead::script::tbel {
namespace {

/// What fails inside without a place of its own fails here.
template <class F>
auto placed(const Node& node, F&& action) {
    try {
        return action();
    } catch (Failure& failure) {
        if (failure.at == nowhere) failure.at = node.at;
        throw;
    }
}

bool holds(Run& run, const Expression& condition) {
    const Value value = condition.eval(run);
    return value.is(Kind::boolean) ? value.boolean : require_boolean(value);
}

}  // namespace

Flow ExpressionStatement::exec(Run& run) const {
    run.result = placed(*this, [&] { return expression->eval(run); });
    return Flow::next;
}

Flow DeclareStatement::exec(Run& run) const {
    Value* const variable = place.target(run);
    if (is_first || variable->is(Kind::undefined)) *variable = Value{};
    run.result = Value{};
    return Flow::next;
}

Flow FunctionStatement::exec(Run& run) const {
    run.result = Value::of(Kind::function);
    run.result.function = function;
    return Flow::next;
}

Flow BlockStatement::exec(Run& run) const {
    for (const Statement* statement : statements)
        if (const Flow flow = statement->exec(run); flow != Flow::next) return flow;
    return Flow::next;
}

Flow IfStatement::exec(Run& run) const {
    run.result = Value{};
    const auto enter = [&](const Statement& branch) {
        const Flow flow = branch.exec(run);
        return flow == Flow::broken && catches_break ? Flow::next : flow;
    };
    for (const auto& [condition, branch] : branches)
        if (placed(*this, [&] { return holds(run, *condition); })) return enter(*branch);
    return otherwise ? enter(*otherwise) : Flow::next;
}

Flow LoopStatement::exec(Run& run) const {
    if (init) init->exec(run);
    // All of it in one place: a loop that is out of time tells its line too.
    return placed(*this, [&] {
        const auto goes_on = [&] { return holds(run, *condition) != until; };
        if (body_first || goes_on()) {
            do {
                run.tick(16);
                const Flow flow = body->exec(run);
                if (flow == Flow::returned) return flow;
                if (flow == Flow::broken) break;
                if (step) step->exec(run);
            } while (goes_on());
        }
        run.result = Value{};
        return Flow::next;
    });
}

namespace {

Value foreach_elements(Run& run, const Value& collection) {
    if (!collection.is(Kind::integer)) return elements_of(run, collection, "non-iterable type");
    const std::int32_t count = std::max(collection.integer, 0);
    if (static_cast<std::size_t>(count) > run.memory_max() / sizeof(Value))
        throw Failure{ErrorCode::limit_reached, "Script memory overflow!", nowhere};
    const Value out = run.list(static_cast<std::uint32_t>(count));
    for (std::int32_t i = 1; i <= count; ++i) push(run, out.list->own, make_int(i));
    return out;
}

}  // namespace

Flow ForeachStatement::exec(Run& run) const {
    return placed(*this, [&] {
        const Value elements = foreach_elements(run, collection->eval(run));
        const Items& items = *elements.list->items;
        for (std::uint32_t i = 0; i < items.size; ++i) {
            run.tick(16);
            (is_global ? run.globals() : run.locals())[slot] = items.data[i];
            const Flow flow = body->exec(run);
            if (flow == Flow::returned) return flow;
            if (flow == Flow::broken) break;
        }
        run.result = Value{};
        return Flow::next;
    });
}

Flow ReturnStatement::exec(Run& run) const {
    run.result = value ? placed(*this, [&] { return value->eval(run); }) : Value{};
    return Flow::returned;
}

Flow AssertStatement::exec(Run& run) const {
    if (!placed(*this, [&] { return holds(run, *condition); }))
        fail_at(at, "AssertionError: assertion failed");
    run.result = make_boolean(true);
    return Flow::next;
}

Flow WithStatement::exec(Run& run) const {
    return placed(*this, [&] {
        const Value target = object->eval(run);
        if (!target.is(Kind::map)) fail("with-block against " + std::string(class_name(target)));
        for (const auto& [name, value] : members) put(run, *target.map, name, value->eval(run));
        run.result = target;
        return Flow::next;
    });
}

}  // namespace thingstead::script::tbel
