// Headers of records: names and values beside key and value, for topics whose other end is a
// program of somebody else. A driver that keeps them has producers and batches of these kinds; a
// record that was appended without headers costs nothing more.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "queue/queue.h"

namespace thingstead::queue {

/// Views of whoever made it.
struct Header {
    std::string_view name;  ///< At most header_name_bytes_max; may come more than once.
    ByteSpan value;
};

inline constexpr std::size_t header_name_bytes_max = 255;
inline constexpr std::size_t headers_max = 64;  ///< Of one record.

class HeaderProducer : public Producer {
  public:
    /// As append(); takes a copy of the headers too, which count as bytes of the record. Too many,
    /// or too long a name: the record fails in its turn with invalid_argument.
    virtual std::optional<Ticket> append_with(PartitionIndex partition, ByteSpan key,
                                              ByteSpan value, std::span<const Header> headers) = 0;
};

class HeaderBatch : public Batch {
  public:
    /// Of records()[index], in their order; views as those of the record.
    virtual std::vector<Header> headers(std::size_t index) const = 0;
};

/// None: the record has none, or the driver keeps none.
std::vector<Header> headers_of(const Batch& batch, std::size_t index);
/// Null: there is none of the name. The first one else.
const Header* find_header(const std::vector<Header>& headers, std::string_view name);

/// Whether a driver takes them.
bool are_headers(std::span<const Header> headers);
/// Headers as bytes, for drivers that keep records as they are: for each the length of the name (1
/// byte), the name, the length of the value (4 bytes, little endian), the value.
std::string encode_headers(std::span<const Header> headers);
/// Views of `bytes`. Nullopt: they are not that coding.
std::optional<std::vector<Header>> decode_headers(ByteSpan bytes);

}  // namespace thingstead::queue
