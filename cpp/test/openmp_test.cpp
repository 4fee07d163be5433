// The OpenMP runtime that replaces libgomp: what ncnn's `#pragma omp parallel for num_threads(n)` is compiled
// into.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "openmp/parallel.h"
#include "openmp/region.h"

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

void nestOnce(void* data) {
    GOMP_parallel(visit, data, 4, 0);
}

void nestTwice(void* data) {
    GOMP_parallel(nestOnce, data, 1, 0);
}

// OpenMP counts the regions of several threads only.
void aRegionOfOneThreadIsNoLimit() {
    Seen inOne;
    GOMP_parallel(nestOnce, &inOne, 1, 0);
    CHECK(inOne.threads == 4);
    Seen inTwoAndOne;
    GOMP_parallel(nestTwice, &inTwoAndOne, 2, 0);
    CHECK(inTwoAndOne.threads == 1);
    CHECK(inTwoAndOne.visits[0] == 2);
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

// True where a forked process that does this and then calls exit(0) is gone within ten seconds.
template <class Action> bool exitsAfter(Action action) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(10);
        action();
        std::exit(0);
    }
    int status = -1;
    return waitpid(child, &status, 0) == child && status == 0;
}

struct Callers {
    std::thread::id caller = std::this_thread::get_id();
    std::atomic<int> elsewhere{0};
    std::atomic<int> parts{0};
};

void countElsewhere(void* data) {
    Callers& callers = *static_cast<Callers*>(data);
    callers.parts++;
    if (std::this_thread::get_id() != callers.caller) callers.elsewhere++;
}

// The parts stay what they are, so that results do: only who runs them changes.
void aLimitHoldsThreadsAndNotParts() {
    const twinfer::openmp::ThreadLimit limit(1);
    for (int run = 0; run < 100; run++) {
        Callers callers;
        GOMP_parallel(countElsewhere, &callers, 4, 0);
        CHECK(callers.parts == 4);
        CHECK(callers.elsewhere == 0);
    }
    checkRegion(4, 4);
}

void aLimitEnds() {
    {
        const twinfer::openmp::ThreadLimit outer(2);
        const twinfer::openmp::ThreadLimit inner(1);
    }
    Callers callers;
    for (int run = 0; run < 10000 && callers.elsewhere == 0; run++) {
        GOMP_parallel(countElsewhere, &callers, 4, 0);
        std::this_thread::yield();
    }
    CHECK(callers.elsewhere > 0); // a worker came at least once
}

void addPart(void* data) {
    static_cast<std::atomic<int>*>(data)->fetch_add(1 << (4 * twinfer::openmp::place.thread));
}

// More parts than threads, as MNN has them: each once, whoever runs it.
void manyPartsRunOnce() {
    const twinfer::openmp::ThreadLimit limit(2);
    for (int run = 0; run < 2000; run++) {
        std::atomic<int> sum{0};
        twinfer::openmp::parallel(addPart, &sum, 6);
        CHECK(sum == 0x111111);
    }
}

struct Stuck {
    std::atomic<bool> go{false};
    std::atomic<int> holding{0};
};

void hold(void* data) {
    Stuck& stuck = *static_cast<Stuck*>(data);
    stuck.holding++;
    while (!stuck.go) std::this_thread::yield();
}

// A core for every thread is what a busy machine does not have: with many callers, workers come late and find
// that their region is over. What they did to it then would be seen here, and by the thread sanitizer.
void lateWorkersFindNothing() {
    Stuck stuck;
    std::vector<std::thread> others;
    for (int i = 0; i < 8; i++) others.emplace_back([&] { hold(&stuck); });
    for (int run = 0; run < 3000; run++) checkRegion(6, 6);
    stuck.go = true;
    for (std::thread& other : others) other.join();
}

// First of all, as the thread sanitizer wants no threads where a process is copied.
void exitDoesNotWaitForOthers() {
    CHECK(exitsAfter([] {
        checkRegion(4, 4);
        std::thread([] {
            while (true) checkRegion(3, 3);
        }).detach();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }));
}

// fork() copies the calling thread alone, not its team.
void aForkedChildExits() {
    checkRegion(4, 4);
    CHECK(exitsAfter([] {}));
}

} // namespace

int main() {
    exitDoesNotWaitForOthers();
    everyThreadRunsOnce();
    zeroMeansTheDefault();
    regionsDoNotNest();
    aRegionOfOneThreadIsNoLimit();
    callersDoNotMeet();
    regionsWakeSleepers();
    aLimitHoldsThreadsAndNotParts();
    aLimitEnds();
    manyPartsRunOnce();
    lateWorkersFindNothing();
    aForkedChildExits();
    return failures();
}
