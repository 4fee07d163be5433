#include "work_pool.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <system_error>

#include "error.h"

namespace twinfer {

namespace {
constexpr size_t kMostWaitingBytes = size_t(1) << 30;
constexpr size_t kMostPending = 1 << 16;
constexpr auto kSpin = std::chrono::microseconds(50);
} // namespace

void WorkPool::onExit(void* self) {
    static_cast<WorkPool*>(self)->hooked_ = false; // a hook that has run is gone: Deno panics at its removal
    static_cast<WorkPool*>(self)->stop();
}

WorkPool::WorkPool(Napi::Env env)
    : env_(env), mostThreads_(std::clamp<size_t>(std::thread::hardware_concurrency(), 2, 16)) {
    const auto onSignal = [](napi_env env, napi_value, void* self, void*) {
        if (env != nullptr) static_cast<WorkPool*>(self)->deliver();
    };
    if (napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, "twinfer"), 0, 1,
                                        nullptr, nullptr, this, onSignal, &signal_) != napi_ok) {
        throw Napi::Error::New(env, "twinfer could not listen for the end of runs");
    }
    napi_unref_threadsafe_function(env, signal_);
    // Registered after the thread-safe function's own hook, hence run before it: a worker thread that is
    // terminated during a run waits here for the engine to come back.
    hooked_ = napi_add_env_cleanup_hook(env, onExit, this) == napi_ok;
}

WorkPool::~WorkPool() {
    // Before any hook ran, where the addon could not be loaded to its end.
    if (hooked_) napi_remove_env_cleanup_hook(env_, onExit, this);
    stop();
}

void WorkPool::submit(std::unique_ptr<Task> task, std::shared_ptr<Lanes> lanes) {
    const size_t bytes = task->bytes();
    if (pending_ >= kMostPending || (pending_ > 0 && waitingBytes_ + bytes > kMostWaitingBytes)) {
        throw Error("TWINFER_BUSY",
                    "expected at most 65536 runs with 1 GiB of inputs in flight, received one more",
                    "Await earlier runs before starting new ones.");
    }
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (stopping_) throw Error("TWINFER_DISPOSED", "this environment is shutting down");
        if (lanes && lanes->free == 0) {
            lanes->waiting.push_back(std::move(task));
        } else {
            enqueue({std::move(task), lanes});
            if (lanes) lanes->free--;
        }
    }
    waitingBytes_ += bytes;
    if (pending_++ == 0) napi_ref_threadsafe_function(env_, signal_);
}

void WorkPool::enqueue(Job job) {
    if (idle_.empty() && workers_.size() < mostThreads_) startWorker();
    ready_.push_back(std::move(job));
    if (!idle_.empty()) callIdleWorker();
}

void WorkPool::startWorker() {
    Worker& worker = *workers_.emplace_back(std::make_unique<Worker>());
    try {
        worker.thread = std::thread([this, &worker] { work(worker); });
    } catch (const std::system_error& failure) {
        workers_.pop_back();
        if (!workers_.empty()) return; // one of them takes the job when it is free
        throw Error("TWINFER_OUT_OF_MEMORY",
                    std::string("expected a thread for the run, received from the system: ") + failure.what(),
                    "Its limit of threads is reached (ulimit -u, or pids.max of a container).");
    }
}

void WorkPool::callIdleWorker() {
    Worker& worker = *idle_.back();
    idle_.pop_back();
    worker.idle = false;
    worker.called.store(true, std::memory_order_release);
    worker.wake.notify_one();
}

void WorkPool::work(Worker& worker) {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stopping_) {
        if (ready_.empty()) {
            sleep(worker, lock);
            continue;
        }
        Job job = std::move(ready_.front());
        ready_.pop_front();
        lock.unlock();
        job.task->execute();
        lock.lock();
        finished_.push_back(std::move(job.task));
        if (job.lanes && !job.lanes->waiting.empty()) {
            ready_.push_back({std::move(job.lanes->waiting.front()), job.lanes}); // this worker is free now
            job.lanes->waiting.pop_front();
        } else if (job.lanes) {
            job.lanes->free++;
        }
        // Idle before JavaScript hears of the result: what it starts next comes here, not to a new thread.
        if (ready_.empty()) becomeIdle(worker);
        lock.unlock();
        napi_call_threadsafe_function(signal_, nullptr, napi_tsfn_nonblocking);
        lock.lock();
    }
}

void WorkPool::becomeIdle(Worker& worker) {
    if (worker.idle) return;
    worker.idle = true;
    worker.called.store(false, std::memory_order_relaxed);
    idle_.push_back(&worker);
}

void WorkPool::sleep(Worker& worker, std::unique_lock<std::mutex>& lock) {
    becomeIdle(worker);
    lock.unlock();
    const auto until = std::chrono::steady_clock::now() + kSpin;
    while (!worker.called.load(std::memory_order_acquire) && std::chrono::steady_clock::now() < until) {
        std::this_thread::yield();
    }
    lock.lock();
    worker.wake.wait(lock, [&] { return stopping_ || worker.called.load(std::memory_order_relaxed); });
    worker.called.store(false, std::memory_order_relaxed);
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
        try {
            const Napi::HandleScope scope(env_);
            task->settle(env_);
        } catch (const std::exception&) {
            // The environment is being torn down, or has no memory: there is nobody left to tell.
        }
        task.reset(); // its inputs, before the next one's results take memory
    }
}

void WorkPool::stop() {
    {
        std::lock_guard<std::mutex> lock(mutex_);
        if (stopping_) return;
        stopping_ = true;
    }
    for (const std::unique_ptr<Worker>& worker : workers_) worker->wake.notify_one();
    for (const std::unique_ptr<Worker>& worker : workers_) worker->thread.join();
    workers_.clear();
    idle_.clear();
    // Lanes with waiting tasks have some here; their runner, which holds them too, may live on.
    for (const Job& job : ready_) {
        if (job.lanes) job.lanes->waiting.clear();
    }
    ready_.clear();
    finished_.clear();
    napi_release_threadsafe_function(signal_, napi_tsfn_abort);
}

} // namespace twinfer
