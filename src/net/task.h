// The coroutine type of the house. A coroutine takes values, runs on the executor it was spawned
// on, and returns a Result for what may be expected to fail.
#pragma once
#include <boost/asio/awaitable.hpp>

namespace thingstead {

template <class T = void>
using Task = boost::asio::awaitable<T>;

}  // namespace thingstead
