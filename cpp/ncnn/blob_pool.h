#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include <ncnn/allocator.h>

#include "../runner/run_watch.h"

namespace twinfer {

// Keeps the blocks of one run for the next. ncnn's own PoolAllocator gives out any block that is large
// enough: an output then sits in one several times its size, and takes it along when it leaves for
// JavaScript. This one gives the smallest that will do, and tells how large it is.
class BlobPool : public ncnn::Allocator {
  public:
    BlobPool() = default;
    ~BlobPool() override;
    BlobPool(const BlobPool&) = delete;
    BlobPool& operator=(const BlobPool&) = delete;

    void* fastMalloc(size_t size) override;
    void fastFree(void* memory) override;

    // Counts what a run takes from now on, and no longer where it is nullptr. Only where `refuses` does it
    // get nothing once its watch says no: every layer of ncnn's looks whether its output has memory, and not
    // every one whether what it works in has.
    void watch(RunWatch* watch, bool refuses);

    // Bytes of the block that starts here, 0 where none of this pool's does.
    size_t sizeOf(const void* memory) const;

  private:
    struct Block {
        void* memory;
        size_t size;
        size_t asked; // of it, by who has it
        uint64_t run; // that it was handed to
    };

    mutable std::mutex mutex_;
    std::vector<Block> used_, free_;
    RunWatch* watch_ = nullptr;
    bool refuses_ = false;
    uint64_t run_ = 0;
};

} // namespace twinfer
