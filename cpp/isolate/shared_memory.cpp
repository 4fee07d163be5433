#include "shared_memory.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../error.h"

namespace twinfer {

namespace {

constexpr size_t kPage = 65536; // the largest that Linux has on arm64

[[noreturn]] void refuse(const char* what, size_t size) {
    throw Error("TWINFER_OUT_OF_MEMORY",
                std::string(what) + " of " + std::to_string(size) +
                    " bytes that two processes share, received from the system: " + std::strerror(errno));
}

} // namespace

SharedMemory::SharedMemory() : file_(memfd_create("twinfer", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
    if (file_ < 0) refuse("expected memory", kPage);
    // A process that writes where it should not must not be able to end this one with a bus error.
    fcntl(file_, F_ADD_SEALS, F_SEAL_SHRINK);
    grow(kPage);
}

SharedMemory::SharedMemory(int file) : file_(file) {
    fcntl(file_, F_SETFD, FD_CLOEXEC);
    follow();
}

SharedMemory::~SharedMemory() {
    if (data_ != nullptr) munmap(data_, size_);
    if (file_ >= 0) close(file_);
}

void SharedMemory::grow(size_t size) {
    if (size <= size_) return;
    const size_t wanted = (size + size / 4 + kPage - 1) / kPage * kPage;
    if (ftruncate(file_, off_t(wanted)) != 0) refuse("expected memory", wanted);
    map(wanted);
}

void SharedMemory::follow() {
    struct stat facts;
    if (fstat(file_, &facts) != 0) refuse("expected memory", size_);
    if (size_t(facts.st_size) > size_) map(size_t(facts.st_size));
}

void SharedMemory::map(size_t size) {
    void* const mapped = data_ == nullptr ? mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0)
                                          : mremap(data_, size_, size, MREMAP_MAYMOVE);
    if (mapped == MAP_FAILED) refuse("expected a view", size);
    data_ = static_cast<char*>(mapped);
    size_ = size;
}

} // namespace twinfer
