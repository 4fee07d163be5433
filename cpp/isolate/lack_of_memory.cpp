// The linker hands us every allocation of what is linked here, the engines' among them (--wrap in
// cpp/CMakeLists.txt). Nothing of it is another in a process that is not an isolated model's.
#include "lack_of_memory.h"

#include <atomic>
#include <cstddef>

#include <unistd.h>

namespace twinfer {

namespace {

std::atomic<bool> ends{false};

void requireMemory(const void* memory, size_t bytes) {
    if (memory == nullptr && bytes > 0 && ends.load(std::memory_order_relaxed)) _exit(kLackOfMemory);
}

} // namespace

void endOnLackOfMemory() {
    ends = true;
}

} // namespace twinfer

extern "C" {

void* __real_malloc(size_t bytes);
void* __real_calloc(size_t count, size_t bytes);
void* __real_realloc(void* memory, size_t bytes);
int __real_posix_memalign(void** memory, size_t align, size_t bytes);

void* __wrap_malloc(size_t bytes) {
    void* const memory = __real_malloc(bytes);
    twinfer::requireMemory(memory, bytes);
    return memory;
}

void* __wrap_calloc(size_t count, size_t bytes) {
    void* const memory = __real_calloc(count, bytes);
    twinfer::requireMemory(memory, count > 0 ? bytes : 0);
    return memory;
}

void* __wrap_realloc(void* old, size_t bytes) {
    void* const memory = __real_realloc(old, bytes);
    twinfer::requireMemory(memory, bytes);
    return memory;
}

int __wrap_posix_memalign(void** memory, size_t align, size_t bytes) {
    const int failed = __real_posix_memalign(memory, align, bytes);
    twinfer::requireMemory(failed == 0 ? memory : nullptr, bytes);
    return failed;
}

} // extern "C"
