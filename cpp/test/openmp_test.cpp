// The OpenMP runtime that replaces libgomp: what ncnn's `#pragma omp parallel for num_threads(n)` is compiled
// into.
#include <atomic>
#include <thread>
#include <vector>

#include "check.h"

extern "C" {
void GOMP_parallel(void (*body)(void*), void* data, unsigned threads, unsigned flags);
int omp_get_thread_num();
int omp_get_num_threads();
void omp_set_num_threads(int threads);
}

namespace {

// What each thread of a region saw.
struct Seen {
    std::vector<std::atomic<int>> visits = std::vector<std::atomic<int>>(64);
    std::atomic<int> threads{0};
};

void visit(void* data) {
    Seen& seen = *static_cast<Seen*>(data);
    seen.visits[size_t(omp_get_thread_num())]++;
    seen.threads = omp_get_num_threads();
}

void checkRegion(unsigned wanted, int expected) {
    Seen seen;
    GOMP_parallel(visit, &seen, wanted, 0);
    CHECK(seen.threads == expected);
    for (int i = 0; i < 64; i++) CHECK(seen.visits[size_t(i)] == (i < expected ? 1 : 0));
}

void nest(void* data) {
    Seen inner;
    GOMP_parallel(visit, &inner, 4, 0);
    CHECK(inner.threads == 1);
    visit(data); // the place in the outer region is back
}

void everyThreadRunsOnce() {
    for (unsigned threads : {1u, 2u, 3u, 8u, 33u, 2u, 1u}) checkRegion(threads, int(threads));
    CHECK(omp_get_num_threads() == 1);
    CHECK(omp_get_thread_num() == 0);
}

void zeroMeansTheDefault() {
    omp_set_num_threads(3);
    checkRegion(0, 3);
}

void regionsDoNotNest() {
    Seen seen;
    GOMP_parallel(nest, &seen, 3, 0);
    CHECK(seen.threads == 3);
    for (size_t i = 0; i < 3; i++) CHECK(seen.visits[i] == 1);
}

// As when several models run at once: each calling thread has workers of its own, which end with it.
void callersDoNotMeet() {
    for (int round = 0; round < 20; round++) {
        std::vector<std::thread> callers;
        for (int i = 0; i < 4; i++)
            callers.emplace_back([] {
                for (int run = 0; run < 200; run++) checkRegion(3, 3);
            });
        for (std::thread& caller : callers) caller.join();
    }
}

// The workers sleep between the first region and the second.
void regionsWakeSleepers() {
    for (int i = 0; i < 20; i++) {
        checkRegion(4, 4);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

} // namespace

int main() {
    everyThreadRunsOnce();
    zeroMeansTheDefault();
    regionsDoNotNest();
    callersDoNotMeet();
    regionsWakeSleepers();
    return failures();
}
