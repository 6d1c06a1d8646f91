// The syntax tree: one kind of node, whose children mean what its kind says.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "script/tbel/lexer.h"
#include "script/tbel/operators.h"

namespace thingstead::script::tbel {

enum class AstKind : std::uint8_t {
    // expressions                children
    number,        // text: as written, with its minus
    string,        // text
    word,          // true false null nil empty: text
    name,          // text
    member,        // object; text: name; flag: null-safe
    index,         // object, index
    call,          // arguments; text: name of a function
    method,        // object, arguments…; text: name; flag: null-safe
    create,        // arguments; text: path of the class
    create_array,  // size, or elements with flag; text: element class
    list,          // elements
    map,           // key, value, key, value, …
    cast,          // operand; text: class
    negate,
    not_,
    invert,  // operand
    binary,  // left, right; op
    and_,
    or_,
    first_present,  // left, right
    conditional,    // condition, then, else
    projection,     // element, collection[, condition]
    isdef,          // text: name
    // statements
    declare,        // [value]; text: name; type: class or empty, flag: array of the class
    assign,         // value; text: name
    assign_member,  // object, value; text: name
    assign_index,   // object, index, value
    update,         // value; text: name; op
    update_member,  // object, value; text: name; op
    step,           // text: name; op add or subtract; flag: postfix
    expression,     // expression
    block,          // statements
    if_,            // condition, block, condition, block, …[, block]
    for_,           // init, condition, step, block
    foreach,        // collection, block; text: name
    while_,         // condition, block; flag: until
    do_,            // block, condition; flag: until
    break_,
    return_,   // [value]
    function,  // block; text: name; names: parameters
    assert_,   // condition
    with,      // object, value…; names: members
    nothing,
};

struct Ast {
    AstKind kind;
    Operator op = Operator::add;
    bool flag = false;
    bool parenthesized = false;
    std::uint32_t depth = 1;  ///< Of the tree below.
    std::uint32_t at = 0;     ///< Bytes of the source.
    std::uint32_t end = 0;
    std::string_view text{};
    std::string_view type{};
    std::vector<Ast*> children{};
    std::vector<std::string_view> names{};
};

/// Owns the nodes and what their texts lead to, but not the source.
struct Syntax {
    Tokens tokens;
    std::deque<Ast> nodes;
    std::deque<std::string> texts;
    Ast* root = nullptr;  ///< A block.
};

/// Throws Failure (malformed) with its place, also for what is nested too deeply.
Syntax parse(std::string_view source);

}  // namespace thingstead::script::tbel
