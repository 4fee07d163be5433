#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace twinfer {

// A file's content in the address space: what is not looked at is never read. Throws TWINFER_FILE_NOT_FOUND,
// or TWINFER_FILE_UNREADABLE for a folder and the like. A process that reads beyond the end of a file that
// somebody cuts meanwhile is ended by the system: so files of up to `kReadWhole` bytes, which other programs
// write in one go, are read instead.
class MappedFile {
  public:
    static constexpr uint64_t kReadWhole = 16 * 1024 * 1024;

    explicit MappedFile(const std::string& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::string_view content() const { return content_; }

  private:
    std::string_view content_;
    std::shared_ptr<const std::string> read_; // of a small file; else the content is mapped
};

} // namespace twinfer
