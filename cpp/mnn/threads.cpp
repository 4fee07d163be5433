#include "threads.h"

#include <future>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "../error.h"

namespace twinfer::mnn {

void expectThreads(int threads) {
    std::promise<void> enough;
    const std::shared_future<void> asked = enough.get_future().share();
    std::vector<std::thread> tried;
    std::string refusal;
    try {
        tried.reserve(size_t(threads));
        for (int i = 0; i < threads; i++) tried.emplace_back([asked] { asked.wait(); });
    } catch (const std::system_error& failure) {
        refusal = failure.what();
    }
    enough.set_value();
    for (std::thread& thread : tried) thread.join();
    if (refusal.empty()) return;
    throw Error("TWINFER_OUT_OF_MEMORY",
                "expected " + std::to_string(threads) +
                    " threads for MNN, received from the system: " + refusal,
                "Its limit of threads is reached (ulimit -u, or pids.max of a container).");
}

} // namespace twinfer::mnn
