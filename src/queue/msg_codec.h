// Messages as the bytes of a queue record; schema: queue.proto.
#pragma once
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "model/msg.h"

namespace thingstead::queue {

/// Appends the record's bytes to `out`.
void encode(const model::QueuedMsg& queued, std::string& out);

/// Errors: malformed - not such a record; unknown fields are skipped.
Result<model::QueuedMsg> decode_queued_msg(ByteSpan record);

}  // namespace thingstead::queue
