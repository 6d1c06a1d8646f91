#include "script/remote/client.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <functional>
#include <future>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "queue/headers.h"
#include "script/async_script.h"
#include "script/remote/function_text.h"
#include "script/remote/sender.h"
#include "script/remote/topics.h"

namespace thingstead::script::remote {
namespace {

namespace asio = boost::asio;

using Answer = Result<std::optional<std::string>>;
/// On a thread of the queue's; must be quick.
using OnAnswer = std::function<void(Answer)>;
using FunctionRef = std::shared_ptr<const FunctionText>;

std::size_t size_of(const std::vector<std::string>& texts) {
    std::size_t sum = 0;
    for (const std::string& each : texts) sum += each.size();
    return sum;
}

}  // namespace

struct RemoteEngine::Impl {
    struct Waiting {
        FunctionRef function;
        std::vector<std::string> args;
        EpochMs expires_ms;
        OnAnswer on_answer;
        queue::PartitionIndex partition;
        bool with_body = false;  ///< It was sent.
    };

    Impl(const Settings& with, const Limits& those, Engine& check, const std::string& service_id,
         Surroundings on);

    Result<Uuid> send(const FunctionRef& function, std::vector<std::string> args,
                      OnAnswer on_answer);
    bool post(const Uuid& id, const Waiting& request);
    void forget(const Uuid& id);
    void take(const queue::Received& received);
    Error no_answer();
    Error full(const char* what);

    const ClientSettings settings;
    const Limits limits;
    Engine& checker;
    const Surroundings around;
    const std::string own_topic;
    const std::string own_group;
    queue::PartitionIndex partitions = 1;
    Counter asked;
    Counter refused;
    Counter timeouts;
    Counter late;
    Counter resent;
    Counter unreadable;
    Gauge pending;
    std::atomic<std::uint32_t> turn = 0;
    Sender sender;
    mutable std::mutex mutex;
    std::unordered_map<Uuid, Waiting> waiting;
    std::size_t waiting_bytes = 0;
    std::unique_ptr<queue::PartitionReader> reader;
};

namespace {

/// Takes the request out again, however its caller ends.
template <class Impl>
class Entry {
  public:
    Entry(std::shared_ptr<Impl> impl, const Uuid& id) : impl_(std::move(impl)), id_(id) {}
    ~Entry() { impl_->forget(id_); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

  private:
    std::shared_ptr<Impl> impl_;
    Uuid id_;
};

/// Waits on its caller's executor.
struct Waiter {
    explicit Waiter(const asio::any_io_executor& executor) : timer(executor) {}
    asio::steady_timer timer;
    std::optional<Answer> answer;  ///< Of the executor's thread, as the timer.
};

template <class Impl>
Task<Result<json::value>> ask_and_wait(std::shared_ptr<Impl> impl, FunctionRef function,
                                       std::vector<std::string> args) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto waiter = std::make_shared<Waiter>(executor);
    waiter->timer.expires_after(impl->settings.request_timeout);
    OnAnswer on_answer = [waiter](Answer answer) {
        asio::post(waiter->timer.get_executor(), [waiter, got = std::move(answer)]() mutable {
            waiter->answer = std::move(got);
            waiter->timer.cancel();
        });
    };
    const Result<Uuid> sent = impl->send(function, std::move(args), std::move(on_answer));
    if (!sent) co_return sent.error();
    const Entry<Impl> entry(impl, *sent);
    const auto wait = asio::as_tuple(asio::use_awaitable);
    if (!waiter->answer) {
        const auto [ended] = co_await waiter->timer.async_wait(wait);
        // The caller was cancelled, for nobody else ends the wait without an answer.
        if (!waiter->answer && ended) throw boost::system::system_error(ended);
    }
    if (!waiter->answer) co_return impl->no_answer();
    if (!*waiter->answer) co_return waiter->answer->error();
    co_return result_of(**waiter->answer, {});
}

template <class Impl>
class RemoteScript final : public AsyncScript {
  public:
    RemoteScript(std::shared_ptr<Impl> impl, FunctionText function)
        : impl_(std::move(impl)),
          function_(std::make_shared<const FunctionText>(std::move(function))) {}

    Task<Result<json::value>> ask(std::span<const Input> inputs) const override {
        return ask_and_wait<Impl>(impl_, function_, argument_texts(inputs));
    }
    const FunctionRef& function() const { return function_; }

  private:
    std::shared_ptr<Impl> impl_;
    FunctionRef function_;
};

template <class Impl>
class RemoteContext final : public Context {
  public:
    explicit RemoteContext(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

    Result<json::value> run(const Script& script, std::span<const Input> inputs,
                            const std::atomic<bool>* stop, json::storage_ptr storage) override {
        const auto* const remote = dynamic_cast<const RemoteScript<Impl>*>(&script);
        if (!remote) return Error{ErrorCode::internal, "Script is of another language"};
        const auto promise = std::make_shared<std::promise<Answer>>();
        std::future<Answer> answer = promise->get_future();
        const Result<Uuid> sent =
            impl_->send(remote->function(), argument_texts(inputs),
                        [promise](Answer got) { promise->set_value(std::move(got)); });
        if (!sent) return sent.error();
        const Entry<Impl> entry(impl_, *sent);
        const auto until = std::chrono::steady_clock::now() + impl_->settings.request_timeout;
        constexpr std::chrono::milliseconds look_every{20};
        while (answer.wait_for(look_every) != std::future_status::ready) {
            if (stop && stop->load())
                return Error{ErrorCode::timeout, "Script execution is stopped!"};
            if (std::chrono::steady_clock::now() >= until) return impl_->no_answer();
        }
        const Answer got = answer.get();
        if (!got) return got.error();
        return result_of(*got, std::move(storage));
    }

  private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace

RemoteEngine::Impl::Impl(const Settings& with, const Limits& those, Engine& check,
                         const std::string& service_id, Surroundings on)
    : settings(with.remote),
      limits(those),
      checker(check),
      around(std::move(on)),
      own_topic(responses_topic(service_id)),
      own_group(responses_group(service_id)),
      asked(around.metrics, "thingstead_js_remote_requests_total", "Calls sent to executors."),
      refused(around.metrics, "thingstead_js_remote_refused_total",
              "Calls that were not sent, for too many wait already."),
      timeouts(around.metrics, "thingstead_js_remote_timeouts_total",
               "Calls that no executor answered in time."),
      late(around.metrics, "thingstead_js_remote_late_total",
           "Answers that nobody waited for any more."),
      resent(around.metrics, "thingstead_js_remote_resent_total",
             "Calls sent again with their script, which the executor did not know."),
      unreadable(around.metrics, "thingstead_js_remote_unreadable_total",
                 "Answers that could not be read."),
      pending(around.metrics, "thingstead_js_remote_pending", "Calls that wait for an answer."),
      sender(around.queue, with.remote.pending_bytes_max, "remote", around.log, around.metrics) {}

RemoteEngine::RemoteEngine(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
RemoteEngine::~RemoteEngine() { stop(); }

Result<std::unique_ptr<RemoteEngine>> RemoteEngine::open(const Settings& settings,
                                                         const Limits& limits, Engine& checker,
                                                         const std::string& service_id,
                                                         Surroundings around) {
    queue::Queue& queue = around.queue;
    if (Result<> opened = queue.open_topic(request_topic_settings(settings.partitions)); !opened)
        return opened.error();
    const Result<queue::PartitionIndex> partitions = queue.partitions(requests_topic);
    if (!partitions) return partitions.error();
    auto impl = std::make_shared<Impl>(settings, limits, checker, service_id, std::move(around));
    impl->partitions = *partitions;
    auto reader = queue::read_from_end(
        queue, response_topic_settings(impl->own_topic), impl->own_group, reader_settings,
        [self = impl.get()](const queue::Received& received) {
            self->take(received);
            return true;
        },
        impl->around.log);
    if (!reader) return reader.error();
    impl->reader = *std::move(reader);
    return std::unique_ptr<RemoteEngine>(new RemoteEngine(std::move(impl)));
}

Result<ScriptRef> RemoteEngine::compile(std::string_view body,
                                        std::span<const std::string> argument_names) {
    if (const Result<ScriptRef> checked = impl_->checker.compile(body, argument_names); !checked)
        return checked.error();
    return ScriptRef(
        std::make_shared<const RemoteScript<Impl>>(impl_, function_text(body, argument_names)));
}

std::unique_ptr<Context> RemoteEngine::make_context() {
    return std::make_unique<RemoteContext<Impl>>(impl_);
}

std::size_t RemoteEngine::pending() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->waiting.size();
}

void RemoteEngine::stop() {
    impl_->reader.reset();
    impl_->sender.stop();
}

Error RemoteEngine::Impl::full(const char* what) {
    refused.add();
    return {ErrorCode::unavailable, what};
}

Error RemoteEngine::Impl::no_answer() {
    timeouts.add();
    return {ErrorCode::timeout, "Script timeout! No JS executor answered within " +
                                    std::to_string(settings.request_timeout.count()) + " ms"};
}

/// Sends the call without its script: executors know it by its hash, or ask for it.
Result<Uuid> RemoteEngine::Impl::send(const FunctionRef& function, std::vector<std::string> args,
                                      OnAnswer on_answer) {
    const std::size_t bytes = size_of(args);
    if (bytes > limits.arguments_characters_max)
        return Error{ErrorCode::too_large,
                     "Script input arguments exceed maximum allowed total args size of " +
                         std::to_string(limits.arguments_characters_max) + " symbols"};
    const Uuid id = new_random_uuid();
    Waiting request{function, std::move(args),
                    around.clock.now_ms() + settings.request_timeout.count(), std::move(on_answer),
                    static_cast<queue::PartitionIndex>(turn.fetch_add(1) %
                                                       static_cast<std::uint32_t>(partitions))};
    {
        const std::lock_guard lock(mutex);
        if (waiting.size() >= settings.pending_max ||
            waiting_bytes + bytes > settings.pending_bytes_max)
            return full("Too many scripts wait for a JS executor!");
        if (!post(id, request)) return full("The queue takes no more requests to JS executors!");
        waiting_bytes += bytes;
        waiting.emplace(id, std::move(request));
        pending.set(static_cast<std::int64_t>(waiting.size()));
    }
    asked.add();
    return id;
}

bool RemoteEngine::Impl::post(const Uuid& id, const Waiting& request) {
    InvokeRequest invoke;
    invoke.function_name = request.function->name;
    invoke.script_hash = request.function->hash;
    if (request.with_body) invoke.script_body = request.function->code;
    invoke.timeout_ms = static_cast<std::int32_t>(settings.exec_timeout.count());
    invoke.args = request.args;
    Letter letter;
    letter.topic = requests_topic;
    letter.partition = request.partition;  // Twice, if it must: who does not know it learns it.
    letter.key = id.to_string();
    letter.value = encode(Request(std::move(invoke)));
    letter.request = id;
    letter.response_topic = around.topic_prefix + own_topic;
    letter.expires_ms = request.expires_ms;
    return sender.send(std::move(letter));
}

void RemoteEngine::Impl::forget(const Uuid& id) {
    const std::lock_guard lock(mutex);
    const auto it = waiting.find(id);
    if (it == waiting.end()) return;
    waiting_bytes -= size_of(it->second.args);
    waiting.erase(it);
    pending.set(static_cast<std::int64_t>(waiting.size()));
}

void RemoteEngine::Impl::take(const queue::Received& received) {
    const Result<Response> response = decode_response(as_text(received.record().value));
    const auto* const invoked = response ? std::get_if<InvokeResponse>(&response->answer) : nullptr;
    if (!invoked) return unreadable.add();
    // Under the lock to the end: who waits may be gone after it.
    const std::vector<queue::Header> headers = received.headers();
    const queue::Header* const header = queue::find_header(headers, request_id_header);
    const Uuid id = header && header->value.size() == 16 ? Uuid::from_bytes(header->value.data())
                                                         : response->request;
    const std::lock_guard lock(mutex);
    const auto it = waiting.find(id);
    if (it == waiting.end()) return late.add();
    Waiting& request = it->second;
    const std::optional<Failure>& failure = invoked->failure;
    if (failure && failure->kind == ErrorKind::not_found_error && !request.with_body) {
        request.with_body = true;
        if (post(id, request)) return resent.add();
    }
    const OnAnswer on_answer = std::move(request.on_answer);
    waiting_bytes -= size_of(request.args);
    waiting.erase(it);
    pending.set(static_cast<std::int64_t>(waiting.size()));
    on_answer(failure ? Answer(error_of(*failure)) : Answer(invoked->result));
}

}  // namespace thingstead::script::remote
