#pragma once

namespace twinfer::mnn {

// One for each physical core that this process may use.
int physicalCores();

// MNN has one thread pool a process, as large as the first multi-threaded session asked for; every
// later one is cut down to it (ThreadPool.cpp:19). Called before each session, so that the first one
// makes it as large as the machine. Throws TWINFER_OUT_OF_MEMORY where the system has no threads for it.
void reserveThreads(int threads);

} // namespace twinfer::mnn
