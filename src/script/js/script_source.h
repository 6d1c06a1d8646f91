// A script as text: every thread that runs it compiles it for itself, for what the library compiles
// belongs to one thread.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "script/script.h"

namespace thingstead::script::js {

class Source final : public Script {
  public:
    Source(std::string body, std::vector<std::string> argument_names)
        : body_(std::move(body)), argument_names_(std::move(argument_names)) {}

    const std::string& body() const { return body_; }
    const std::vector<std::string>& argument_names() const { return argument_names_; }
    /// Ends with the script: what threads keep of it is then of no use.
    std::weak_ptr<const void> life() const { return life_; }

  private:
    std::string body_;
    std::vector<std::string> argument_names_;
    std::shared_ptr<const void> life_ = std::make_shared<char>();
};

}  // namespace thingstead::script::js
