#pragma once

#include <napi.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "lane.h"

namespace twinfer {

// The engine threads of one Node environment. Not libuv's pool: four long runs there would stop file
// system and DNS calls of the whole process. Threads start when there is work for them.
class WorkPool {
  public:
    explicit WorkPool(Napi::Env env);
    ~WorkPool();
    WorkPool(const WorkPool&) = delete;
    WorkPool& operator=(const WorkPool&) = delete;

    // `lane` null: may overlap with anything. Throws TWINFER_BUSY when too much is waiting.
    void submit(std::unique_ptr<Task> task, std::shared_ptr<Lane> lane = nullptr);

    // Waits for the tasks that have begun, and drops the others. Nothing can be submitted afterwards.
    void stop();

  private:
    struct Job {
        std::unique_ptr<Task> task;
        std::shared_ptr<Lane> lane;
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
    const size_t mostThreads_;
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
