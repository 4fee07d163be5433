#pragma once

namespace twinfer::mnn {

// Throws TWINFER_OUT_OF_MEMORY where the system has no such threads. Asked before a session that is bound to
// cores: MNN's own pool, which it has, keeps its lock when it is refused a thread (ThreadPool.cpp:23), and
// every later call hangs.
void expectThreads(int threads);

} // namespace twinfer::mnn
