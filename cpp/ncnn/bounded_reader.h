#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include <ncnn/datareader.h>

#include "../runner/runner.h"

namespace twinfer {

// Weights for ncnn that throw TWINFER_MODEL_TRUNCATED instead of returning less than was asked for.
// ncnn calls reference() before it allocates, so a damaged size never becomes an allocation, and
// layers that use what load() gave without a look (int8 scales) never see an empty Mat.
class BoundedReader : public ncnn::DataReader {
  public:
    // Throws TWINFER_FILE_NOT_FOUND or TWINFER_FILE_UNREADABLE.
    explicit BoundedReader(const ModelFile& file);

    uint64_t size() const { return size_; }
    uint64_t remaining() const { return size_ - offset_; }

    // ncnn's format strings are for text parameters, which have a parser of their own.
    int scan(const char* format, void* into) const override;
    size_t read(void* into, size_t size) const override;
    size_t reference(size_t size, const void** data) const override;

  private:
    void require(size_t size) const;

    std::string name_;
    std::shared_ptr<const std::string> bytes_;
    std::unique_ptr<FILE, int (*)(FILE*)> stream_{nullptr, std::fclose};
    uint64_t size_ = 0;
    mutable uint64_t offset_ = 0; // DataReader's methods are const
};

} // namespace twinfer
