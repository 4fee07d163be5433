#pragma once

#include <cstddef>

namespace twinfer {

// Memory that two processes see, behind a file descriptor. It grows and never shrinks: neither side can pull
// it away under the other. Throws TWINFER_OUT_OF_MEMORY where the system gives no more.
class SharedMemory {
  public:
    SharedMemory();                  // new, of one page
    explicit SharedMemory(int file); // of the descriptor that this process was given, which it then owns
    ~SharedMemory();
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;

    int file() const { return file_; }
    char* data() const { return data_; }
    size_t size() const { return size_; }

    // At least `size` bytes; data() may then be another place.
    void grow(size_t size);
    // Sees what the other side has added.
    void follow();

  private:
    void map(size_t size);

    int file_;
    char* data_ = nullptr;
    size_t size_ = 0;
};

} // namespace twinfer
