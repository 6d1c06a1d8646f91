#include "core/identity/tokens.h"

#include <vector>

#include "base/random.h"
#include "core/crypto.h"

namespace thingstead::core {

Result<> put_token_mark(store::Transaction& transaction, const Uuid& id, EpochMs valid_from_ms) {
    model::TokenMark mark;
    mark.id = id;
    mark.valid_from_ms = valid_from_ms;
    mark.expires_ms = valid_from_ms +
                      std::chrono::duration_cast<std::chrono::milliseconds>(token_life_max).count();
    return transaction.put(mark);
}

Result<> remove_expired_keys_and_marks(store::Transaction& transaction, EpochMs now_ms) {
    const auto keys = transaction.remove<model::ApiKey>({
        {"expirationTime", store::Compare::at_least, std::int64_t{1}},
        {"expirationTime", store::Compare::at_most,  now_ms         }
    });
    if (!keys) return keys.error();
    const auto marks = transaction.remove<model::TokenMark>({
        {"expires", store::Compare::at_most, now_ms}
    });
    return marks ? Result<>() : Result<>(marks.error());
}

std::string random_url_text(std::size_t bytes) {
    std::string raw(bytes, '\0');
    random_bytes(std::as_writable_bytes(std::span(raw)));
    return base64url(raw);
}

bool AttemptWindow::take(EpochMs now_ms, std::int64_t attempts_max, std::chrono::seconds length) {
    const EpochMs length_ms = std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
    if (attempts == 0 || now_ms - start_ms >= length_ms || now_ms < start_ms) {
        start_ms = now_ms;
        attempts = 0;
    }
    if (attempts >= attempts_max) return false;
    ++attempts;
    return true;
}

}  // namespace thingstead::core
