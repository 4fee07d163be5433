#include "blob_pool.h"

#include <algorithm>

namespace twinfer {

namespace {

// A run has some blobs alive at once; what a larger one before left behind is given back.
constexpr size_t kMostFree = 32;

} // namespace

BlobPool::~BlobPool() {
    for (const Block& block : free_) ncnn::fastFree(block.memory);
    for (const Block& block : used_) ncnn::fastFree(block.memory);
}

void BlobPool::watch(RunWatch* watch, bool refuses) {
    const std::lock_guard<std::mutex> lock(mutex_);
    watch_ = watch;
    refuses_ = refuses;
    run_++; // what an earlier run still holds is not this one's
}

void* BlobPool::fastMalloc(size_t size) {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (watch_ != nullptr) {
            const bool isAllowed = watch_->take(size) && watch_->goesOn();
            if (!isAllowed && refuses_) {
                watch_->giveBack(size);
                return nullptr;
            }
        }
        auto best = free_.end();
        for (auto it = free_.begin(); it != free_.end(); ++it) {
            if (it->size >= size && (best == free_.end() || it->size < best->size)) best = it;
        }
        if (best != free_.end()) {
            used_.push_back({best->memory, best->size, size, run_});
            *best = free_.back();
            free_.pop_back();
            return used_.back().memory;
        }
    }
    void* memory = ncnn::fastMalloc(size);
    if (memory == nullptr) return nullptr;
    const std::lock_guard<std::mutex> lock(mutex_);
    used_.push_back({memory, size, size, run_});
    return memory;
}

void BlobPool::fastFree(void* memory) {
    const auto isThis = [=](const Block& block) { return block.memory == memory; };
    const auto isSmaller = [](const Block& a, const Block& b) { return a.size < b.size; };
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = std::find_if(used_.begin(), used_.end(), isThis);
    if (found == used_.end()) return;
    if (watch_ != nullptr && found->run == run_) watch_->giveBack(found->asked);
    free_.push_back(*found);
    *found = used_.back();
    used_.pop_back();
    if (free_.size() <= kMostFree) return;
    const auto smallest = std::min_element(free_.begin(), free_.end(), isSmaller);
    ncnn::fastFree(smallest->memory);
    *smallest = free_.back();
    free_.pop_back();
}

size_t BlobPool::sizeOf(const void* memory) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const Block& block : used_) {
        if (block.memory == memory) return block.size;
    }
    return 0;
}

} // namespace twinfer
