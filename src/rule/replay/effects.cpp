#include "rule/replay/effects.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace thingstead::rule {
namespace {

constexpr std::size_t id_chars = 36;

bool may_be_id(std::string_view text) {
    for (std::size_t i = 0; i < id_chars; ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0)
            return false;
    }
    return true;
}

}  // namespace

void Effects::add(EffectKind kind, std::string text, std::string label) {
    const std::lock_guard lock(mutex_);
    effects_.push_back({kind, normal_locked(text), std::move(label)});
}

std::vector<Effect> Effects::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(effects_, {});
}

std::size_t Effects::size() const {
    const std::lock_guard lock(mutex_);
    return effects_.size();
}

void Effects::cut(std::size_t size) {
    const std::lock_guard lock(mutex_);
    if (size < effects_.size())
        effects_.erase(effects_.begin() + static_cast<std::ptrdiff_t>(size), effects_.end());
}

void Effects::made_up(const Uuid& id) {
    const std::lock_guard lock(mutex_);
    numbers_.try_emplace(id.to_string(), numbers_.size() + 1);
}

std::string Effects::normal(std::string_view text) const {
    const std::lock_guard lock(mutex_);
    return normal_locked(text);
}

std::string Effects::normal_locked(std::string_view text) const {
    std::string out;
    if (numbers_.empty() || text.size() < id_chars) return std::string(text);
    for (std::size_t at = 0; at < text.size();) {
        if (at + id_chars <= text.size() && may_be_id(text.substr(at, id_chars))) {
            const std::string id(text.substr(at, id_chars));
            const auto found = numbers_.find(id);
            out += found == numbers_.end() ? id : "new-" + std::to_string(found->second);
            at += id_chars;
        } else {
            out += text[at++];
        }
    }
    return out;
}

Result<> Memory::take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    bytes_ += bytes;
    over_ = over_ || bytes_ > bytes_max_;
    if (!over_) return {};
    return Error{ErrorCode::too_large,
                 "The replay writes more than rule.replay.memory_bytes_max allows!"};
}

void Memory::give_back(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    bytes_ -= std::min(bytes, bytes_);
}

bool Memory::over() const {
    const std::lock_guard lock(mutex_);
    return over_;
}

}  // namespace thingstead::rule
