// The nodes of expressions. Each says what it does; the compiler chooses among them.
#pragma once
#include <array>
#include <vector>

#include "script/tbel/builtin/class_info.h"
#include "script/tbel/builtin/method.h"
#include "script/tbel/code.h"

namespace thingstead::script::tbel {

using Expressions = std::vector<const Expression*>;

struct Literal final : Expression {
    Value value;
    Value eval(Run&) const override { return value; }
};

/// A variable of the top level, seen from there: it exists.
struct GlobalVariable final : Expression {
    std::uint32_t slot = 0;
    Value eval(Run& run) const override { return run.globals()[slot]; }
};

inline constexpr std::uint32_t no_slot = ~std::uint32_t{0};

/// Where a name may lead from a function: to the local variable if it exists, else to the global.
struct VariablePlace {
    std::string_view name;
    std::uint32_t local = no_slot;
    std::uint32_t global = no_slot;

    Value* find(Run& run) const {
        if (local != no_slot && !run.locals()[local].is(Kind::undefined))
            return &run.locals()[local];
        if (global != no_slot && !run.globals()[global].is(Kind::undefined))
            return &run.globals()[global];
        return nullptr;
    }
    /// The one that an assignment changes.
    Value* target(Run& run) const {
        if (Value* known = find(run)) return known;
        return local != no_slot ? &run.locals()[local] : &run.globals()[global];
    }
    Value& require(Run& run, std::uint32_t at) const;
};

struct Variable final : Expression {
    VariablePlace place;
    Value eval(Run& run) const override {
        const Value* found = place.find(run);
        return found ? *found : place.require(run, at);
    }
};

struct IsDefined final : Expression {
    VariablePlace place;
    Value eval(Run& run) const override { return make_boolean(place.find(run) != nullptr); }
};

/// Fails when it is reached.
struct FailingExpression final : Expression {
    std::string text;
    Value eval(Run&) const override { fail_at(at, text); }
};

/// Assigns and is the value; also `x += e`, `++x` and `x++`.
struct Assign final : Expression {
    VariablePlace place;
    const Expression* value = nullptr;
    Value eval(Run& run) const override;
};

struct Update final : Expression {
    VariablePlace place;
    Operator op{};
    bool is_step = false;  ///< x++ and the like: an Integer stays within 32 bits.
    bool postfix = false;
    const Expression* value = nullptr;
    Value eval(Run& run) const override;
};

using MethodsByKind = std::array<const Method*, kinds>;

struct Member final : Expression {
    const Expression* object = nullptr;
    std::string_view name;
    MethodsByKind properties{};
    bool null_safe = false;
    std::string_view excerpt;
    Value eval(Run& run) const override;
    Value other(Run& run, const Value& value) const;
};

struct Index final : Expression {
    const Expression* object = nullptr;
    const Expression* index = nullptr;
    bool null_safe = false;
    std::string_view excerpt;
    Value eval(Run& run) const override;
};

struct AssignMember final : Expression {
    const Expression* object = nullptr;
    Value name;
    const Expression* value = nullptr;
    bool updates = false;  ///< `m.a += e`
    Operator op{};
    Value eval(Run& run) const override;
};

struct AssignIndex final : Expression {
    const Expression* object = nullptr;
    const Expression* index = nullptr;
    const Expression* value = nullptr;
    std::string_view excerpt;
    Value eval(Run& run) const override;
};

struct CallFunction final : Expression {
    const Function* function = nullptr;  ///< Null: the value of `callee` is one.
    const Expression* callee = nullptr;
    Expressions arguments;
    Value eval(Run& run) const override;
};

/// Helper functions, static methods and constructors.
struct CallNative final : Expression {
    NativeFunction function = nullptr;
    Expressions arguments;
    std::string_view excerpt;
    Value eval(Run& run) const override;
};

struct CallMethod final : Expression {
    const Expression* object = nullptr;
    std::string_view name;
    MethodsByKind methods{};
    Expressions arguments;
    bool null_safe = false;
    std::string_view excerpt;
    Value eval(Run& run) const override;
};

struct NewArray final : Expression {
    Kind element{};
    const Expression* size = nullptr;  ///< Null: the elements are given.
    Expressions elements;
    Value eval(Run& run) const override;
};

struct NewList final : Expression {
    Expressions elements;
    Value eval(Run& run) const override;
};

struct NewMap final : Expression {
    std::vector<std::pair<Value, const Expression*>> members;
    Value eval(Run& run) const override;
};

struct Cast final : Expression {
    const Expression* operand = nullptr;
    const ClassInfo* target = nullptr;
    Value eval(Run& run) const override;
};

struct Negate final : Expression {
    const Expression* operand = nullptr;
    Value eval(Run& run) const override { return negate(run, operand->eval(run)); }
};

struct Invert final : Expression {
    const Expression* operand = nullptr;
    Value eval(Run& run) const override { return invert(operand->eval(run)); }
};

struct Not final : Expression {
    const Expression* operand = nullptr;
    Value eval(Run& run) const override;
};

struct BinaryExpression : Expression {
    Operator op{};
    const Expression* left = nullptr;
    const Expression* right = nullptr;
};

struct Arithmetic final : BinaryExpression {
    Value eval(Run& run) const override;
};

struct IntegerArithmetic final : BinaryExpression {
    Value eval(Run& run) const override;
};

struct TypedArithmetic final : BinaryExpression {
    OperandType left_type, right_type;
    Value eval(Run& run) const override;
};

struct Bitwise final : BinaryExpression {
    Value eval(Run& run) const override;
};

struct Compare final : BinaryExpression {
    Value eval(Run& run) const override;
};

struct TypedCompare final : BinaryExpression {
    OperandType left_type, right_type;
    Value eval(Run& run) const override;
};

struct TextOperation final : BinaryExpression {
    Value eval(Run& run) const override;
};

struct Logic final : Expression {
    bool is_and = false;
    const Expression* left = nullptr;
    const Expression* right = nullptr;
    Value eval(Run& run) const override;
};

struct FirstPresent final : Expression {
    const Expression* left = nullptr;
    const Expression* right = nullptr;
    Value eval(Run& run) const override;
};

struct Conditional final : Expression {
    const Expression* condition = nullptr;
    const Expression* then = nullptr;
    const Expression* otherwise = nullptr;
    Value eval(Run& run) const override;
};

struct Projection final : Expression {
    const Expression* element = nullptr;
    const Expression* collection = nullptr;
    const Expression* condition = nullptr;  ///< Null: all.
    VariablePlace item;                     ///< $
    Value eval(Run& run) const override;
};

}  // namespace thingstead::script::tbel
