// MNN's thread pool, replaced by the teams of cpp/openmp through the linker (--wrap in cpp/CMakeLists.txt).
// MNN's own waits for every worker to come, yielding: where another program has a core it stands still for
// whole time slices (a run of 0.1 ms took 40). It is also as large as the first session that asked, serves
// two runs at once and leaves a third one a single thread. Only sessions that are bound to cores keep it,
// because their threads have to stay the same.
#include <algorithm>
#include <atomic>

#ifndef MNN_USE_THREAD_POOL
#define MNN_USE_THREAD_POOL
#endif
#include "backend/cpu/ThreadPool.hpp"

#include "../openmp/parallel.h"
#include "../openmp/region.h"
#include "guard/wrapped_symbol.h"
#include "threads.h"

using MNN::ThreadPool;
using Task = ThreadPool::TASK;

#define INIT _ZN3MNN10ThreadPool4initEimRPS0_
#define ENQUEUE _ZN3MNN10ThreadPool7enqueueEPSt4pairISt8functionIFviEEiEi
#define ACTIVE _ZN3MNN10ThreadPool6activeEv
#define DEACTIVE _ZN3MNN10ThreadPool8deactiveEv
#define ACQUIRE _ZN3MNN10ThreadPool16acquireWorkIndexEv
#define RELEASE _ZN3MNN10ThreadPool16releaseWorkIndexEi

extern "C" {
int NAME(__real_, INIT)(int threads, unsigned long mask, ThreadPool*& pool);
void NAME(__real_, ENQUEUE)(ThreadPool* pool, Task* task, int index);
void NAME(__real_, ACTIVE)(ThreadPool* pool);
void NAME(__real_, DEACTIVE)(ThreadPool* pool);
int NAME(__real_, ACQUIRE)(ThreadPool* pool);
void NAME(__real_, RELEASE)(ThreadPool* pool, int index);
}

namespace {

// The pool of sessions that are bound to no cores: made for one thread, it has no worker.
std::atomic<const ThreadPool*> unbound{nullptr};

bool isOurs(const ThreadPool* pool) {
    return pool == unbound.load(std::memory_order_relaxed);
}

void runPart(void* task) {
    static_cast<Task*>(task)->first(twinfer::openmp::place.thread);
}

} // namespace

extern "C" {

int NAME(__wrap_, INIT)(int threads, unsigned long mask, ThreadPool*& pool) {
    if (mask != 0) return NAME(__real_, INIT)(threads, mask, pool);
    NAME(__real_, INIT)(1, mask, pool);
    unbound.store(pool);
    return std::max(1, threads);
}

void NAME(__wrap_, ENQUEUE)(ThreadPool* pool, Task* task, int index) {
    // Outside of a run, and of a session with one thread, which has no pool.
    if (pool == nullptr || index < 0 || !isOurs(pool)) return NAME(__real_, ENQUEUE)(pool, task, index);
    twinfer::openmp::parallel(runPart, task, task->second);
}

void NAME(__wrap_, ACTIVE)(ThreadPool* pool) {
    if (!isOurs(pool)) NAME(__real_, ACTIVE)(pool);
}

void NAME(__wrap_, DEACTIVE)(ThreadPool* pool) {
    if (!isOurs(pool)) NAME(__real_, DEACTIVE)(pool);
}

int NAME(__wrap_, ACQUIRE)(ThreadPool* pool) {
    return isOurs(pool) ? 0 : NAME(__real_, ACQUIRE)(pool);
}

void NAME(__wrap_, RELEASE)(ThreadPool* pool, int index) {
    if (!isOurs(pool)) NAME(__real_, RELEASE)(pool, index);
}

} // extern "C"
