// The five functions of GCC's OpenMP runtime that ncnn's parallel loops call. libgomp cannot be linked into a
// shared object (its thread-local storage is of the static model), and a copy of it beside the addon would
// bring the glibc version of the machine that built it. These are local to the addon, so that another addon's
// libgomp neither meets nor misses anything.
#include <algorithm>
#include <limits>
#include <thread>

#include "parallel.h"
#include "team.h"

using namespace twinfer::openmp;

namespace {

thread_local Team team;
thread_local int defaultThreads = std::max(1, int(std::thread::hardware_concurrency()));
thread_local int mostThreads = std::numeric_limits<int>::max();

} // namespace

namespace twinfer::openmp {

ThreadLimit::ThreadLimit(int threads) : outer_(mostThreads) {
    mostThreads = std::max(1, threads);
}

ThreadLimit::~ThreadLimit() {
    mostThreads = outer_;
}

void parallel(void (*body)(void*), void* data, int parts) {
    const int threads = place.parallel ? 1 : std::min(parts, mostThreads);
    if (threads > 1) return team.run(body, data, parts, threads);
    Region region{body, data, parts, false};
    work(region);
}

} // namespace twinfer::openmp

extern "C" {

// GCC calls this for `#pragma omp parallel`; 0 threads means the default. A region inside one of several
// threads gets one thread, as OpenMP has it unless a program asks for nesting. What the body takes for
// threads are parts of the work: fewer threads may run them, one after the other, with the same results.
void GOMP_parallel(void (*body)(void*), void* data, unsigned threads, unsigned) {
    if (place.parallel) threads = 1;
    if (threads == 0) threads = unsigned(defaultThreads);
    parallel(body, data, int(threads));
}

int omp_get_thread_num() {
    return place.thread;
}
int omp_get_num_threads() {
    return place.threads;
}
void omp_set_num_threads(int threads) {
    defaultThreads = std::max(1, threads);
}

// Dynamic adjustment is what no caller of this runtime wants: a region gets the threads it asks for.
int omp_get_dynamic() {
    return 0;
}
void omp_set_dynamic(int) {}

} // extern "C"
