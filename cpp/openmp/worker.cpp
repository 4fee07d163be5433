#include "worker.h"

namespace twinfer::openmp {

thread_local Place place;

void work(Region& region) {
    const Place outer = place;
    for (int part = region.next.fetch_add(1); part < region.parts; part = region.next.fetch_add(1)) {
        place = {part, region.parts, outer.parallel || region.parts > 1};
        region.body(region.data);
    }
    place = outer;
}

Worker::Worker(Waiter& master) : master_(master), thread_(&Worker::loop, this) {}

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
        if (!region) {
            if (stopped_.load()) return;
            continue; // taken back
        }
        busyWait = region->busyWait;
        work(*region);
        if (region->unfinished.fetch_sub(1) == 1) master_.wake(); // the region may be gone from here on
    }
}

} // namespace twinfer::openmp
