#include "worker.h"

namespace twinfer::openmp {

thread_local Place place;

void runAs(int thread, const Region& region) {
    const Place outer = place;
    place = {thread, region.threads, outer.parallel || region.threads > 1};
    region.body(region.data);
    place = outer;
}

Worker::Worker(int thread, Waiter& master) : number_(thread), master_(master), thread_(&Worker::loop, this) {}

Worker::~Worker() {
    stopped_.store(true);
    idle_.wake();
    thread_.join();
}

void Worker::start(Region& region) {
    region_.store(&region);
    idle_.wake();
}

void Worker::loop() {
    bool busyWait = false;
    while (true) {
        idle_.wait(busyWait, [this] { return region_.load() || stopped_.load(); });
        Region* region = region_.exchange(nullptr);
        if (!region) return;
        busyWait = region->busyWait;
        runAs(number_, *region);
        if (region->unfinished.fetch_sub(1) == 1) master_.wake(); // the region may be gone from here on
    }
}

} // namespace twinfer::openmp
