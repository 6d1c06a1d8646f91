// The nodes of statements.
#pragma once
#include "script/tbel/nodes.h"

namespace thingstead::script::tbel {

using Statements = std::vector<const Statement*>;

struct ExpressionStatement final : Statement {
    const Expression* expression = nullptr;
    Flow exec(Run& run) const override;
};

/// `var x;`
struct DeclareStatement final : Statement {
    VariablePlace place;
    bool is_first = false;  ///< Of its name: null again in every turn of a loop.
    Flow exec(Run& run) const override;
};

struct FunctionStatement final : Statement {
    const Function* function = nullptr;
    Flow exec(Run& run) const override;
};

struct BlockStatement final : Statement {
    Statements statements;
    Flow exec(Run& run) const override;
};

struct IfStatement final : Statement {
    std::vector<std::pair<const Expression*, const Statement*>> branches;
    const Statement* otherwise = nullptr;
    bool catches_break = false;  ///< It was a switch.
    Flow exec(Run& run) const override;
};

/// for, while, until and do.
struct LoopStatement final : Statement {
    const Statement* init = nullptr;
    const Expression* condition = nullptr;
    const Statement* step = nullptr;
    const Statement* body = nullptr;
    bool until = false;
    bool body_first = false;
    Flow exec(Run& run) const override;
};

struct ForeachStatement final : Statement {
    std::uint32_t slot = 0;
    bool is_global = false;
    const Expression* collection = nullptr;
    const Statement* body = nullptr;
    Flow exec(Run& run) const override;
};

struct BreakStatement final : Statement {
    Flow exec(Run&) const override { return Flow::broken; }
};

struct ReturnStatement final : Statement {
    const Expression* value = nullptr;  ///< Null: null.
    Flow exec(Run& run) const override;
};

struct AssertStatement final : Statement {
    const Expression* condition = nullptr;
    Flow exec(Run& run) const override;
};

struct WithStatement final : Statement {
    const Expression* object = nullptr;
    std::vector<std::pair<Value, const Expression*>> members;
    Flow exec(Run& run) const override;
};

}  // namespace thingstead::script::tbel
