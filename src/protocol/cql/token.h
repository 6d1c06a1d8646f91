// Tokens of Murmur3Partitioner: where on the ring a partition lives.
// Source: org.apache.cassandra.dht.Murmur3Partitioner and CompositeType; its MurmurHash3 takes the
// bytes of the tail as signed, so the values differ from everybody else's for bytes above 0x7F.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace thingstead::cql {

using Token = std::int64_t;

/// Token of a serialised partition key. The least number is the ring's own: it gives the greatest.
Token murmur3_token(std::string_view partition_key);

/// Appends one of several columns of a partition key: length, bytes and an end mark. The key of a
/// single column is its bytes as they are.
/// `component` has at most 65,535 bytes.
void append_key_component(std::string& partition_key, std::string_view component);

}  // namespace thingstead::cql
