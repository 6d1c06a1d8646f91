#include "net/http_client.h"

#include <atomic>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "net/http_call.h"
#include "net/suspend.h"
#include "net/thread_name.h"

namespace thingstead::net {
namespace {

/// How long the thread sleeps if nothing happens; whoever has something to do wakes it.
constexpr int poll_ms = 1000;

struct MultiEnd {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

/// A call and who waits for it.
struct Job {
    Job(HttpCall what, const EgressGuard& guard) : call(std::move(what), guard) {}

    void finish(Result<HttpAnswer> with) {
        answer = std::move(with);
        done = true;
        std::exchange(resume, {})();
    }

    RunningCall call;  ///< Of the client's thread.
    Result<HttpAnswer> answer{
        Error{ErrorCode::internal, "no answer"}
    };  ///< Once `done`.
    std::atomic<bool> done{false};
    std::atomic<bool> abandoned{false};  ///< Nobody waits any more.
    std::function<void()> resume{};
};
using JobPtr = std::shared_ptr<Job>;

}  // namespace

struct HttpClient::Impl {
    Impl(HttpClientSettings with, EgressGuard egress)
        : settings(std::move(with)), guard(std::move(egress)), multi(curl_multi_init()) {
        TS_ASSERT(multi != nullptr);
        thread = std::thread([this] {
            name_this_thread("http-client");
            serve();
        });
    }

    const HttpClientSettings settings;
    const EgressGuard guard;
    std::unique_ptr<CURLM, MultiEnd> multi;
    std::unordered_map<CURL*, JobPtr> running{};  ///< Of the thread alone.
    std::mutex mutex{};
    std::deque<JobPtr> waiting{};
    bool stopping = false;
    std::mutex joining{};
    std::thread thread{};

    /// Errors: unavailable.
    Result<> add(const JobPtr& job) {
        {
            const std::lock_guard lock(mutex);
            if (stopping) return Error{ErrorCode::unavailable, "the server is stopping"};
            if (waiting.size() >= settings.calls_waiting_max)
                return Error{ErrorCode::unavailable, "too many calls to other servers wait"};
            waiting.push_back(job);
        }
        curl_multi_wakeup(multi.get());
        return {};
    }

    void serve() {
        while (start_waiting()) {
            end_abandoned();
            int still = 0;
            curl_multi_perform(multi.get(), &still);
            take_ended();
            curl_multi_poll(multi.get(), nullptr, 0, poll_ms, nullptr);
        }
        const Error why{ErrorCode::unavailable, "the server is stopping"};
        for (const auto& [handle, job] : running) {
            curl_multi_remove_handle(multi.get(), handle);
            job->finish(why);
        }
        running.clear();
        for (const JobPtr& job : std::exchange(waiting, {})) job->finish(why);
    }

    /// False: the client stops.
    bool start_waiting() {
        std::deque<JobPtr> next;
        {
            const std::lock_guard lock(mutex);
            if (stopping) return false;
            while (!waiting.empty() && running.size() + next.size() < settings.calls_max) {
                next.push_back(std::move(waiting.front()));
                waiting.pop_front();
            }
        }
        for (const JobPtr& job : next) start(job);
        return true;
    }

    void start(const JobPtr& job) {
        if (job->abandoned) return;
        if (Result<> ready = job->call.prepare(settings); !ready) {
            job->finish(ready.error());
            return;
        }
        if (curl_multi_add_handle(multi.get(), job->call.handle()) != CURLM_OK) {
            job->finish(Error{ErrorCode::internal, "a call cannot be started"});
            return;
        }
        running.emplace(job->call.handle(), job);
    }

    void end_abandoned() {
        for (auto each = running.begin(); each != running.end();) {
            if (!each->second->abandoned) {
                ++each;
                continue;
            }
            curl_multi_remove_handle(multi.get(), each->first);
            each = running.erase(each);
        }
    }

    void take_ended() {
        int left = 0;
        bool any = false;
        while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            any = true;
            CURL* const handle = message->easy_handle;
            const CURLcode code = message->data.result;
            const auto at = running.find(handle);
            const JobPtr job = std::move(at->second);
            running.erase(at);
            curl_multi_remove_handle(multi.get(), handle);
            job->finish(job->call.answer(code));
        }
        if (any) curl_multi_wakeup(multi.get());  // There is room for those that wait.
    }
};

Result<std::unique_ptr<HttpClient>> HttpClient::open(HttpClientSettings settings) {
    static std::once_flag once;
    static bool ready = false;
    std::call_once(once, [] { ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK; });
    if (!ready) return Error{ErrorCode::internal, "libcurl cannot be used"};
    Result<EgressGuard> guard = EgressGuard::allowing(settings.allowed_networks);
    if (!guard) return guard.error();
    auto impl = std::make_unique<Impl>(std::move(settings), *std::move(guard));
    return std::unique_ptr<HttpClient>(new HttpClient(std::move(impl)));
}

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpClient::~HttpClient() { stop(); }

Task<Result<HttpAnswer>> HttpClient::send(HttpCall call) {
    const JobPtr job = std::make_shared<Job>(std::move(call), impl_->guard);
    const std::function<void(std::function<void()>)> begin = [impl = impl_.get(),
                                                              job](std::function<void()> resume) {
        job->resume = resume;
        if (Result<> added = impl->add(job); !added) job->finish(added.error());
    };
    co_await suspend(begin);
    if (job->done) co_return std::move(job->answer);
    job->abandoned = true;
    curl_multi_wakeup(impl_->multi.get());
    throw boost::system::system_error(boost::asio::error::operation_aborted);
}

void HttpClient::stop() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stopping = true;
    }
    curl_multi_wakeup(impl_->multi.get());
    const std::lock_guard lock(impl_->joining);
    if (impl_->thread.joinable()) impl_->thread.join();
}

}  // namespace thingstead::net
