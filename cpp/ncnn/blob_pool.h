#pragma once

#include <mutex>
#include <vector>

#include <ncnn/allocator.h>

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

    // Bytes of the block that starts here, 0 where none of this pool's does.
    size_t sizeOf(const void* memory) const;

  private:
    struct Block {
        void* memory;
        size_t size;
    };

    mutable std::mutex mutex_;
    std::vector<Block> used_, free_;
};

} // namespace twinfer
