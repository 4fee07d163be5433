#include "bounded_reader.h"

#include <cstring>

#include "../error.h"
#include "../model_file.h"

namespace twinfer {

BoundedReader::BoundedReader(const ModelFile& file) : name_(nameOf(file)), bytes_(file.bytes) {
    if (bytes_) {
        size_ = bytes_->size();
        return;
    }
    size_ = sizeOf(file);
    stream_.reset(openFile(file.path));
}

int BoundedReader::scan(const char*, void*) const {
    return 0;
}

size_t BoundedReader::read(void* into, size_t size) const {
    require(size);
    if (bytes_) {
        std::memcpy(into, bytes_->data() + offset_, size);
    } else if (std::fread(into, 1, size, stream_.get()) != size) {
        throw Error("TWINFER_FILE_UNREADABLE", "expected " + std::to_string(size) + " bytes at offset " +
                                                   std::to_string(offset_) + " of " + name_ +
                                                   ", received a read error");
    }
    offset_ += size;
    return size;
}

// Always 0, which makes ncnn copy: a referenced weight would need 64 readable bytes behind it and
// a buffer that outlives the Net.
size_t BoundedReader::reference(size_t size, const void**) const {
    require(size);
    return 0;
}

void BoundedReader::require(size_t size) const {
    if (size <= remaining()) return;
    throw Error(
        "TWINFER_MODEL_TRUNCATED",
        "expected " + std::to_string(size) + " more bytes at offset " + std::to_string(offset_) + " of " +
            name_ + ", received " + std::to_string(remaining()),
        "The weights are shorter than the .param asks for: copy or convert the .bin again, or find the "
        ".param that belongs to it.");
}

} // namespace twinfer
