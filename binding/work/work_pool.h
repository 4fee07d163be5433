#pragma once

#include <napi.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "lanes.h"

namespace twinfer {

// The engine threads of one Node environment. Not libuv's pool: four long runs there would stop file
// system and DNS calls of the whole process. Threads start when there is work for them.
class WorkPool {
  public:
    explicit WorkPool(Napi::Env env);
    ~WorkPool();
    WorkPool(const WorkPool&) = delete;
    WorkPool& operator=(const WorkPool&) = delete;

    // `lanes` null: may overlap with anything. Throws TWINFER_BUSY when too much is waiting.
    void submit(std::unique_ptr<Task> task, std::shared_ptr<Lanes> lanes = nullptr);

    // Lets so many tasks run at once, on a machine that has fewer cores.
    void allow(size_t threads) { mostThreads_ = std::max(mostThreads_, threads); }

    // Waits for the tasks that have begun, and drops the others. Nothing can be submitted afterwards.
    void stop();

  private:
    struct Job {
        std::unique_ptr<Task> task;
        std::shared_ptr<Lanes> lanes;
    };

    struct Worker {
        std::thread thread;
        std::condition_variable wake;
        std::atomic<bool> called{false};
        bool idle = false;
    };

    static void onExit(void* self);
    void work(Worker& worker);
    void becomeIdle(Worker& worker);
    // Spins for a moment before it sleeps: waking a thread costs more than a small network's run.
    void sleep(Worker& worker, std::unique_lock<std::mutex>& lock);
    // Gives the job to the worker that was idle last: its caches are warm, and the memory that its last
    // model gave back is in its own malloc arena.
    void enqueue(Job job);
    // Throws TWINFER_OUT_OF_MEMORY where the system gives no thread and none is there.
    void startWorker();
    void callIdleWorker();
    void deliver();

    const Napi::Env env_;
    size_t mostThreads_; // JavaScript thread only
    napi_threadsafe_function signal_ = nullptr;
    bool hooked_ = false; // onExit is registered
    size_t pending_ = 0;  // submitted and not settled; JavaScript thread only
    size_t waitingBytes_ = 0;

    std::mutex mutex_; // guards everything below
    std::deque<Job> ready_;
    std::vector<std::unique_ptr<Task>> finished_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<Worker*> idle_; // the last one is called first
    bool stopping_ = false;
};

} // namespace twinfer
