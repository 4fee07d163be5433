#include "mapped_file.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>

#include "error.h"
#include "model_file.h"

namespace twinfer {

MappedFile::MappedFile(const std::string& path) {
    ModelFile file;
    file.path = path;
    const uint64_t size = sizeOf(file);
    if (size <= kReadWhole) {
        read_ = readAll(file, kReadWhole);
        content_ = *read_;
        return;
    }
    const std::unique_ptr<FILE, int (*)(FILE*)> stream(openFile(path), std::fclose);
    void* const mapped = size > std::numeric_limits<size_t>::max()
                             ? MAP_FAILED
                             : mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fileno(stream.get()), 0);
    if (mapped == MAP_FAILED)
        throw Error("TWINFER_FILE_UNREADABLE", "cannot map " + path + ": " + std::strerror(errno));
    content_ = {static_cast<const char*>(mapped), size_t(size)};
}

MappedFile::~MappedFile() {
    if (!read_) munmap(const_cast<char*>(content_.data()), content_.size());
}

} // namespace twinfer
