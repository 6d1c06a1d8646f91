// What goes on behind the cache: which node has which slots, and telling a server that was away
// what was erased meanwhile.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "store/cache/valkey/client.h"
#include "store/cache/valkey/erasures.h"

namespace thingstead::store::valkey {

class Minder : public std::enable_shared_from_this<Minder> {
  public:
    struct Parts {
        Nodes& nodes;
        Client& client;
        Erasures& erasures;
        std::shared_ptr<Link> link;
        std::function<void()> on_slots_known;  ///< Of a cluster, the first time and again.
    };
    /// The parts outlive run().
    Minder(boost::asio::io_context& context, Parts parts);

    /// To be run on the context.
    Task<> run();
    /// There is something to do. Thread-safe; may come after run() ended.
    void kick();
    /// Erases a region on the server; false: not now, and it is tried again.
    Task<bool> sweep(CacheRegion region);

  private:
    Task<> find_slots();
    Task<> retry_erasures();
    Task<> retry_sweeps();
    Task<> rest();
    void tell_slots();

    boost::asio::io_context& context_;
    Parts parts_;
    boost::asio::steady_timer timer_;
    bool kicked_ = false;
    std::size_t turn_ = 0;  ///< Which node is asked for the slots next.
    std::size_t slots_missing_told_ = 0;
};

}  // namespace thingstead::store::valkey
