// A compiled script: a tree of nodes with resolved variables, methods and types that runs itself.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "script/tbel/run.h"
#include "script/tbel/static_type.h"

namespace thingstead::script::tbel {

struct Node {
    Node() = default;
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    virtual ~Node() = default;

    std::uint32_t at = nowhere;  ///< Bytes of the source.
    std::uint32_t end = nowhere;
};

struct Expression : Node {
    StaticType type = StaticType::unknown;
    virtual Value eval(Run& run) const = 0;
};

enum class Flow : std::uint8_t { next, broken, returned };

/// Leaves its value in Run::result.
struct Statement : Node {
    virtual Flow exec(Run& run) const = 0;
};

struct Function {
    std::string_view name;
    std::uint32_t parameters = 0;
    std::uint32_t slots = 0;  ///< Parameters first.
    const Statement* body = nullptr;
};

/// Owns all nodes; they lead to each other and into `source` and `texts`.
class Code final : public Script {
  public:
    std::string source;
    std::uint32_t inputs = 0;  ///< The first variables of the top level.
    std::uint32_t slots = 0;
    const Statement* body = nullptr;
    std::deque<Function> functions;

    template <class T>
    T* own(std::unique_ptr<T> node) {
        T* const plain = node.get();
        nodes_.push_back(std::move(node));
        return plain;
    }
    /// A text that all runs share.
    Value constant_text(std::string_view text);
    std::string_view keep(std::string_view text) { return texts_.emplace_back(text); }
    Value constant_digits(Kind kind, std::string_view text);
    std::string_view excerpt(const Node& node) const {
        return std::string_view(source).substr(node.at, node.end - node.at);
    }

  private:
    std::vector<std::unique_ptr<Node>> nodes_;
    std::deque<std::string> texts_;
    std::deque<Text> text_objects_;
    std::deque<Digits> digit_objects_;
};

/// Runs the body of a function with `count` arguments.
Value call_function(Run& run, const Function& function, const Value* arguments,
                    std::uint32_t count);

}  // namespace thingstead::script::tbel
