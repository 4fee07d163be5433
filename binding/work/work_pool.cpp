#include "work_pool.h"

#include <algorithm>
#include <chrono>

#include "error.h"

namespace twinfer {

namespace {
constexpr size_t kMostWaitingBytes = size_t(1) << 30;
constexpr size_t kMostPending = 1 << 16;
constexpr auto kSpin = std::chrono::microseconds(50);
} // namespace

void WorkPool::onExit(void* self) {
    static_cast<WorkPool*>(self)->stop();
}

WorkPool::WorkPool(Napi::Env env)
    : env_(env), mostThreads_(std::clamp<size_t>(std::thread::hardware_concurrency(), 2, 16)) {
    const auto onSignal = [](napi_env env, napi_value, void* self, void*) {
        if (env != nullptr) static_cast<WorkPool*>(self)->deliver();
    };
    napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, "twinfer"), 0, 1, nullptr,
                                    nullptr, this, onSignal, &signal_);
    napi_unref_threadsafe_function(env, signal_);
    // Registered after the thread-safe function's own hook, hence run before it: a worker thread that is
    // terminated during a run waits here for the engine to come back.
    napi_add_env_cleanup_hook(env, onExit, this);
}

WorkPool::~WorkPool() {
    napi_remove_env_cleanup_hook(env_, onExit, this);
    stop();
}

void WorkPool::submit(std::unique_ptr<Task> task, std::shared_ptr<Lane> lane) {
    const size_t bytes = task->bytes();
    if (pending_ >= kMostPending || (pending_ > 0 && waitingBytes_ + bytes > kMostWaitingBytes)) {
        throw Error("TWINFER_BUSY",
                    "expected at most 65536 runs with 1 GiB of inputs in flight, received one more",
                    "Await earlier runs before starting new ones.");
    }
    bool startThread = false;
    {
        std::lock_guard<std::mutex> lock(mutex_);
        if (stopping_) throw Error("TWINFER_DISPOSED", "this environment is shutting down");
        if (lane && lane->busy) {
            lane->waiting.push_back(std::move(task));
        } else {
            if (lane) lane->busy = true;
            ready_.push_back({std::move(task), std::move(lane)});
            readyCount_.store(ready_.size(), std::memory_order_release);
            startThread = idle_ < ready_.size() && threads_.size() < mostThreads_;
        }
    }
    waitingBytes_ += bytes;
    if (pending_++ == 0) napi_ref_threadsafe_function(env_, signal_);
    if (startThread) threads_.emplace_back([this] { work(); });
    wake_.notify_one();
}

void WorkPool::work() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (Job job; next(lock, job);) {
        lock.unlock();
        job.task->execute();
        finish(std::move(job));
        lock.lock();
    }
}

bool WorkPool::next(std::unique_lock<std::mutex>& lock, Job& job) {
    if (ready_.empty() && !stopping_) {
        idle_++;
        lock.unlock();
        const auto until = std::chrono::steady_clock::now() + kSpin;
        while (readyCount_.load(std::memory_order_acquire) == 0 && std::chrono::steady_clock::now() < until) {
            std::this_thread::yield();
        }
        lock.lock();
        wake_.wait(lock, [this] { return stopping_ || !ready_.empty(); });
        idle_--;
    }
    if (stopping_) return false;
    job = std::move(ready_.front());
    ready_.pop_front();
    readyCount_.store(ready_.size(), std::memory_order_release);
    return true;
}

void WorkPool::finish(Job job) {
    bool another = false;
    {
        std::lock_guard<std::mutex> lock(mutex_);
        finished_.push_back(std::move(job.task));
        if (job.lane) {
            if (job.lane->waiting.empty()) {
                job.lane->busy = false;
            } else {
                ready_.push_back({std::move(job.lane->waiting.front()), job.lane});
                job.lane->waiting.pop_front();
                readyCount_.store(ready_.size(), std::memory_order_release);
                another = true;
            }
        }
    }
    if (another) wake_.notify_one();
    napi_call_threadsafe_function(signal_, nullptr, napi_tsfn_nonblocking);
}

void WorkPool::deliver() {
    std::vector<std::unique_ptr<Task>> finished;
    {
        std::lock_guard<std::mutex> lock(mutex_);
        finished.swap(finished_);
    }
    for (std::unique_ptr<Task>& task : finished) {
        waitingBytes_ -= task->bytes();
        if (--pending_ == 0) napi_unref_threadsafe_function(env_, signal_);
        const Napi::HandleScope scope(env_);
        try {
            task->settle(env_);
        } catch (const Napi::Error&) {
            // The environment is being torn down: there is nobody left to tell.
        }
    }
}

void WorkPool::stop() {
    {
        std::lock_guard<std::mutex> lock(mutex_);
        if (stopping_) return;
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    ready_.clear();
    finished_.clear();
    napi_release_threadsafe_function(signal_, napi_tsfn_abort);
}

} // namespace twinfer
